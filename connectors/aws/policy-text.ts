/**
 * The verifier's policy, as IAM takes it. Nothing in it writes.
 *
 * @throws Error for a need that is no action: a bug of a check.
 */
export function policy(needs: readonly string[]): string {
  const actions = [...new Set(needs)].toSorted();
  const unknown = actions.find((one) => !/^[a-z0-9-]+:[A-Za-z0-9]+$/.test(one));
  if (unknown !== undefined) throw new Error(`"${unknown}" is no action of IAM`);
  const statement = { Sid: 'TombstoneVerifier', Effect: 'Allow', Action: actions, Resource: '*' };
  return `${JSON.stringify({ Version: '2012-10-17', Statement: [statement] }, undefined, 2)}\n`;
}
