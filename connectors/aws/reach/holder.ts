import {
  accountOf,
  actionMatches,
  evaluate,
  type Caller,
  type Context,
  type Decision,
  type Hit,
  type Policies,
  type Policy,
} from '../policy/index.ts';
import type { Principal } from './account.ts';

/** A principal with all that it may use by now. */
export interface Holder {
  readonly principal: Principal;
  /** Below which prefixes an Allow of its own could reach with this action: none, where nothing allows it at all. */
  reaches(action: string): readonly string[];
  /** The patterns behind that. */
  patterns(action: string): readonly string[];
  can(
    action: string,
    resource: string,
    more?: { readonly facts?: Context; readonly trust?: Policy },
  ): Decision;
}

/** May it be done at all, and is that certain? */
export interface Outcome {
  readonly certain: boolean;
  readonly unknown: readonly string[];
  readonly by: readonly Hit[];
}

/** All of it must be allowed; undefined where one of it certainly is not. */
export function together(decisions: readonly Decision[]): Outcome | undefined {
  if (decisions.some(({ outcome }) => outcome !== 'allowed' && outcome !== 'unknown')) return undefined;
  const names = decisions.flatMap((one) => one.unknown);
  return {
    certain: names.length === 0 && decisions.every(({ outcome }) => outcome === 'allowed'),
    unknown: [...new Set(names)],
    by: decisions.flatMap(({ statements }) => statements.filter(({ effect }) => effect === 'Allow')),
  };
}

type More = { readonly gained: readonly Policy[]; readonly loose: boolean };

/** With its boundary, unless it may take that away: then nobody knows what holds it. */
export function holderOf(
  principal: Principal,
  more: More,
  facts: Context,
  scps: readonly (readonly Policy[])[],
): Holder {
  const holder = bounded(principal, more, facts, scps);
  const { boundary, kind, arn } = principal;
  if (boundary === undefined) return holder;
  const action = kind === 'user' ? 'iam:DeleteUserPermissionsBoundary' : 'iam:DeleteRolePermissionsBoundary';
  if (together([holder.can(action, arn)]) === undefined) return holder;
  const document = { flaw: 'a boundary that it may take away' };
  return bounded({ ...principal, boundary: { name: boundary.name, document } }, more, facts, scps);
}

function bounded(
  principal: Principal,
  more: More,
  facts: Context,
  scps: readonly (readonly Policy[])[],
): Holder {
  const caller: Caller = { kind: principal.kind, arn: principal.arn, id: principal.id };
  const own = more.loose ? principal.identity.map(loosened) : principal.identity;
  const identity = [...own, ...more.gained];
  const prepared = new Map<string, Policies>();
  const policies = (action: string): Policies => {
    const known = prepared.get(action);
    if (known !== undefined) return known;
    const { boundary } = principal;
    const made: Policies = {
      identity: about(action, identity),
      ...(boundary === undefined ? {} : { boundary }),
      scps,
    };
    prepared.set(action, made);
    return made;
  };
  const patterns = (action: string) =>
    policies(action).identity.flatMap(({ document }) =>
      'flaw' in document
        ? ['*']
        : document.statements
            .filter(({ effect }) => effect === 'Allow')
            .flatMap(({ resources }) =>
              resources === undefined || resources.not ? ['*'] : resources.patterns,
            ),
    );
  return {
    principal,
    patterns,
    reaches(action) {
      const found = new Set(patterns(action).map((one) => one.slice(0, /[*?$]|$/.exec(one)?.index)));
      return found.has('') ? [''] : [...found];
    },
    can: (action, resource, { facts: known, trust } = {}) =>
      evaluate(
        {
          caller,
          action,
          resource,
          // what has no account in its ARN is of the caller's own
          account: accountOf(resource) || accountOf(principal.arn),
          context: known === undefined ? facts : new Map([...facts, ...known]),
        },
        {
          ...policies(action),
          ...(trust === undefined ? {} : { resource: trust, resourcePolicy: 'needed' }),
        },
      ),
  };
}

function about(action: string, policies: readonly Policy[]): readonly Policy[] {
  return policies.flatMap((policy) => {
    const { name, document } = policy;
    if ('flaw' in document) return [policy];
    const statements = document.statements.filter((one) => actionMatches(one.actions, action));
    return statements.length === 0 ? [] : [{ name, document: { version: document.version, statements } }];
  });
}

/** Who may rewrite its own policies may also take a deny out of them: such a deny is no certain one. */
function loosened(policy: Policy): Policy {
  const { name, document } = policy;
  if ('flaw' in document) return policy;
  const statements = document.statements.map((one) =>
    one.effect === 'Allow' ? one : { ...one, conditions: [...one.conditions, removable] },
  );
  return { name, document: { version: document.version, statements } };
}

// a key that no context ever knows
const removable = {
  operator: 'Bool',
  ifExists: false,
  key: 'whether it takes away a deny of its own',
  values: ['true'],
} as const;
