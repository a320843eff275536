import { readPrincipals, type Principals } from './principals.ts';
import { readConditions, type Condition } from './condition-block.ts';
import { readJson } from './json.ts';
import { flawed, isRecord, strings, type Flawed } from './read.ts';

/** A policy as IAM wrote it down. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export interface PolicyDocument {
  /** Policy variables exist only in the newer one. */
  readonly version: '2012-10-17' | '2008-10-17';
  readonly statements: readonly Statement[];
}

export interface Statement {
  /** The Sid, or the place in the document, counted from one. */
  readonly name: string;
  readonly effect: 'Allow' | 'Deny';
  /** Only resource policies, trust policies among them, have one. */
  readonly principals?: { readonly not: boolean; readonly list: Principals };
  /** Patterns in lower case: the names of actions are not case-sensitive. */
  readonly actions: { readonly not: boolean; readonly patterns: readonly string[] };
  /** Missing in trust policies, and where the resource that holds the policy is meant. */
  readonly resources?: { readonly not: boolean; readonly patterns: readonly string[] };
  readonly conditions: readonly Condition[];
}

/** `identity`: also boundaries, session policies, SCPs. `resource`: also trust policies and RCPs. */
export type DocumentOf = 'identity' | 'resource';

const members = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

/**
 * Reads a policy document: an object, plain JSON, or JSON percent-encoded after RFC 3986, as the IAM API gives it.
 * What it does not understand is a flaw of the whole document, named with its place: a statement
 * that is dropped could be the only one that allows, or the only one that denies.
 */
export function readDocument(given: unknown, of: DocumentOf): PolicyDocument | Flawed {
  const json = typeof given === 'string' ? readJson(given) : { value: given };
  if ('flaw' in json) return json;
  const document = json.value;
  if (!isRecord(document)) return flawed('the document is not an object');
  const stranger = Object.keys(document).find((key) => !['Version', 'Id', 'Statement'].includes(key));
  if (stranger !== undefined) return flawed(`an unknown member ${stranger}`);
  const version = document['Version'] ?? '2008-10-17';
  if (version !== '2012-10-17' && version !== '2008-10-17') return flawed('an unknown Version');
  const written = document['Statement'];
  if (written === undefined) return flawed('no Statement');
  const list: readonly unknown[] = Array.isArray(written) ? written : [written];
  const statements: Statement[] = [];
  for (const [index, one] of list.entries()) {
    const statement = readStatement(one, `#${index + 1}`, of);
    if ('flaw' in statement) return flawed(`Statement ${index + 1}: ${statement.flaw}`);
    statements.push(statement);
  }
  return { version, statements };
}

function readStatement(given: unknown, place: string, of: DocumentOf): Statement | Flawed {
  if (!isRecord(given)) return flawed('not an object');
  const stranger = Object.keys(given).find((key) => !members.has(key));
  if (stranger !== undefined) return flawed(`an unknown member ${stranger}`);
  const effect = given['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') return flawed('Effect is neither Allow nor Deny');
  const sid = given['Sid'];
  if (sid !== undefined && typeof sid !== 'string') return flawed('Sid is not a string');
  const actions = either(given, 'Action', 'NotAction');
  if (actions === undefined) return flawed('neither Action nor NotAction');
  if ('flaw' in actions) return actions;
  const resources = either(given, 'Resource', 'NotResource');
  if (resources !== undefined && 'flaw' in resources) return resources;
  if (resources === undefined && of === 'identity') return flawed('neither Resource nor NotResource');
  const conditions = readConditions(given['Condition']);
  if ('flaw' in conditions) return conditions;
  const principals = principalsOf(given, of);
  if (principals !== undefined && 'flaw' in principals) return principals;
  return {
    name: sid === undefined || sid === '' ? place : sid,
    effect,
    actions: { not: actions.not, patterns: actions.patterns.map((one) => one.toLowerCase()) },
    conditions,
    ...(resources === undefined ? {} : { resources }),
    ...(principals === undefined ? {} : { principals }),
  };
}

function either(given: Readonly<Record<string, unknown>>, plain: string, negated: string) {
  if (given[plain] !== undefined && given[negated] !== undefined) return flawed(`${plain} and ${negated}`);
  const name = given[plain] === undefined ? negated : plain;
  const value = given[name];
  if (value === undefined) return undefined;
  const patterns = strings(value);
  if (patterns === undefined) return flawed(`${name} is neither a string nor a list of strings`);
  return { not: name === negated, patterns };
}

function principalsOf(given: Readonly<Record<string, unknown>>, of: DocumentOf) {
  const { Principal: plain, NotPrincipal: negated } = given;
  if (plain === undefined && negated === undefined) {
    return of === 'resource' ? flawed('neither Principal nor NotPrincipal') : undefined;
  }
  if (of === 'identity') return flawed('a Principal, which such a policy cannot have');
  if (plain !== undefined && negated !== undefined) return flawed('Principal and NotPrincipal');
  const list = readPrincipals(plain ?? negated);
  return 'flaw' in list ? list : { not: plain === undefined, list };
}
