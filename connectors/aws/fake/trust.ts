/**
 * Whom a role trusts. AWS keeps the ids of users and roles in the place of their ARNs, so that a later
 * namesake is not trusted, and shows the id where the principal is no more.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
import { AwsError } from './answer.ts';
import type { Caller } from './caller.ts';
import { accountOf } from './ids.ts';
import type { Asked, Said, Statement } from './policy.ts';
import { checkTrustDocument, speaks, statementsOf } from './policy.ts';
import { find } from './state.ts';
import type { World } from './world.ts';

const isId = (text: string) => /^A(?:IDA|ROA)[A-Z2-7]{16}$/.test(text);

/** The document as it is kept. @throws AwsError where it names a principal that there is not. */
export function sealed(world: World, document: string, check = checkTrustDocument): string {
  check(document);
  return mapped(document, (principal) => {
    const id = idOf(world, principal);
    if (id === undefined) {
      const message = `Invalid principal in policy: "AWS":"${principal}"`;
      throw new AwsError('MalformedPolicyDocument', 400, message);
    }
    return id;
  });
}

/** The document as it is shown: with the ARNs that the ids have now. */
export function unsealed(world: World, kept: string): string {
  return mapped(kept, (principal) => shownAs(world, principal));
}

/** A kept principal, with the ARN that it has now. */
export function shownAs(world: World, principal: string): string {
  return isId(principal) ? (arnOf(world, principal) ?? principal) : principal;
}

/** As it is kept; undefined where there is no such principal. */
export function idOf(world: World, principal: string): string | undefined {
  if (principal === '*' || /^\d{12}$/.test(principal)) return principal;
  const found = /^arn:aws[^:]*:(iam|sts)::(\d{12}):([^/]+)(?:\/(.*))?$/.exec(principal);
  const [, service, account = '', kind, rest = ''] = found ?? [];
  if (service === 'iam' && kind === 'root' && rest === '') return principal;
  const state = world.accounts.get(account)?.state;
  const name = rest.slice(rest.lastIndexOf('/') + 1);
  if (service === 'iam' && state !== undefined) {
    if (kind !== 'user' && kind !== 'role') return undefined;
    const thing = kind === 'user' ? find(state.users, name) : find(state.roles, name);
    return thing !== undefined && `/${rest}` === thing.path + thing.name ? thing.id : undefined;
  }
  return service === 'sts' && (kind === 'assumed-role' || kind === 'federated-user') ? principal : undefined;
}

function arnOf(world: World, id: string): string | undefined {
  const account = world.accounts.get(accountOf(id) ?? '');
  const user = account?.state.users.items.get(id);
  const role = account?.state.roles.items.get(id);
  if (user !== undefined) return account?.userArn(user);
  return role === undefined ? undefined : account?.roleArn(role);
}

/** The document with every principal of kind `AWS` replaced. */
function mapped(document: string, replace: (principal: string) => string): string {
  const inPrincipals = (value: unknown): unknown => {
    if (typeof value === 'string') return replace(value);
    return Array.isArray(value) ? value.map(inPrincipals) : value;
  };
  return JSON.stringify(
    JSON.parse(document, (key, value: unknown) => (key === 'AWS' ? inPrincipals(value) : value)),
  );
}

export interface Trust {
  readonly said: Said;
  /** The caller itself is named, not its account alone: inside one account that is enough. */
  readonly direct: boolean;
}

/** What a kept trust policy says to a caller. */
export function trusts(kept: string, roleAccount: string, caller: Caller, asked: Asked): Trust {
  const spoken = statementsOf(kept).filter((one) => meant(one, caller) && speaks(one, asked));
  if (spoken.some(({ effect }) => effect === 'Deny')) return { said: 'deny', direct: false };
  const direct = spoken.some(
    ({ principals }) =>
      caller.account.id === roleAccount && names(principals).some((one) => isCaller(one, caller)),
  );
  return { said: spoken.length > 0 ? 'allow' : 'nothing', direct };
}

function meant(statement: Statement, caller: Caller): boolean {
  const named = names(statement.principals).some(
    (one) => isCaller(one, caller) || one === caller.account.id || one === caller.account.arn('root'),
  );
  return named !== statement.butPrincipals;
}

const names = (principals: Statement['principals']) => principals?.get('AWS') ?? [];

const isCaller = (principal: string, caller: Caller) =>
  principal === '*' ||
  principal === caller.arn ||
  (principal === caller.principalId && isId(principal) && caller.kind !== 'federated');
