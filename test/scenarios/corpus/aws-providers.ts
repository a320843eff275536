import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AwsScenario } from '../aws-world.ts';
import { located, mentions, tries, triesKey, whole, withMore, without } from './aws-told.ts';

const oidcMade = z.object({ OpenIDConnectProviderArn: z.string() });
const samlMade = z.object({ SAMLProviderArn: z.string() });

const metadata = (certificate: string) =>
  `<EntityDescriptor entityID="https://idp.acme.example">${certificate.repeat(400)}</EntityDescriptor>`;

export const providers: readonly AwsScenario[] = [
  {
    name: 'aws-oidc-provider',
    story:
      'The grant made a provider of web identities; the roles that trusted it are gone, the provider is not.',
    naive: tries,
    truth: { by: 'whether the account still believes the provider', is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', e1: 'live R-LISTED', ...whole } },
    blinded: without('iam:GetOpenIDConnectProvider', 'unproven', {
      c1: 'gone',
      e1: 'unproven R-PERM',
      ...whole,
    }),
    async play(world) {
      const given = world.give();
      const input = {
        Url: 'https://idp.acme.example',
        ClientIDList: ['sts.amazonaws.com'],
        ThumbprintList: ['a'.repeat(40)],
      };
      const made = world.ago(100, 'CreateOpenIDConnectProvider', input);
      const { OpenIDConnectProviderArn } = oidcMade.parse(made);
      world.end(given, 'with its user');
      const e1 = located('e1', 'aws/identity-provider', { providerArn: OpenIDConnectProviderArn });
      return {
        grant: withMore(given, { entitlements: [e1] }),
        naive: () => triesKey(world, given),
        truth: () => {
          const listed = world.iam('ListOpenIDConnectProviders', {});
          return Promise.resolve(mentions(listed, OpenIDConnectProviderArn) === 'gone' ? 'refused' : 'works');
        },
        mend: async () => void world.iam('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn }),
      };
    },
  },
  {
    name: 'aws-saml-metadata',
    story: 'The grant put metadata with a second signing certificate under a provider that stood before.',
    naive: tries,
    truth: { by: 'whether the account still believes that metadata', is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', e1: 'live R-LISTED', ...whole } },
    blinded: without('iam:GetSAMLProvider', 'unproven', { c1: 'gone', e1: 'unproven R-PERM', ...whole }),
    async play(world) {
      const given = world.give();
      const [before, rogue] = [metadata('one'), metadata('two')];
      const made = world.ago(2_000, 'CreateSAMLProvider', { Name: 'acme', SAMLMetadataDocument: before });
      const { SAMLProviderArn } = samlMade.parse(made);
      world.ago(100, 'UpdateSAMLProvider', { SAMLProviderArn, SAMLMetadataDocument: rogue });
      world.end(given, 'with its user');
      const sha256 = createHash('sha256').update(rogue).digest('hex');
      const e1 = located('e1', 'aws/identity-provider', { providerArn: SAMLProviderArn, sha256 });
      return {
        grant: withMore(given, { entitlements: [e1] }),
        naive: () => triesKey(world, given),
        truth: () => {
          const told = world.iam('GetSAMLProvider', { SAMLProviderArn });
          return Promise.resolve(mentions(told, 'two') === 'gone' ? 'refused' : 'works');
        },
        mend: async () =>
          void world.iam('UpdateSAMLProvider', { SAMLProviderArn, SAMLMetadataDocument: before }),
      };
    },
  },
];
