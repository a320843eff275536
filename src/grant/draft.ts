import type { Path } from './tree.ts';

/**
 * What can be read of a record whatever else is wrong with it, so that the rules that look at several
 * fields speak in the same run as the schema. A field that is not a text is as good as missing here.
 */
export interface Draft {
  readonly metadata?: Fields<'id'>;
  readonly subject?: { readonly accounts?: List<'system'> };
  readonly validity?: Fields<'from' | 'until' | 'ttl'>;
  readonly revocation?: Fields<'at'>;
  readonly baseline?: Fields<'capturedAt' | 'sha256'>;
  readonly systems?: List<'system' | 'revocationSource'>;
  readonly credentials?: List<'id' | 'kind' | 'system' | 'derivedFrom' | 'issuedAt'>;
  readonly entitlements?: List<'id' | 'kind' | 'system'>;
  readonly placements?: List<'credential' | 'kind' | 'system'>;
}

type Fields<F extends string> = { readonly [field in F]?: string };
/** An entry that is no map is an empty one: the indexes must stay. */
type List<F extends string> = readonly Fields<F>[];

export function draftOf(value: unknown): Draft {
  const top = mapOf(value);
  const draft: { -readonly [part in keyof Draft]: Draft[part] } = {};
  for (const part of ['metadata', 'validity', 'revocation', 'baseline'] as const) {
    if (isMap(top[part])) draft[part] = textsOf(top[part]);
  }
  for (const list of ['systems', ...locatedLists] as const) {
    const entries = listOf(top[list]);
    if (entries !== undefined) draft[list] = entries;
  }
  const accounts = listOf(mapOf(top['subject'])['accounts']);
  if (accounts !== undefined) draft.subject = { accounts };
  return draft;
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return isMap(value) ? { ...value } : {};
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(mapOf(value)).filter(isText));
}

function isText(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string';
}

function listOf(value: unknown): readonly Readonly<Record<string, string>>[] | undefined {
  return Array.isArray(value) ? value.map(textsOf) : undefined;
}

/** One text of a draft and where it stands. */
export interface Word {
  readonly path: Path;
  readonly word: string;
}

export const locatedLists = ['credentials', 'entitlements', 'placements'] as const;

/** Every field of that name in a list of the draft. */
export function wordsOf<F extends string>(list: List<F> | undefined, at: Path, field: F): Word[] {
  return (list ?? []).flatMap((item, index) => {
    const word = item[field];
    return word === undefined ? [] : [{ path: [...at, index, field], word }];
  });
}
