import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';

const identityProviderRef = z
  .strictObject({
    providerArn: z
      .string()
      .check(
        z.regex(
          /^arn:[\w-]+:iam::\d{12}:(?:oidc-provider\/\S+|saml-provider\/[\w.-]+)$/,
          'arn:aws:iam::…:oidc-provider/… or …:saml-provider/…',
        ),
      ),
    clientId: z
      .optional(z.string().check(z.minLength(1)))
      .check(z.describe('Where the grant only added a client (audience) to an OIDC provider.')),
    thumbprint: z
      .optional(z.string().check(z.regex(/^[0-9A-Fa-f]{40}$/, 'the thumbprint, 40 hex digits')))
      .check(z.describe('Where the grant only added a thumbprint to an OIDC provider.')),
    sha256: z
      .optional(z.string().check(z.regex(/^[0-9a-f]{64}$/, 'SHA-256, 64 lower-case hex digits')))
      .check(z.describe('Where the grant only replaced the metadata of a SAML provider: of that document.')),
  })
  .check(
    z.refine(
      ({ clientId, thumbprint, sha256 }) =>
        [clientId, thumbprint, sha256].filter((one) => one !== undefined).length <= 1,
      'one of clientId, thumbprint and sha256: each is an entitlement of its own',
    ),
    z.refine(
      ({ providerArn, sha256, clientId, thumbprint }) =>
        /:saml-provider\//.test(providerArn)
          ? clientId === undefined && thumbprint === undefined
          : sha256 === undefined,
      'clientId and thumbprint are of OIDC providers, sha256 is of SAML ones',
    ),
  );
export type IdentityProviderRef = z.infer<typeof identityProviderRef>;

const part = ({ clientId, thumbprint, sha256 }: IdentityProviderRef) =>
  clientId === undefined
    ? thumbprint === undefined
      ? sha256 === undefined
        ? ''
        : `metadata ${sha256}`
      : `thumbprint ${thumbprint.toLowerCase()}`
    : `client ${clientId}`;

export const identityProvider: Kind<IdentityProviderRef> = {
  kind: 'aws/identity-provider',
  title: 'Identity provider, OIDC or SAML',
  role: 'entitlement',
  ref: identityProviderRef,
  example: { providerArn: 'arn:aws:iam::111122223333:oidc-provider/tombstone-was-never-here.invalid' },
  needed: ['providerArn'],
  // it has no other id, and whoever makes it again gets the trust that was left in roles
  id: (ref) => `${ref.providerArn} ${part(ref)}`.trim(),
  label: (ref) => `${part(ref) === '' ? '' : `${part(ref)} of `}${ref.providerArn}`,
  requires: ['entitled'],
  killing: 'entitled',
  mints: () => false,
  horizon: 'PT5M',
  fix: ({ providerArn, clientId }) => {
    if (/:saml-provider\//.test(providerArn))
      return `aws iam delete-saml-provider --saml-provider-arn ${providerArn}`;
    return clientId === undefined
      ? `aws iam delete-open-id-connect-provider --open-id-connect-provider-arn ${providerArn}; roles go on naming it`
      : `aws iam remove-client-id-from-open-id-connect-provider --open-id-connect-provider-arn ${providerArn} --client-id ${clientId}`;
  },
};
