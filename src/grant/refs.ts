import type { Draft, Word } from './draft.ts';
import { locatedLists, wordsOf } from './draft.ts';
import { inEnglish } from './english.ts';
import { findingsOf, meant } from './issues.ts';
import type { KindLookup } from './kinds.ts';
import { quoted } from './secret-shape.ts';
import type { Finding } from './tree.ts';
import { valueAt } from './tree.ts';

export interface Refs {
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
  /** What each kind's schema made of the locator, by `<list>/<index>`. */
  readonly parsed: ReadonlyMap<string, unknown>;
}

/** Hands every `ref` to its own kind. */
export function readRefs(draft: Draft, value: unknown, kinds: KindLookup): Refs {
  const errors: Finding[] = [];
  const warnings: Finding[] = [];
  const parsed = new Map<string, unknown>();
  for (const entry of locatedLists.flatMap((list) => wordsOf(draft[list], [list], 'kind'))) {
    const [connector, noun, more] = entry.word.split('/');
    if (connector === undefined || noun === undefined || more !== undefined) continue;
    const kind = kinds.find(entry.word);
    if (kind === undefined) {
      if (kinds.installed(connector)) errors.push(unknownNoun(entry, connector, noun, kinds));
      else warnings.push(notInstalled(entry, connector));
      continue;
    }
    const path = [...entry.path.slice(0, -1), 'ref'];
    const ref = valueAt(value, path);
    // the schema of the record says that it is missing, or not a map
    if (typeof ref !== 'object' || ref === null || Array.isArray(ref)) continue;
    const result = kind.ref.safeParse(ref, inEnglish);
    if (!result.success) {
      errors.push(...findingsOf(result.error.issues, kind.ref, ref, path));
      continue;
    }
    parsed.set(entry.path.slice(0, -1).join('/'), result.data);
    const gaps = kind.needed.filter((field) => !Object.hasOwn(ref, field));
    for (const field of gaps) {
      warnings.push({
        path: [...path, field],
        message: `identifier gap: without "${field}" a recreated or renamed object cannot be told apart, so gone needs the id`,
        hint: `Record ${field} when the grant is made: ${entry.word} needs ${kind.needed.join(', ')}.`,
      });
    }
  }
  return { errors, warnings, parsed };
}

function unknownNoun(entry: Word, connector: string, noun: string, kinds: KindLookup): Finding {
  const nouns = kinds.nouns(connector);
  const list = nouns.map((known) => `${connector}/${known}`);
  const near = meant(noun, nouns).hint === undefined ? {} : meant(entry.word, list);
  return {
    path: entry.path,
    message: `the connector "${connector}" knows no kind ${quoted(entry.word, 'of this name')}`,
    hint: `It knows ${list.join(', ')}.`,
    ...near,
  };
}

function notInstalled(entry: Word, connector: string): Finding {
  return {
    path: entry.path,
    message: `the connector ${quoted(connector, 'named here')} is not installed: this will be unproven (R-SCOPE)`,
  };
}
