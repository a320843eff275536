import type { Detail } from './account.ts';
import { accountOf, readDocument } from './policy/index.ts';
import type { Statement } from './policy/index.ts';
import { actionMatches } from './policy/pattern.ts';

const assuming = ['sts:AssumeRole', 'sts:AssumeRoot'];

/** A user or a role, and the policies that reached it, as a record tells them. */
export interface Actor {
  readonly policies?: readonly string[] | undefined;
  readonly userId?: string | undefined;
  readonly userName?: string | undefined;
  /** Of a session of a role, and then no user is looked at. */
  readonly role?: { readonly id: string; readonly name?: string | undefined } | undefined;
}

/**
 * Why the user may have assumed roles, in words; undefined where it could not have. By its policies, as
 * the record has them; and by the trust of roles of its own account, which needs no policy of the user
 * where it names the user itself
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html).
 */
export function couldAssume(ref: Actor, all: readonly Detail[]): string | undefined {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
  const [who, lives] =
    ref.role === undefined
      ? ['the user', 'lives up to 12 hours without it']
      : ['the session', 'lives up to an hour without it, and can assume the next'];
  if (ref.policies === undefined) {
    return `what ${who} could do is not in the record: a role that it assumed ${lives}`;
  }
  for (const text of ref.policies) {
    const policy = readDocument(text, 'identity');
    if ('flaw' in policy) return `a policy of the record cannot be read: ${policy.flaw}`;
    const grants = policy.statements.find(
      ({ effect, actions }) =>
        effect === 'Allow' && assuming.some((action) => actionMatches(actions, action)),
    );
    if (grants !== undefined) {
      return `${who} could assume roles (statement ${grants.name}), and such a session ${lives}`;
    }
  }
  for (const { role } of all.filter((one) => one.is === 'role')) {
    const trust = readDocument(role.AssumeRolePolicyDocument, 'resource');
    if ('flaw' in trust) return `whom ${role.RoleName} trusts cannot be read: ${trust.flaw}`;
    if (trust.statements.some(({ effect, principals }) => effect === 'Allow' && names(principals, ref))) {
      return `${role.RoleName} trusts ${who} by name or everybody, and a session of it ${lives}`;
    }
  }
  return undefined;
}

/** A user or role that was deleted stands there by its id; before IAM has noticed, by its name. */
function names(principals: Statement['principals'], { userId, userName, role }: Actor): boolean {
  if (principals === undefined) return false;
  // whoever is not among those it excludes
  if (principals.not || principals.list.everyone) return true;
  const [id, name] = role === undefined ? [userId, userName] : [role.id, role.name];
  return [...principals.list.names].some(
    (one) =>
      one === id ||
      (name !== undefined &&
        accountOf(one) !== '' &&
        (one.endsWith(`/${name}`) || (role !== undefined && one.includes(`:assumed-role/${name}/`)))),
  );
}
