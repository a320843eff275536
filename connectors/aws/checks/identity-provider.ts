import { failed, inconclusive } from '../../../src/connector.ts';
import type { Answer, Check, Observation } from '../../../src/connector.ts';
import type { AwsClient } from '../client.ts';
import { getOidcProvider, getSamlProvider, oidcProvider, samlProvider } from '../identity-providers.ts';
import type { OidcProvider, SamlProvider } from '../identity-providers.ts';
import { identityProvider } from '../kinds/identity-provider.ts';
import type { IdentityProviderRef } from '../kinds/identity-provider.ts';
import { accountOf } from '../policy/index.ts';

/** To delete one that is not there succeeds too: only a look says that it is gone. */
export const identityProviderCheck: Check<AwsClient, IdentityProviderRef> = {
  id: 'aws/identity-provider',
  title: 'Does the provider stand, with what the grant gave it?',
  of: identityProvider,
  claim: 'entitled',
  decides: true,
  method: 'lookup',
  needs: [getOidcProvider.needs, getSamlProvider.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html',
  effects: [],
  async observe({ ref }, ctx): Promise<Observation> {
    const { providerArn } = ref;
    const seen: Answer<OidcProvider | SamlProvider> = /:saml-provider\//.test(providerArn)
      ? await ctx.read(samlProvider, providerArn)
      : await ctx.read(oidcProvider, providerArn);
    if (failed(seen)) return seen;
    if (accountOf(providerArn) !== seen.stamp.instance) {
      return inconclusive(
        'R-SCOPE',
        `${providerArn} is of another account than ${seen.stamp.instance}, which was asked`,
      );
    }
    if (seen.saw === 'nothing') return { saw: 'absent', controls: seen.controls };
    const { value: provider, controls } = seen;
    if (!holds(provider, ref)) {
      return controls === undefined
        ? (seen.uncontrolled ??
            inconclusive('R-CONTROL', `${providerArn} was told, its control before or after was not`))
        : { saw: 'absent', controls };
    }
    return {
      saw: 'present',
      state: 'active',
      revivedBy: 'others',
      reason: 'R-LISTED',
      value: `${identityProvider.label(ref)} stands, made ${provider.created.toISOString()}`,
      standing: identityProvider.label(ref),
    };
  },
};

function holds(provider: OidcProvider | SamlProvider, ref: IdentityProviderRef): boolean {
  if ('sha256' in provider) return ref.sha256 === undefined || ref.sha256 === provider.sha256;
  const { clientId, thumbprint } = ref;
  if (clientId !== undefined) return provider.clientIds.includes(clientId);
  return (
    thumbprint === undefined ||
    provider.thumbprints.some((one) => one.toLowerCase() === thumbprint.toLowerCase())
  );
}
