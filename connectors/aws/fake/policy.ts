/**
 * Policy documents and what they say to one request: small, and the fake's own.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import { AwsError } from './answer.ts';
import { holds, knownOperator, like } from './conditions.ts';

export type Context = ReadonlyMap<string, string | readonly string[]>;

/** One request, as policies see it. */
export interface Asked {
  /** `iam:GetUser`. */
  readonly action: string;
  /** An ARN, or `*`. */
  readonly resource: string;
  /** By condition key in small letters. */
  readonly context: Context;
}

type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly butActions: boolean;
  /** Undefined in a trust policy. */
  readonly resources: readonly string[] | undefined;
  readonly butResources: boolean;
  /** By kind (`AWS`, `Service`, `Federated`); undefined in an identity policy. */
  readonly principals: ReadonlyMap<string, readonly string[]> | undefined;
  readonly butPrincipals: boolean;
  readonly conditions: Conditions;
  /** Variables are replaced only in documents of the newer version. */
  readonly variables: boolean;
}

export type Said = 'allow' | 'deny' | 'nothing';

function malformed(message: string): AwsError {
  return new AwsError('MalformedPolicyDocument', 400, message);
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function strings(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((one) => {
    if (typeof one === 'string' || typeof one === 'boolean' || typeof one === 'number') return String(one);
    throw malformed('Syntax errors in policy.');
  });
}

/** The statements of a document. Throws what AWS answers to a document that it does not take. */
export function statementsOf(document: string): readonly Statement[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(document);
  } catch (error) {
    if (error instanceof SyntaxError) throw malformed('This policy contains invalid Json');
    throw error;
  }
  if (!isFields(parsed)) throw malformed('Syntax errors in policy.');
  const variables = parsed['Version'] === '2012-10-17';
  const list = parsed['Statement'];
  const statements: readonly unknown[] = Array.isArray(list) ? list : [list];
  return statements.map((one) => statementOf(one, variables));
}

function statementOf(one: unknown, variables: boolean): Statement {
  if (!isFields(one)) throw malformed('Syntax errors in policy.');
  const effect = one['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') throw malformed('Syntax errors in policy.');
  const actions = one['Action'] ?? one['NotAction'];
  if (actions === undefined) throw malformed('Policy statement must contain actions.');
  const resources = one['Resource'] ?? one['NotResource'];
  const principals = one['Principal'] ?? one['NotPrincipal'];
  return {
    effect,
    actions: strings(actions),
    butActions: one['Action'] === undefined,
    resources: resources === undefined ? undefined : strings(resources),
    butResources: one['NotResource'] !== undefined,
    principals: principals === undefined ? undefined : principalsOf(principals),
    butPrincipals: one['NotPrincipal'] !== undefined,
    conditions: conditionsOf(one['Condition']),
    variables,
  };
}

function principalsOf(value: unknown): ReadonlyMap<string, readonly string[]> {
  if (value === '*') return new Map([['AWS', ['*']]]);
  if (!isFields(value)) throw malformed('Syntax errors in policy.');
  return new Map(Object.entries(value).map(([kind, names]) => [kind, strings(names)]));
}

function conditionsOf(value: unknown): Conditions {
  if (value === undefined) return {};
  if (!isFields(value)) throw malformed('Syntax errors in policy.');
  return Object.fromEntries(
    Object.entries(value).map(([operator, keys]) => {
      if (!knownOperator(operator)) throw malformed(`Invalid Condition type : ${operator}`);
      if (!isFields(keys)) throw malformed('Syntax errors in policy.');
      return [operator, Object.fromEntries(Object.entries(keys).map(([key, list]) => [key, strings(list)]))];
    }),
  );
}

/** An identity policy names resources and no principal; a trust policy the other way round. */
export function checkIdentityDocument(document: string): void {
  for (const { resources, principals } of statementsOf(document)) {
    if (principals !== undefined) throw malformed('Policy document should not specify a principal.');
    if (resources === undefined) throw malformed('Policy statement must contain resources.');
  }
}

export function checkTrustDocument(document: string): void {
  for (const { resources, principals } of statementsOf(document)) {
    if (resources !== undefined) throw malformed('Has prohibited field Resource');
    if (principals === undefined) throw malformed('Missing required field Principal');
  }
}

/** A thing's own policy names both. */
export function checkResourceDocument(document: string): void {
  for (const { resources, principals } of statementsOf(document)) {
    if (resources === undefined) throw malformed('Policy statement must contain resources.');
    if (principals === undefined) throw malformed('Missing required field Principal');
  }
}

/** What statements say, with the deny before the allow. Principals are for the caller to match. */
export function say(statements: readonly Statement[], asked: Asked): Said {
  const spoken = statements.filter((statement) => speaks(statement, asked));
  if (spoken.some(({ effect }) => effect === 'Deny')) return 'deny';
  return spoken.length > 0 ? 'allow' : 'nothing';
}

export function speaks(statement: Statement, { action, resource, context }: Asked): boolean {
  const fill = (text: string) => (statement.variables ? filled(text, context) : text);
  const named = statement.actions.some((one) => like(one.toLowerCase(), action.toLowerCase()));
  if (named === statement.butActions) return false;
  const there = statement.resources?.some((one) => like(fill(one), resource));
  if (there === statement.butResources) return false;
  return Object.entries(statement.conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) =>
      holds(operator, context.get(key.toLowerCase()), values.map(fill)),
    ),
  );
}

/** A variable without a value matches nothing. */
function filled(text: string, context: Context): string {
  return text.replace(/\$\{([^}]*)\}/g, (whole, key: string) => {
    if (key === '*' || key === '?' || key === '$') return key;
    const value = context.get(key.toLowerCase());
    return typeof value === 'string' ? value : whole;
  });
}
