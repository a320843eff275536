import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { accountId, named, sessions, uniqueId } from './words.ts';

/** Built-in providers of web identities, which no account lists. */
const builtIn =
  /^(?:accounts\.google\.com|graph\.facebook\.com|www\.amazon\.com|cognito-identity\.amazonaws\.com)$/;

/** What a trust policy can name. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
const forms = {
  everyone: /^\*$/,
  account: /^(?:\d{12}|arn:[\w-]+:iam::\d{12}:root)$/,
  identity:
    /^(?:arn:[\w-]+:iam::\d{12}:(?:user|role)\/[\w+=,.@/-]+|arn:[\w-]+:sts::\d{12}:assumed-role\/[\w+=,.@-]+\/[\w+=,.@-]+|A(?:IDA|ROA)[A-Z0-9]{12,124})$/,
  federated: /^arn:[\w-]+:iam::\d{12}:(?:oidc|saml)-provider\/\S+$/,
  service: /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/,
} as const;
export type PrincipalForm = keyof typeof forms;

export function formOf(principal: string): PrincipalForm | undefined {
  if (builtIn.test(principal)) return 'federated';
  for (const form of ['everyone', 'account', 'identity', 'federated', 'service'] as const) {
    if (forms[form].test(principal)) return form;
  }
  return undefined;
}

/** Whom a policy of a role or a resource lets in, and who that is for good. */
export const principalFields = {
  principal: z.string().check(
    z.refine((text) => formOf(text) !== undefined, 'an ARN, an account, a service, a provider or *'),
    z.describe(
      'Whom the grant let in: a user, a role, one of its sessions, an account, a service, an identity provider or *.',
    ),
  ),
  principalId: z
    .optional(uniqueId('AIDA…, AROA…'))
    .check(z.describe('Of a user or a role of the same account: another can get its name.')),
};
export interface NamedPrincipal {
  readonly principal: string;
  readonly principalId?: string | undefined;
  readonly claims?: Readonly<Record<string, string>> | undefined;
}

const roleTrustRef = z.strictObject({
  account: z.optional(accountId),
  roleName: z.optional(named),
  roleId: z.optional(uniqueId('AROA…')),
  ...principalFields,
  claims: z
    .optional(z.record(z.string(), z.string()))
    .check(z.describe('What the provider says of the subject, as a trust policy calls it: sub, aud.')),
  sessions,
});
export type RoleTrustRef = z.infer<typeof roleTrustRef>;

const isId = (principal: string) => /^A(?:IDA|ROA)[A-Z0-9]{12,124}$/.test(principal);

/** The id that is certain to mean the principal and nobody else. */
export const principalIdOf = ({ principal, principalId }: NamedPrincipal): string | undefined =>
  principalId ?? (isId(principal) ? principal : undefined);

export const roleTrust: Kind<RoleTrustRef> = {
  kind: 'aws/role-trust',
  title: 'Trust of a role',
  role: 'entitlement',
  ref: roleTrustRef,
  example: {
    roleId: 'AROANEVERISSUED00000',
    principal: 'arn:aws:iam::111122223333:user/tombstone-never-made',
    principalId: 'AIDANEVERISSUED00000',
  },
  needed: ['roleId', 'principal', 'principalId'],
  id(ref) {
    const principal = principalIdOf(ref);
    if (ref.roleId === undefined) return undefined;
    if (formOf(ref.principal) !== 'identity') return `${ref.roleId}/${ref.principal}`;
    return principal === undefined ? undefined : `${ref.roleId}/${principal}`;
  },
  label: (ref) => `${ref.principal} may assume ${ref.roleName ?? ref.roleId ?? 'a role'}`,
  // nobody lists the sessions that were made meanwhile
  requires: ['entitled', 'derived'],
  killing: 'entitled',
  mints: () => false,
  horizon: 'PT5M',
  fix: (ref) =>
    `take ${ref.principal} out of the trust policy: aws iam update-assume-role-policy --role-name ${ref.roleName ?? 'ROLE'}; sessions that were made live on`,
};
