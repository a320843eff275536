import { accountOf, contextOf, type Context, type Policy } from '../policy/index.ts';
import type { Account, Principal } from './account.ts';

/** Where the walk begins: by ARN and unique id, for a namesake is somebody else. */
export interface Beginning {
  readonly kind: 'user' | 'role';
  readonly arn: string;
  readonly id: string;
  /** Of a session, RFC 3339: policies may deny all to older ones. Of a role it is unknown where it is missing; a user then has its own key. */
  readonly issuedAt?: string;
}

export interface Given {
  /** RFC 3339; sessions that are made on the way are issued now. */
  readonly now: string;
  /** What is known of every request, whoever makes it: `contextOf`. */
  readonly context?: Context;
  /** A list per level; a level that was not read is a flaw. */
  readonly scps?: readonly (readonly Policy[])[];
  /** Where the table of services needs one to name a resource. */
  readonly region?: string;
}

export interface Nobody {
  readonly saw: 'nobody';
  /** The unique id that stands under the name now. */
  readonly now?: string;
}

/** Nobody where it is not in the account, or is another under the same name. */
export function beginning(account: Account, { kind, arn, id }: Beginning): Principal | Nobody {
  const known = account.principals.get(arn);
  if (known !== undefined) return known.id === id ? known : { saw: 'nobody', now: known.id };
  if (accountOf(arn) === account.id) return { saw: 'nobody' };
  // another account's: what its policies allow is not in this snapshot
  const name = `the policies of account ${accountOf(arn)}`;
  return {
    kind,
    arn,
    id,
    identity: [{ name, document: { flaw: 'they are not in the snapshot' } }],
    groups: [],
    attached: [],
  };
}

/** What is known of every request that this one makes. */
export function factsAbout({ arn, kind }: Principal, begin: Beginning, { now, context }: Given): Context {
  const known = contextOf({
    'aws:CurrentTime': now,
    'aws:ViaAWSService': 'false',
    'aws:CalledVia': null,
    ...issue(kind, arn === begin.arn ? begin.issuedAt : kind === 'role' ? now : undefined),
  });
  return context === undefined ? known : new Map([...known, ...context]);
}

/** A user's own key has no time of issue; it signs where no other session is meant. */
const issue = (kind: 'user' | 'role', at: string | undefined) => {
  if (at !== undefined) return { 'aws:TokenIssueTime': at };
  return kind === 'user' ? { 'aws:TokenIssueTime': null } : {};
};
