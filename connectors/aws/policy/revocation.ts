import { conditionHolds } from './condition.ts';
import type { Condition } from './condition-block.ts';
import type { Context } from './context.ts';
import type { Statement } from './document.ts';
import { date } from './operators.ts';
import type { Hit, Policy } from './statement.ts';
import { every, type Truth } from './truth.ts';

/** What a set of policies takes from sessions by the time of their issue, as `AWSRevokeOlderSessions` does. */
export interface Revocation {
  /**
   * Everything is denied to sessions issued before this instant (milliseconds since the epoch);
   * `Infinity`: to every session, whenever it was issued.
   */
  readonly before?: number;
  readonly by?: Hit;
  /** Denies that look at the time of issue, or deny everything, but not for certain to this session or not everything; and policies that could not be read. */
  readonly partial: readonly {
    readonly policy: string;
    readonly statement?: string;
    readonly why: readonly string[];
  }[];
}

const key = 'aws:tokenissuetime';

/**
 * Do these policies deny everything (`Action *`, `Resource *`) to sessions issued before some instant?
 * Every place counts where a deny reaches the session: the role's inline and attached policies, its boundary,
 * a session policy, an SCP. `context`: what is known of the session besides the time of its issue; `factsOf` its caller.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
 */
export function revocationIn(policies: readonly Policy[], context: Context): Revocation {
  const partial: Revocation['partial'][number][] = [];
  let before: number | undefined;
  let by: Hit | undefined;
  for (const { name, document } of policies) {
    if ('flaw' in document) {
      partial.push({ policy: name, why: [document.flaw] });
      continue;
    }
    for (const statement of document.statements) {
      const found = cutOff(statement, document.version === '2012-10-17', context);
      if (found === undefined) continue;
      if (typeof found === 'object')
        partial.push({ policy: name, statement: statement.name, why: found.why });
      else if (before === undefined || found > before) {
        before = found;
        by = { policy: name, statement: statement.name, effect: 'Deny' };
      }
    }
  }
  return { ...(before === undefined ? {} : { before }), ...(by === undefined ? {} : { by }), partial };
}

function cutOff(
  statement: Statement,
  variables: boolean,
  context: Context,
): number | { readonly why: readonly string[] } | undefined {
  if (statement.effect !== 'Deny') return undefined;
  const timed = statement.conditions.filter((one) => one.key.toLowerCase() === key);
  const narrow = [
    ...(everything(statement.actions) ? [] : ['not every action']),
    ...(statement.resources === undefined || !everything(statement.resources) ? ['not every resource'] : []),
    ...(statement.principals === undefined ? [] : ['a resource policy']),
  ];
  // a deny of one thing at any time is no revocation
  if (narrow.length > 0 && timed.length === 0) return undefined;
  const others = statement.conditions.filter((one) => one.key.toLowerCase() !== key);
  const rest: Truth = every(...others.map((one) => conditionHolds(one, variables, context)));
  if (rest === 'no') return undefined;
  const limits = timed.map(limit);
  const odd = limits.some((one) => one === undefined)
    ? ['aws:TokenIssueTime is compared in another way']
    : [];
  const why = [...narrow, ...odd, ...(rest === 'yes' ? [] : rest.unknown)];
  if (why.length > 0) return { why };
  return Math.min(Number.POSITIVE_INFINITY, ...limits.filter((one) => one !== undefined));
}

const everything = ({ not, patterns }: NonNullable<Statement['resources']>) =>
  !not && patterns.some((pattern) => pattern === '*' || pattern === '*:*');

/** Of several values of one condition the latest counts: one is enough. */
function limit({ operator, quantifier, values }: Condition): number | undefined {
  if (quantifier !== undefined || (operator !== 'DateLessThan' && operator !== 'DateLessThanEquals'))
    return undefined;
  const instants = values.map(date);
  return instants.some((one) => one === undefined)
    ? undefined
    : Math.max(...instants.filter((one) => one !== undefined));
}
