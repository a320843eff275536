import type { Detail } from './account.ts';
import { turnsOf } from './instants.ts';
import { evaluate } from './policy/evaluate.ts';
import { accountOf, contextOf } from './policy/index.ts';
import type { Context } from './policy/index.ts';
import { some, unknown } from './policy/truth.ts';
import type { Truth } from './policy/truth.ts';
import { index, walk } from './reach/index.ts';
import type { Reach } from './reach/index.ts';

type Account = ReturnType<typeof index>;
type Reached = Extract<Reach, { readonly saw: 'reach' }>['reached'][number];

/** Whom the subject is here, and whom it can become. */
export interface Standing {
  readonly account: Account;
  readonly now: string;
  /** The shortest and surest way to each. */
  readonly reached: ReadonlyMap<string, Reached>;
  /** Accounts of the subject of which nobody can say what they may. */
  readonly vague: readonly string[];
}

const indexed = new WeakMap<readonly Detail[], Account>();

/** One account, indexed once for all that ask about the same list. */
export function accountIn(all: readonly Detail[]): Account {
  const known = indexed.get(all);
  if (known !== undefined) return known;
  const made = index({
    UserDetailList: all.flatMap((one) => (one.is === 'user' ? [one.user] : [])),
    GroupDetailList: all.flatMap((one) => (one.is === 'group' ? [one.group] : [])),
    RoleDetailList: all.flatMap((one) => (one.is === 'role' ? [one.role] : [])),
    Policies: all.flatMap((one) => (one.is === 'policy' ? [one.policy] : [])),
  });
  indexed.set(all, made);
  return made;
}

const turning = new WeakMap<Account, readonly number[]>();

/** When a policy of somebody in the account may begin to allow something: `turnsOf` all of them. */
export function turnsIn(account: Account): readonly number[] {
  const known = turning.get(account);
  if (known !== undefined) return known;
  const policies = new Set(
    [...account.principals.values()].flatMap(({ identity, boundary }) => [
      ...identity,
      ...(boundary === undefined ? [] : [boundary]),
    ]),
  );
  const made = turnsOf(policies);
  turning.set(account, made);
  return made;
}

/**
 * @param ids Unique ids or ARNs of users, roles and role sessions. An id that nobody has here is nobody.
 * @param now RFC 3339.
 */
export function standingOf(all: readonly Detail[], ids: readonly string[], now: string): Standing {
  const account = accountIn(all);
  const reached = new Map<string, Reached>();
  const vague: string[] = [];
  for (const id of new Set(ids)) {
    const begin = placed(account, id);
    if (begin === 'nobody') continue;
    if (begin === undefined) {
      vague.push(id);
      continue;
    }
    const reach = walk(account, begin, { now, context: timeOf(now) });
    if (reach.saw === 'nobody') continue;
    for (const one of reach.reached) {
      const known = reached.get(one.principal.arn);
      if (known === undefined || (!known.certain && one.certain)) reached.set(one.principal.arn, one);
    }
  }
  return { account, now, reached, vague };
}

export const timeOf = (now: string): Context =>
  contextOf({
    'aws:CurrentTime': now,
    'aws:EpochTime': String(Math.floor(Date.parse(now) / 1_000)),
    'aws:ViaAWSService': 'false',
    'aws:CalledVia': null,
  });

/** Undefined: it is somebody, and nobody can say what it may. */
function placed(account: Account, id: string) {
  const principal = principalIn(account, id);
  if (principal !== undefined) return principal;
  if (/^\d{12}$/.test(id) || /^arn:[^:]+:iam::\d{12}:root$/.test(id) || /:federated-user\//.test(id))
    return undefined;
  if (!id.startsWith('arn:') || accountOf(id) === account.id) return 'nobody';
  const kind: 'user' | 'role' = id.includes(':user/') ? 'user' : 'role';
  return { kind, arn: id, id: '' };
}

const sessions = /^arn:[^:]+:sts::(\d{12}):assumed-role\/([^/]+)\//;

/** The user or role of this account that has the id, the ARN or the session. */
export function principalIn(account: Account, id: string) {
  const byArn = account.principals.get(id);
  if (byArn !== undefined) return byArn;
  const [unique = ''] = id.split(':');
  const [, of, role] = sessions.exec(id) ?? [];
  return [...account.principals.values()].find(
    (one) =>
      one.id === unique ||
      (of === account.id && one.kind === 'role' && one.arn.slice(one.arn.lastIndexOf('/') + 1) === role),
  );
}

/** Whether the subject, or one whom it can become, may do this: by the account's own policies, for SCPs are not read. */
export function maySubject(standing: Standing, action: string, resource: string): Truth {
  const { account, now, reached, vague } = standing;
  const each = [...reached.values()].map(({ principal, certain, anything, path }): Truth => {
    const { kind, arn, id, identity, boundary } = principal;
    const caller = { kind, arn, id };
    const own = evaluate(
      { caller, action, resource, account: account.id, context: timeOf(now) },
      { identity, ...(boundary === undefined ? {} : { boundary }) },
    );
    const doubts = [...own.unknown, ...path.flatMap((hop) => hop.unknown)];
    const may = own.outcome === 'allowed' || anything === 'certain';
    if (may && certain) return 'yes';
    if (!may && own.outcome !== 'unknown' && anything === undefined) return 'no';
    return unknown(...(doubts.length === 0 ? [`what ${arn} may`] : doubts));
  });
  return some(...each, ...vague.map((id) => unknown(`what ${id} may`)));
}
