import type { Evidence } from '../model/evidence.ts';
import { inconclusive } from '../model/observation.ts';
import type { Controls, Failure, PassedControl, Stamp } from '../model/observation.ts';
import { instantMs } from '../model/time.ts';

/** What a negative is held against. Milliseconds. */
export interface Measure {
  /** When the last answer of the run was in. */
  readonly sealedAt: number;
  readonly maxAge: number;
  readonly maxSkew: number;
  /** The end that the record claims; undefined while the grant still runs. */
  readonly end?: number;
  readonly assumedRights: 'accept' | 'refuse';
}

/** `Date` headers and some servers' clocks count whole seconds, cut off. */
const resolution = 1_000;

/** Why this evidence is too old to say anything, if it is. */
export function stale(evidence: Evidence, measure: Measure): Failure | undefined {
  const at = instantMs(evidence.at);
  if (at === undefined) return inconclusive('R-STALE', 'the evidence carries no instant');
  if (measure.sealedAt - at > measure.maxAge) {
    return inconclusive(
      'R-STALE',
      `seen at ${evidence.at}, older than the policy's maximum age`,
      'a new run',
    );
  }
  return at - measure.sealedAt > measure.maxSkew
    ? inconclusive('R-CLOCK', `seen at ${evidence.at}, after the run was sealed`)
    : undefined;
}

/**
 * Why a negative does not hold, if it does not: every read that it rests on needs a control on the
 * same instance, point, principal and scope, in the same epoch, before and after it or in the same
 * answer; it must be about an immutable id; and the server's clock must put it after the end.
 */
export function doubt(evidence: Evidence, controls: Controls, measure: Measure): Failure | undefined {
  const { about, reads } = evidence;
  if (about === undefined) {
    return inconclusive(
      'R-IDENTITY',
      'the record gives only a name: recreate and rename cannot be told from gone',
      'the immutable id in the record',
    );
  }
  if (reads.length === 0) return inconclusive('R-CONTROL', 'an absence that rests on no read');
  const instances = new Set(reads.map((read) => `${read.instance} ${read.principal}`));
  if (instances.size > 1) return inconclusive('R-INSTANCE', 'the reads of one check met different instances');
  for (const read of reads) {
    if (read.system !== evidence.system || read.point !== evidence.point) {
      return inconclusive('R-INSTANCE', `a read of ${read.system} at ${read.point} proves nothing here`);
    }
    if (!controlled(read, controls)) {
      return inconclusive('R-CONTROL', `no control of its own stands around the read of ${read.source}`);
    }
  }
  return wrongTime(evidence, measure);
}

/** Why the clocks do not put this answer after the end, if they do not. */
export function wrongTime({ reads }: Evidence, measure: Measure): Failure | undefined {
  for (const read of reads) {
    const wrong = wrongInstant(read, measure);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function controlled(read: Stamp, controls: Controls): boolean {
  const same = controls.filter((control) => sameStamp(control.stamp, read));
  if (same.some((control) => control.when === 'within')) return true;
  const before = same.some((control) => control.when === 'before' && !later(control.stamp, read));
  const after = same.some((control) => control.when === 'after' && !later(read, control.stamp));
  return before && after;
}

function sameStamp(control: PassedControl['stamp'], read: Stamp): boolean {
  return (
    control.system === read.system &&
    control.instance === read.instance &&
    control.point === read.point &&
    control.principal === read.principal &&
    control.source === read.source &&
    control.scope === read.scope &&
    control.epoch === read.epoch
  );
}

/** Unreadable instants count as later: they prove no order. */
function later(one: Stamp, other: Stamp): boolean {
  const [a, b] = [instantMs(one.at), instantMs(other.at)];
  return a === undefined || b === undefined || a > b;
}

function wrongInstant(read: Stamp, measure: Measure): Failure | undefined {
  const server = instantMs(read.serverAt);
  const own = instantMs(read.at);
  if (server === undefined || own === undefined) {
    return inconclusive(
      'R-CLOCK',
      'the server told no time, so nothing says that it was asked after the end',
    );
  }
  const skew = Math.abs(own - server);
  if (skew > measure.maxSkew + resolution) {
    return inconclusive(
      'R-CLOCK',
      `the server's clock and ours differ by ${Math.round(skew / 1_000)} s, more than the policy allows`,
      'clocks that agree, or a larger policy.maxClockSkew',
    );
  }
  if (measure.end !== undefined && server + resolution <= measure.end) {
    return inconclusive(
      'R-STALE',
      `seen at ${read.serverAt}, before the revocation`,
      'a run after the revocation',
    );
  }
  return undefined;
}

/** The server's own instant of the evidence: the earliest among its reads. */
export function serverInstant(evidence: Evidence): number | undefined {
  const instants = evidence.reads.map((read) => instantMs(read.serverAt));
  return instants.some((one) => one === undefined) || instants.length === 0
    ? undefined
    : Math.min(...instants.filter((one) => one !== undefined));
}
