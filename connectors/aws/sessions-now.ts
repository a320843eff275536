import type { Failure, Observation } from '../../src/connector.ts';
import { failed } from '../../src/connector.ts';
import type { RoleDetail, UserDetail } from './account.ts';
import { givesTo, policiesOf, policiesOfRole, roleGives } from './holdings.ts';
import type { FederationTokenRef } from './kinds/federation-token.ts';
import type { RoleSessionRef } from './kinds/role-session.ts';
import { lifetimeOf, overBy } from './lifetime.ts';
import type { StandingRole } from './of-role.ts';
import type { Standing } from './of-user.ts';
import { factsOf } from './policy/index.ts';
import type { Context } from './policy/index.ts';
import { undenied } from './temporary.ts';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html: 43200 seconds. */
const ofRole = 12;
/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html: 129600 seconds. */
const ofUser = 36;

/** May this session of a role still do anything? A session has what its role has, at each request. */
export function roleSessionNow(ref: RoleSessionRef, standing: StandingRole): Observation | Failure {
  const { all, role, controls, at } = standing;
  if (role === undefined) return { saw: 'absent', controls };
  const lifetime = lifetimeOf(ref, ofRole);
  if (failed(lifetime)) return lifetime;
  return (
    overBy(lifetime, at, controls) ??
    undenied({
      holder: `the role ${role.RoleName}`,
      policies: policiesOfRole(role, all),
      context: roleFacts(role, ref),
      confers: roleGives(role, all),
      lifetime,
      hours: ofRole,
      at,
      controls,
    })
  );
}

function roleFacts(
  { Arn: arn, RoleId: id }: RoleDetail,
  { sessionName, sourceIdentity }: RoleSessionRef,
): Context {
  const session = sessionName === undefined ? {} : { session: sessionName };
  const facts = new Map(factsOf({ kind: 'role', arn, id, ...session }));
  return sourceIdentity === undefined ? facts : facts.set('aws:sourceidentity', [sourceIdentity]);
}

/** May this session of a user still do anything? It has no more than its user has, at each request. */
export function userSessionNow(ref: FederationTokenRef, standing: Standing): Observation | Failure {
  const { all, user, controls, at } = standing;
  if (user === undefined) return { saw: 'absent', controls };
  const lifetime = lifetimeOf(ref, ofUser);
  if (failed(lifetime)) return lifetime;
  return (
    overBy(lifetime, at, controls) ??
    undenied({
      holder: `the user ${user.UserName}`,
      policies: policiesOf(user, all),
      context: userFacts(user, ref),
      confers: givesTo(user, all),
      lifetime,
      hours: ofUser,
      at,
      controls,
    })
  );
}

const mayDiffer = ['aws:principalarn', 'aws:principaltype', 'aws:username', 'aws:userid'];

/** What is known of the session, whichever of the two made it where the record does not say. */
function userFacts(user: UserDetail, { issuedBy, federatedName }: FederationTokenRef): Context {
  const caller = { kind: 'user', arn: user.Arn, id: user.UserId } as const;
  if (issuedBy === 'GetSessionToken') return factsOf(caller);
  if (federatedName !== undefined) return factsOf({ ...caller, federated: federatedName });
  const facts = new Map(factsOf(caller));
  for (const key of mayDiffer) facts.delete(key);
  return facts;
}

/** While a session lives, whoever has it can make others of it. */
export const making = {
  saw: 'present',
  state: 'active',
  revivedBy: 'subject',
  reason: 'R-ACTIVE',
  value: 'the session lives, and what it makes outlives it',
} as const;
