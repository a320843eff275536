import type { Problem } from '../model/errors.ts';
import { UsageError } from '../model/errors.ts';
import type { GrantRecord } from '../model/grant.ts';
import { Secret } from '../model/secret.ts';
import type { Draft } from './draft.ts';
import { draftOf } from './draft.ts';
import { inEnglish } from './english.ts';
import { findingsOf, meant } from './issues.ts';
import type { KindLookup } from './kinds.ts';
import { inOrder, Problems } from './problems.ts';
import { readRefs } from './refs.ts';
import { brokenRules, lintFindings, untilMs } from './rules.ts';
import { besides, secretsIn } from './scan.ts';
import { quoted } from './secret-shape.ts';
import type { RecordInput } from './shape.ts';
import { recordShape } from './shape.ts';
import { readDocuments } from './texts.ts';
import type { Finding, Tree } from './tree.ts';

export interface Source {
  /** The name of the file, for messages. */
  readonly file: string;
  /** Where the record's own `file:` references start. */
  readonly directory: string;
}

export interface Loaded {
  readonly grants: readonly GrantRecord[];
  /** Lint: identifier gaps, kinds whose connector is not installed, an `issuedAt` before `from`. */
  readonly warnings: readonly Problem[];
}

/**
 * Reads the grant records of one text: YAML (one or several documents), JSON or JSON Lines. Pure: the
 * caller reads the file, and `resolveRecordSecrets` fills the references later.
 *
 * @throws UsageError with everything that is wrong (the first hundred), each with line, column and field.
 */
export function loadGrants(text: string, source: Source, kinds: KindLookup): Loaded {
  const problems = new Problems(text, source.file);
  const grants: GrantRecord[] = [];
  const seen = new Set<string>();
  let documents = 0;
  for (const { start, tree, findings } of readDocuments(text, source.file)) {
    documents++;
    if (tree === undefined) problems.add(findings, { at: start });
    else {
      const grant = readGrant(tree, findings, source, kinds, seen, problems);
      if (grant !== undefined) grants.push(grant);
    }
    if (problems.full) break;
  }
  if (documents === 0) {
    problems.add([{ path: [], message: 'there is no record in this file' }], { at: 0 });
  }
  problems.refuse('the grant record');
  return { grants, warnings: inOrder(problems.warnings) };
}

/**
 * Ids are unique over the whole set of records, whatever files they came from.
 *
 * @throws UsageError naming every id that stands twice, at its second place.
 */
export function assertUniqueIds(grants: readonly GrantRecord[]): void {
  const first = new Map<string, GrantRecord>();
  const problems: Problem[] = [];
  for (const grant of grants) {
    const { id } = grant.metadata;
    const other = first.get(id);
    if (other === undefined) first.set(id, grant);
    else {
      problems.push({
        file: grant.source.file,
        ...grant.source.idAt,
        field: 'metadata.id',
        message: taken(id).message,
        hint: `The first one is in ${other.source.file}${other.source.idAt ? `, line ${other.source.idAt.line}` : ''}.`,
      });
    }
  }
  if (problems.length > 0) throw new UsageError('two grant records have the same id', problems);
}

function taken(id: string): Finding {
  return {
    path: ['metadata', 'id'],
    message: `the id ${quoted(id, 'here')} is taken by another record of this set`,
  };
}

const secretHint =
  'Keep the value in a file or a variable, and write a reference: file:PATH or env:TOMBSTONE_SUBJECT_….';

function readGrant(
  tree: Tree,
  findings: readonly Finding[],
  source: Source,
  kinds: KindLookup,
  seen: Set<string>,
  problems: Problems,
): GrantRecord | undefined {
  const before = problems.errors.length;
  const first = [...secretsIn(tree.value, secretHint), ...findings];
  problems.add(first, tree.spot);
  const stranger = notARecord(tree.value);
  if (stranger !== undefined) {
    problems.add(besides(first, [stranger]), tree.spot);
    return undefined;
  }
  const value = withoutExtensions(tree.value, []);
  const draft = draftOf(value);
  const result = recordShape().safeParse(value, inEnglish);
  const refs = readRefs(draft, value, kinds);
  const shapeFindings = result.success ? [] : findingsOf(result.error.issues, recordShape(), value, []);
  const { id } = draft.metadata ?? {};
  const repeated = id !== undefined && seen.size === seen.add(id).size ? [taken(id)] : [];
  const broken = [...shapeFindings, ...brokenRules(draft, value), ...repeated, ...refs.errors];
  problems.add(besides(first, broken), tree.spot);
  problems.add(besides(first, [...lintFindings(draft), ...refs.warnings]), tree.spot, 'warning');
  if (!result.success || problems.errors.length > before) return undefined;
  const idSpot = tree.spot.entries?.get('metadata')?.entries?.get('id');
  return build(result.data, draft, refs.parsed, {
    ...source,
    idAt: problems.position(idSpot?.at ?? tree.spot.at),
  });
}

/** Something else altogether, about which the other rules have nothing to say. */
function notARecord(value: unknown): Finding | undefined {
  if (value === null)
    return { path: [], message: 'this document is empty', hint: 'Remove its "---", or write a record.' };
  if (Array.isArray(value)) {
    return {
      path: [],
      message: 'a record is a map, not a list',
      hint: 'Put several records into several documents (---), or one on each line (JSON Lines).',
    };
  }
  if (typeof value !== 'object') return { path: [], message: 'a record is a map of fields' };
  for (const [field, wanted] of [
    ['apiVersion', 'tombstone/v1'],
    ['kind', 'AccessGrant'],
  ] as const) {
    const found: unknown = Reflect.get(value, field);
    if (typeof found === 'string' && found !== wanted) {
      return {
        path: [field],
        message: `this is not a grant record of version 1: ${field} must be "${wanted}", not ${quoted(found, 'this')}`,
        ...meant(found, [wanted]),
      };
    }
  }
  return undefined;
}

/** Drops the `x-…` keys. Labels are the user's own keys, and what lies below a field of a ref is the connector's. */
function withoutExtensions(value: unknown, above: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutExtensions(item, above));
  if (typeof value !== 'object' || value === null) return value;
  const last = above.at(-1);
  if (last === 'labels' && above.length === 2) return value;
  const own = Object.entries(value).filter(([key]) => !key.startsWith('x-'));
  if (last === 'ref') return Object.fromEntries(own);
  return Object.fromEntries(own.map(([key, item]) => [key, withoutExtensions(item, [...above, key])]));
}

function build(
  input: RecordInput,
  draft: Draft,
  refs: ReadonlyMap<string, unknown>,
  source: GrantRecord['source'],
): GrantRecord {
  const { credentials, entitlements, placements, validity, ...rest } = input;
  const refOf = (list: string, index: number, raw: unknown) => {
    const key = `${list}/${index}`;
    return refs.has(key) ? refs.get(key) : raw;
  };
  const until = validity.until ?? new Date(untilMs(draft.validity) ?? Number.NaN).toISOString();
  return {
    ...rest,
    validity: { from: validity.from, until },
    credentials: credentials.map(({ secret, ref, ...credential }, index) => ({
      ...credential,
      ref: refOf('credentials', index, ref),
      ...(secret === undefined ? {} : { secret: new Secret(secret) }),
    })),
    entitlements: entitlements.map((entitlement, index) => ({
      ...entitlement,
      ref: refOf('entitlements', index, entitlement.ref),
    })),
    placements: placements.map((placement, index) => ({
      ...placement,
      ref: refOf('placements', index, placement.ref),
    })),
    source,
  };
}
