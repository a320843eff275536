import type { Check } from '../../src/connector.ts';

type Asks = Pick<Check<never, never>, 'needs'> & { readonly of: { readonly kind: string } };

const parts: Readonly<Record<string, string>> = {
  'aws/sweep': 'TombstoneSweep',
  'aws/hunt': 'TombstoneHunt',
};
const verify = 'TombstoneVerify';

/**
 * Writes the verifier's policy, as IAM takes it, with a statement for each look: who wants one look less
 * leaves its statement out. Nothing in it writes.
 *
 * @throws Error for a need that is no action: a bug of a check.
 */
export function policyOf(checks: readonly Asks[]): (needs: readonly string[]) => string {
  return (needs) => {
    const unknown = needs.find((one) => !/^[a-z0-9-]+:[A-Za-z0-9]+$/.test(one));
    if (unknown !== undefined) throw new Error(`"${unknown}" is no action of IAM`);
    const wanted = new Map<string, Set<string>>();
    for (const need of needs) {
      const asking = checks.filter((check) => check.needs.includes(need));
      const sids = asking.length === 0 ? [verify] : asking.map(({ of }) => parts[of.kind] ?? verify);
      for (const sid of sids) wanted.set(sid, (wanted.get(sid) ?? new Set()).add(need));
    }
    const statements = [verify, ...Object.values(parts)].flatMap((sid) => {
      const actions = [...(wanted.get(sid) ?? [])].toSorted();
      return actions.length === 0 ? [] : [{ Sid: sid, Effect: 'Allow', Action: actions, Resource: '*' }];
    });
    return `${JSON.stringify({ Version: '2012-10-17', Statement: statements }, undefined, 2)}\n`;
  };
}
