import { accountOf, contextOf, evaluate, type Context, type Decision, type Policy } from '../policy/index.ts';
import type { Account } from './account.ts';
import { together, type Holder, type Outcome } from './holder.ts';
import type { Pool } from './pool.ts';
import { starts, type Start } from './powers.ts';

/** A way to act as somebody else. */
export interface Road {
  readonly to: string;
  readonly how: readonly string[];
  readonly outcome: Outcome;
}

/** Those that are not reached yet. */
export interface Open {
  readonly users: Pool;
  readonly roles: Pool;
  readonly anyone: Pool;
  readonly trusting: (account: string) => Pool;
  readonly named: (name: string) => readonly string[];
  readonly serving: (service: string) => Pool;
}

export function* roads(holder: Holder, account: Account, open: Open, region: string): Iterable<Road> {
  yield* assumed(holder, account, open);
  // what follows is done to principals of one's own account only
  if (accountOf(holder.principal.arn) !== account.id) return;
  yield* signedIn(holder, open);
  yield* retrusted(holder, open);
  for (const start of starts) yield* passed(holder, account, open, start, region);
}

const assume = 'sts:AssumeRole';

function* assumed(holder: Holder, account: Account, open: Open): Iterable<Road> {
  const { arn } = holder.principal;
  const candidates = new Set([
    ...open.named(arn),
    ...open.named(holder.principal.id),
    ...open.named(sessionsOf(arn)),
  ]);
  for (const role of open.anyone.below('')) candidates.add(role);
  // where the trust names the account only, the caller's own policies must allow it too
  const trusting = open.trusting(accountOf(arn));
  for (const prefix of holder.reaches(assume))
    for (const role of trusting.below(prefix)) candidates.add(role);
  for (const to of candidates) {
    const trust = account.principals.get(to)?.trust;
    if (trust === undefined) continue;
    const outcome = together([holder.can(assume, to, { trust })]);
    if (outcome !== undefined) yield { to, how: [assume], outcome };
  }
}

const sessionsOf = (arn: string) =>
  arn.replace(/^(arn:[^:]+):iam::(\d+):role\/(?:.*\/)?([^/]+)$/, '$1:sts::$2:assumed-role/$3');

/** A key or a password of another user. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html */
function* signedIn(holder: Holder, open: Open): Iterable<Road> {
  for (const action of ['iam:CreateAccessKey', 'iam:CreateLoginProfile', 'iam:UpdateLoginProfile'] as const) {
    for (const prefix of holder.reaches(action)) {
      for (const to of open.users.below(prefix)) {
        const outcome =
          action === 'iam:CreateAccessKey' ? together([holder.can(action, to)]) : password(holder, to);
        if (outcome !== undefined) yield { to, how: [action], outcome };
      }
    }
  }
}

/** One call makes a password where there is none, the other changes the one that is there. The snapshot tells nothing of passwords. */
function password(holder: Holder, to: string): Outcome | undefined {
  const [make, change] = [
    together([holder.can('iam:CreateLoginProfile', to)]),
    together([holder.can('iam:UpdateLoginProfile', to)]),
  ];
  const some = make?.certain === false ? (change ?? make) : (make ?? change);
  if (some === undefined) return undefined;
  if (make?.certain === true && change?.certain === true) return { ...some, by: [...make.by, ...change.by] };
  const which = `whether ${to} has a password`;
  return { ...some, certain: false, unknown: [...some.unknown, which] };
}

const everyone: Policy = {
  name: 'a trust policy of its own making',
  document: {
    version: '2012-10-17',
    statements: [
      {
        name: '#1',
        effect: 'Allow',
        principals: {
          not: false,
          list: {
            everyone: true,
            accounts: new Set(),
            names: new Set(),
            services: new Set(),
            federated: new Set(),
          },
        },
        actions: { not: false, patterns: ['sts:assumerole'] },
        conditions: [],
      },
    ],
  },
};

/** A role whose trust policy one may write is one's own, unless assuming it is denied. */
function* retrusted(holder: Holder, open: Open): Iterable<Road> {
  const action = 'iam:UpdateAssumeRolePolicy';
  for (const prefix of holder.reaches(action)) {
    for (const to of open.roles.below(prefix)) {
      const outcome = together([holder.can(action, to), holder.can(assume, to, { trust: everyone })]);
      const own = outcome && { ...outcome, by: outcome.by.filter(({ policy }) => policy !== everyone.name) };
      if (own !== undefined) yield { to, how: [action, assume], outcome: own };
    }
  }
}

/** A role that is passed to a service which runs one's code with it. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html */
function* passed(holder: Holder, account: Account, open: Open, start: Start, region: string): Iterable<Road> {
  const prefixes = holder.reaches('iam:PassRole');
  if (prefixes.length === 0) return;
  const started = start.actions.map(({ name, resource }) =>
    somewhere(holder, name, resource(region, account.id), start),
  );
  if (together(started) === undefined) return;
  const facts = contextOf({ 'iam:PassedToService': start.service });
  for (const prefix of prefixes) {
    for (const to of open.serving(start.service).below(prefix)) {
      const role = account.principals.get(to);
      if (role?.trust === undefined) continue;
      const inserting = holder.reaches('iam:AddRoleToInstanceProfile').length > 0;
      if (start.profile === true && role.profile === false && !inserting) continue;
      const outcome = together([
        ...started,
        holder.can('iam:PassRole', to, { facts }),
        trusted(role.trust, start.service, to, account.id),
      ]);
      if (outcome === undefined) continue;
      const how = ['iam:PassRole', ...start.actions.map(({ name }) => name)];
      const vague = start.profile === true && role.profile !== true;
      yield { to, how, outcome: vague ? doubted(outcome, `whether ${to} has an instance profile`) : outcome };
    }
  }
}

const doubted = (outcome: Outcome, why: string): Outcome => ({
  ...outcome,
  certain: false,
  unknown: [...outcome.unknown, why],
});

function trusted(trust: Policy, service: string, role: string, account: string): Decision {
  const context: Context = contextOf({ 'aws:SourceAccount': account });
  return evaluate(
    { caller: { kind: 'service', name: service }, action: assume, resource: role, account, context },
    { identity: [], resource: trust, resourcePolicy: 'needed' },
  );
}

/** The caller chooses what it starts: one resource that its own policies name is enough. */
function somewhere(holder: Holder, action: string, usual: string, start: Start): Decision {
  const first = holder.can(action, usual);
  if (first.outcome === 'allowed' && start.several !== true) return first;
  const named = holder.patterns(action).map((one) => oneOf(one, usual));
  const all = [first, ...named.map((one) => holder.can(action, one))];
  const best =
    all.find(({ outcome }) => outcome === 'allowed') ??
    all.find(({ outcome }) => outcome === 'unknown') ??
    first;
  const whole = start.several !== true || holder.patterns(action).includes('*');
  if (best.outcome !== 'allowed' || whole) return best;
  return { ...best, outcome: 'unknown', unknown: [`the resources of ${action}`] };
}

/** A resource that the pattern names: of the caller's own region and account where it leaves them open. */
function oneOf(pattern: string, usual: string): string {
  const [parts, model] = [pattern.split(':'), usual.split(':')];
  if (parts.length < 6) return usual;
  return parts
    .map((part, index) =>
      index < 5 && /[*?]/.test(part) ? (model[index] ?? part) : part.replaceAll(/\*|\?/g, 'x'),
    )
    .join(':');
}
