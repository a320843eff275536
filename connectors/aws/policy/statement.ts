import { anyOf, namedBy, nobody, notNamedBy, type Caller, type Named } from './caller.ts';
import { conditionsHold } from './condition.ts';
import type { Context } from './context.ts';
import type { PolicyDocument, Statement } from './document.ts';
import { actionMatches, resourceMatches } from './pattern.ts';
import type { Flawed } from './read.ts';
import { every, some, unknown, type Truth } from './truth.ts';

/** A policy under the name that people know it by: an ARN, or the name of an inline policy and its holder. */
export interface Policy {
  readonly name: string;
  /** A document that could not be had or read is a flaw: nobody knows what it allows or denies. */
  readonly document: PolicyDocument | Flawed;
}

export interface Request {
  readonly caller: Caller;
  /** `service:Name` */
  readonly action: string;
  /** The whole ARN, or `*` where the action has none. */
  readonly resource: string;
  /** Id of the account that owns the resource. */
  readonly account: string;
  /** What is known beyond the caller: `contextOf`. What is not in it is unknown. */
  readonly context: Context;
}

/** A statement that had a say. */
export interface Hit {
  readonly policy: string;
  /** Its Sid, or its place: `#2`. */
  readonly statement: string;
  readonly effect: 'Allow' | 'Deny';
}

export interface Seen {
  readonly allow: Truth;
  readonly deny: Truth;
  /** Of a resource policy: by which name of the caller it allows. */
  readonly named: Named;
  /** Those that certainly or possibly apply. */
  readonly hits: readonly { readonly hit: Hit; readonly is: Truth }[];
}

/** What a set of policies says, taken together: their order and their number make no difference. */
export function see(policies: readonly Policy[], request: Request, context: Context, bounded = false): Seen {
  let allow: Truth = 'no';
  let deny: Truth = 'no';
  let named = nobody;
  const hits: { hit: Hit; is: Truth }[] = [];
  for (const { name, document } of policies) {
    if ('flaw' in document) {
      const flaw = unknown(`${name}: ${document.flaw}`);
      allow = some(allow, flaw);
      deny = some(deny, flaw);
      named = join(named, { direct: flaw, behind: flaw, account: flaw, everyone: flaw });
      continue;
    }
    for (const statement of document.statements) {
      const rest = applies(statement, document, request, context);
      if (rest === 'no') continue;
      const who = reach(statement, request.caller, bounded);
      const is = every(rest, statement.principals === undefined ? 'yes' : anyOf(who));
      if (is === 'no') continue;
      hits.push({ hit: { policy: name, statement: statement.name, effect: statement.effect }, is });
      if (statement.effect === 'Deny') deny = some(deny, is);
      else {
        allow = some(allow, is);
        named = join(named, narrow(who, rest));
      }
    }
  }
  return { allow, deny, named, hits };
}

function applies(statement: Statement, document: PolicyDocument, request: Request, context: Context): Truth {
  if (!actionMatches(statement.actions, request.action)) return 'no';
  const variables = document.version === '2012-10-17';
  const resource =
    statement.resources === undefined
      ? 'yes'
      : resourceMatches(statement.resources, request.resource, variables, context);
  if (resource === 'no') return 'no';
  return every(resource, conditionsHold(statement.conditions, variables, context));
}

function reach({ principals, effect }: Statement, caller: Caller, bounded: boolean): Named {
  if (principals === undefined) return nobody;
  if (!principals.not) return namedBy(principals.list, caller);
  // it denies whoever has a permissions boundary, whatever it names
  if (bounded && effect === 'Deny') return { ...nobody, everyone: 'yes' };
  return { ...nobody, everyone: notNamedBy(principals.list, caller) };
}

const join = (one: Named, other: Named): Named => ({
  direct: some(one.direct, other.direct),
  behind: some(one.behind, other.behind),
  account: some(one.account, other.account),
  everyone: some(one.everyone, other.everyone),
});

const narrow = (named: Named, by: Truth): Named =>
  by === 'yes'
    ? named
    : {
        direct: every(named.direct, by),
        behind: every(named.behind, by),
        account: every(named.account, by),
        everyone: every(named.everyone, by),
      };
