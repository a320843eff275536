import { failed, inconclusive, instantMs } from '../../../src/connector.ts';
import type { Findings, Found, Stamp } from '../../../src/connector.ts';
import type { Listed } from '../born-tokens.ts';
import { tokenFound, tokensIn } from '../born-tokens.ts';
import type { LookContext, LookScope } from '../looking.ts';
import { auditHash } from './hash.ts';
import type { Left } from './trail.ts';

export interface Weighing {
  readonly scope: LookScope;
  readonly ctx: LookContext;
  readonly findings: Findings;
  /** Of the log: what it shows was made before this. */
  readonly stamp: Stamp;
}

export type Is<K extends Left['is']> = Extract<Left, { readonly is: K }>;
export const those = <K extends Left['is']>(
  left: readonly Left[],
  ...kinds: readonly K[]
): readonly Is<K>[] => left.filter((one): one is Is<K> => kinds.some((kind) => kind === one.is));

export const named = 'named in the record, or found before';
/** Milliseconds that a server may take to answer: the log has the instant of the answer. */
const answering = 600_000;
/** Milliseconds, for a clock that was set back a little meanwhile. */
const margin = 1_000;

/** Each text as the device writes it; undefined where it could not be asked. */
export async function writtenAs(
  inputs: readonly string[],
  { scope: { namespace }, ctx, findings }: Weighing,
): Promise<ReadonlyMap<string, string>> {
  const seen = await Promise.all(inputs.map((input) => ctx.read(auditHash, { input, namespace })));
  const written = new Map<string, string>(inputs.map((input) => [input, input]));
  for (const answer of seen) {
    const one = findings.take(answer);
    if (one?.saw === 'value') written.set(one.value.hash, one.value.input);
  }
  return written;
}

/** What stands in no list has ended, if the device hashed it then as it does now. */
export function ended(one: Left, what: string, findings: Findings): void {
  if (one.anchored) findings.excuse(`${what} that stands in no list any more`);
  else {
    findings.fail(
      inconclusive(
        'R-CONTROL',
        `nothing shows that the device hashed at ${one.at} as it does now: what was made then cannot be told in the lists`,
        'the accessor of a token of the grant, in the record',
      ),
    );
  }
}

/** Tokens and wrapping tokens, by their accessors. */
export async function weighTokens(
  left: readonly Is<'token' | 'wrap'>[],
  known: ReadonlySet<string>,
  weighing: Weighing,
): Promise<void> {
  const { scope, ctx, findings } = weighing;
  const made = new Map(left.map((one) => [one.accessor, one]));
  const fresh = [...made.values()].filter(({ accessor }) => !known.has(accessor));
  findings.excuse(named, made.size - fresh.length);
  const [elsewhere] = fresh.filter(({ namespace }) => namespace !== (scope.namespace ?? ''));
  if (elsewhere !== undefined) {
    const { at, path, namespace } = elsewhere;
    findings.fail(
      inconclusive(
        'R-SCOPE',
        `the grant made a token in the namespace ${namespace === '' ? 'root' : namespace} (${path}, ${at}), and this look covers another`,
        'a record of its own for each namespace',
      ),
    );
  }
  if (fresh.length === 0) return;
  const listed = await tokensIn(scope, ctx, findings);
  if (failed(listed)) return findings.fail(listed);
  const byAccessor = new Map(listed.map((one): [string, Listed] => [one.facts.accessor, one]));
  // a token that was made long before the window may have made others then
  const since = Math.min(...fresh.map(({ at }) => instantMs(at) ?? 0)) - answering;
  const young = listed.filter(({ born }) => born >= since).map(({ facts }) => facts.accessor);
  const written = await writtenAs(young, weighing);
  for (const one of fresh) {
    const facts = byAccessor.get(written.get(one.accessor) ?? '')?.facts;
    if (facts === undefined) ended(one, one.is === 'wrap' ? 'wrapping token' : 'token', findings);
    else findings.weigh(one.sure ? 'yes' : 'unknown', tokenFound(facts, scope, one.relation));
  }
}

/** A batch token has no accessor and no end but its time, or its parent's. */
export function weighBatches(left: readonly Is<'batch'>[], { findings, stamp }: Weighing): void {
  const now = instantMs(stamp.serverAt) ?? -Infinity;
  const ends = left.flatMap((one) => {
    if (one.child) {
      findings.excuse('batch token, which ends with the token that made it');
      return [];
    }
    const made = instantMs(one.at);
    const end = made === undefined || one.ttl === undefined ? Infinity : made + one.ttl * 1_000 + margin;
    if (now > end) {
      findings.excuse('batch token whose time is over');
      return [];
    }
    return [{ one, end }];
  });
  const [last] = ends.toSorted((a, b) => b.end - a.end);
  if (last === undefined) return;
  const until = Number.isFinite(last.end) ? new Date(last.end).toISOString() : undefined;
  const { at, path } = last.one;
  const others = ends.length === 1 ? '' : `, and ${ends.length - 1} more`;
  findings.fail(
    inconclusive(
      'R-DERIVED',
      `the grant made an orphan batch token at ${at} (${path})${others}: it stands in no list, nobody can revoke it, and it works until ${until ?? 'a time that the log does not tell'}`,
      until === undefined ? 'the life of the token' : `another look after ${until}`,
    ),
    until === undefined ? undefined : { until, basis: 'issuer' },
  );
}

export function weighLeases(left: readonly Is<'lease'>[], { scope, findings }: Weighing): void {
  for (const { leaseId: id, at, sure, namespace } of left) {
    if (scope.targets.some((target) => target.kind === 'vault/lease' && target.id === id)) {
      findings.excuse(named);
      continue;
    }
    const found: Found = {
      kind: 'vault/lease',
      id,
      ref: { leaseId: id, ...(namespace === '' ? {} : { namespace }) },
      relation: 'leased-in-window',
      bornAt: at,
      label: `lease ${id}`,
      standing: 'leased',
    };
    findings.weigh(sure ? 'yes' : 'unknown', found);
  }
}
