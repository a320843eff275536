/** Words and questions that the stories of AWS share. */
import { find } from '../../../connectors/aws/fake/state.ts';
import { account, document } from '../aws-world.ts';
import type { AwsGiven, AwsWorld } from '../aws-world.ts';
import type { GrantInput, Located } from '../record.ts';
import type { Expectation, NaiveAnswer, Truth } from '../scenario.ts';

export const whole = { 'sweep:aws-prod': 'gone', 'hunt:aws-prod': 'gone' } as const;
export const refused = (truth: Truth): NaiveAnswer => (truth === 'works' ? 'still there' : 'gone');

export const bySigning = 'signing with the credential, and asking who that is';
export const byReading = 'reading a user with the credential';
export const tries = { asks: 'signs with the key', says: 'gone' } as const;
export const triesKey = async ({ signs }: AwsWorld, { key }: Pick<AwsGiven, 'key'>): Promise<NaiveAnswer> =>
  refused(await signs(key));
export const lists = { asks: 'lists the keys of the user', says: 'gone' } as const;
export const named = { asks: 'asks for the user by its name', says: 'gone' } as const;

/** Whatever the list holds, by a checker that looks for the id. */
export function listsKeys({ iam }: AwsWorld, { name, key }: AwsGiven): Promise<NaiveAnswer> {
  return Promise.resolve(mentions(iam('ListAccessKeys', { UserName: name }), key.accessKeyId));
}

/** By a checker that looks for a word in whatever it was answered. */
export const mentions = (answer: unknown, word: string): NaiveAnswer =>
  JSON.stringify(answer).includes(word) ? 'still there' : 'gone';

export const trusts = (who: string) =>
  document({ Effect: 'Allow', Principal: { AWS: who }, Action: 'sts:AssumeRole' });
export const nothing = document({ Effect: 'Deny', Action: '*', Resource: '*' });
/** What the console writes when somebody presses the button that revokes the active sessions of a role. */
export const olderThan = (ms: number) =>
  document({
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { DateLessThan: { 'aws:TokenIssueTime': new Date(ms).toISOString() } },
  });
export const arnOf = (kind: string, name: string) => `arn:aws:iam::${account}:${kind}/${name}`;

/** Does anybody bear the name? */
export const stands = ({ server }: AwsWorld, name: string): boolean =>
  find(server.world.account(account).state.users, name) !== undefined;
export const standsByName = (world: AwsWorld, name: string): Promise<NaiveAnswer> =>
  Promise.resolve(stands(world, name) ? 'still there' : 'gone');

export function passwordOf({ server }: AwsWorld, { name }: Pick<AwsGiven, 'name'>): Truth {
  return find(server.world.account(account).state.users, name)?.login === undefined ? 'refused' : 'works';
}

export const located = (id: string, kind: string, ref: Located['ref']): Located => ({
  id,
  kind,
  system: 'aws-prod',
  ref,
});

/** The grant with more in it than the key. */
export const withMore = (
  { grant }: AwsGiven,
  more: Pick<GrantInput, 'credentials' | 'entitlements'>,
): GrantInput => ({
  ...grant,
  credentials: [...(grant.credentials ?? []), ...(more.credentials ?? [])],
  ...(more.entitlements === undefined ? {} : { entitlements: more.entitlements }),
});

/** What a verifier without one permission must say, and where: whatever else it can still tell. */
export const without = (
  need: string,
  grant: 'unproven' | 'live',
  targets: Expectation['targets'],
): { readonly without: string; readonly expected: Expectation } => ({
  without: need,
  expected: { grant, exit: grant === 'live' ? 1 : 3, needs: need, targets },
});
