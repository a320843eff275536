import { createHash } from 'node:crypto';
import type { Raw, Source } from '../../src/connector.ts';
import { failed, z } from '../../src/connector.ts';
import { call, members, refused } from './calls.ts';
import type { Operation } from './calls.ts';
import type { AwsClient } from './client.ts';
import { elsewhere } from './identity.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html */
export const getOidcProvider: Operation = {
  name: 'GetOpenIDConnectProvider',
  needs: 'iam:GetOpenIDConnectProvider',
};
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetSAMLProvider.html */
export const getSamlProvider: Operation = { name: 'GetSAMLProvider', needs: 'iam:GetSAMLProvider' };

export interface OidcProvider {
  readonly arn: string;
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
  readonly created: Date;
}

export interface SamlProvider {
  readonly arn: string;
  /** SHA-256 of the metadata document. */
  readonly sha256: string;
  readonly created: Date;
}

const oidc = z.object({
  Url: z.string(),
  ClientIDList: z.array(z.string()),
  ThumbprintList: z.array(z.string()),
  CreateDate: z.date(),
});
const saml = z.object({ SAMLMetadataDocument: z.string(), CreateDate: z.date() });

/** Partition and account: `arn:aws:iam::111122223333`. */
const placeOf = (arn: string) => arn.split(':').slice(0, 5).join(':');

/** Where the verifier may not ask it is refused, whether the provider is there or not. */
const strange = (kind: 'oidc' | 'saml', docs: string) => ({
  key: (scope: string) =>
    `${scope}:${kind}-provider/tombstone-was-never-here${kind === 'oidc' ? '.invalid' : ''}`,
  docs,
});

const common = {
  scope: placeOf,
  name: (arn: string) => arn,
  siblings: () => Promise.resolve([]),
};

/** By its ARN, that is by its URL: it has no other id, and trust policies go by that. */
export const oidcProvider: Source<AwsClient, string, OidcProvider> = {
  ...common,
  id: 'aws/oidc-provider',
  answers: (value, arn) => value.arn === arn,
  stranger: strange(
    'oidc',
    'https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html',
  ),
  async one(client, arn, abortSignal): Promise<Raw<OidcProvider>> {
    const wrong = elsewhere(client);
    if (wrong !== undefined) return wrong;
    const { GetOpenIDConnectProviderCommand } = await import('@aws-sdk/client-iam');
    const iam = await client.iam();
    const told = await call(getOidcProvider, () =>
      iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }), { abortSignal }),
    );
    if (refused(told)) return told.code === 'NoSuchEntity' ? 'nothing' : told.failure;
    const seen = members(getOidcProvider, oidc, told.output);
    if (failed(seen)) return seen;
    const { Url, ClientIDList: clientIds, ThumbprintList: thumbprints, CreateDate: created } = seen;
    const named = `${placeOf(arn)}:oidc-provider/${Url.replace(/^https:\/\//, '')}`;
    return { value: { arn: named, clientIds, thumbprints, created } };
  },
};

export const samlProvider: Source<AwsClient, string, SamlProvider> = {
  ...common,
  id: 'aws/saml-provider',
  // the answer does not repeat what was asked for
  answers: (value, arn) => value.arn === arn,
  stranger: strange('saml', 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetSAMLProvider.html'),
  async one(client, arn, abortSignal): Promise<Raw<SamlProvider>> {
    const wrong = elsewhere(client);
    if (wrong !== undefined) return wrong;
    const { GetSAMLProviderCommand } = await import('@aws-sdk/client-iam');
    const iam = await client.iam();
    const told = await call(getSamlProvider, () =>
      iam.send(new GetSAMLProviderCommand({ SAMLProviderArn: arn }), { abortSignal }),
    );
    if (refused(told)) return told.code === 'NoSuchEntity' ? 'nothing' : told.failure;
    const seen = members(getSamlProvider, saml, told.output);
    if (failed(seen)) return seen;
    const sha256 = createHash('sha256').update(seen.SAMLMetadataDocument).digest('hex');
    return { value: { arn, sha256, created: seen.CreateDate } };
  },
};
