import { accountOf, contextOf, type Decision, type Policy } from '../policy/index.ts';
import type { Account } from './account.ts';
import { together, type Holder, type Outcome } from './holder.ts';
import type { Pool } from './pool.ts';
import { rewrites } from './powers.ts';

/** A way to give somebody more than it had. */
export interface Change {
  /** ARNs of users and roles; `users`: whichever user it likes. */
  readonly to: readonly string[] | 'users';
  /** What was changed: a principal, a group, a policy. */
  readonly at: string;
  readonly how: readonly string[];
  readonly outcome: Outcome;
  readonly gained: readonly Policy[];
  /** It may write its policies as it likes: its own denies do not hold it. */
  readonly loose: boolean;
}

/** What has not been rewritten yet. */
export interface Changeable {
  readonly user: Pool;
  readonly role: Pool;
  readonly group: Pool;
  readonly managed: Pool;
  /** Groups that nobody can be added to yet, policies whose default version nobody can switch yet. */
  readonly joinable: Pool;
  readonly switchable: Pool;
}

export const joined = 'joined ';
export const switched = 'switched ';

/** One name for all changes that come to the same. */
export function markOf({ how, at }: Change): string {
  if (how.includes('iam:AddUserToGroup')) return `${joined}${at}`;
  return how.includes('iam:SetDefaultPolicyVersion') ? `${switched}${at}` : at;
}

export const anything: Policy = {
  name: 'a policy of its own making',
  document: {
    version: '2012-10-17',
    statements: [
      {
        name: '#1',
        effect: 'Allow',
        actions: { not: false, patterns: ['*'] },
        resources: { not: false, patterns: ['*'] },
        conditions: [],
      },
    ],
  },
};

export function* changes(holder: Holder, account: Account, open: Changeable): Iterable<Change> {
  if (accountOf(holder.principal.arn) !== account.id) return;
  for (const kind of ['user', 'role', 'group'] as const) {
    for (const action of rewrites[kind]) {
      for (const at of below(holder, action, open[kind])) {
        const outcome = together([written(holder, action, at)]);
        if (outcome === undefined) continue;
        const to = kind === 'group' ? membersOf(account, at) : [at];
        yield { to, at, how: [action], outcome, gained: [anything], loose: true };
      }
    }
  }
  for (const at of below(holder, 'iam:AddUserToGroup', open.joinable)) {
    const outcome = together([holder.can('iam:AddUserToGroup', at)]);
    const gained = account.groups.get(at)?.policies ?? [];
    if (outcome !== undefined)
      yield { to: 'users', at, how: ['iam:AddUserToGroup'], outcome, gained, loose: false };
  }
  yield* versions(holder, account, open);
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html */
function* versions(holder: Holder, account: Account, open: Changeable): Iterable<Change> {
  for (const action of ['iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion'] as const) {
    const making = action === 'iam:CreatePolicyVersion';
    for (const at of below(holder, action, making ? open.managed : open.switchable)) {
      const { holders = [], others = [] } = account.managed.get(at) ?? {};
      const gained = making ? [anything] : others;
      if (holders.length === 0 || gained.length === 0) continue;
      const outcome = together([holder.can(action, at)]);
      const to = holders.map(({ arn }) => arn);
      // the version that is replaced may hold the deny
      if (outcome !== undefined) yield { to, at, how: [action], outcome, gained, loose: true };
    }
  }
}

function* below(holder: Holder, action: string, pool: Pool): Iterable<string> {
  for (const prefix of holder.reaches(action)) yield* pool.below(prefix);
}

const membersOf = (account: Account, group: string) =>
  (account.groups.get(group)?.members ?? []).map(({ arn }) => arn);

/** A right to attach may be limited to some policies: with the widest one it is certain, with others it depends. */
function written(holder: Holder, action: string, at: string): Decision {
  if (!action.startsWith('iam:Attach')) return holder.can(action, at);
  const widest = `arn:${at.split(':')[1] ?? 'aws'}:iam::aws:policy/AdministratorAccess`;
  const first = holder.can(action, at, { facts: contextOf({ 'iam:PolicyARN': widest }) });
  return first.outcome === 'allowed' ? first : holder.can(action, at);
}
