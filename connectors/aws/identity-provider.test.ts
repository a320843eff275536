import { DeleteOpenIDConnectProviderCommand } from '@aws-sdk/client-iam';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { identityProviderCheck } from './checks/identity-provider.ts';
import { outcome } from './fake.fixture.ts';
import { arn, useGranted } from './granted.fixture.ts';
import { identityProvider } from './kinds/identity-provider.ts';
import type { IdentityProviderRef } from './kinds/identity-provider.ts';

const world = useGranted();
const oidc = arn('oidc-provider', 'issuer.example/tenant');
const saml = arn('saml-provider', 'okta');
const byArn = { OpenIDConnectProviderArn: oidc };
const thumbprint = 'a'.repeat(40);
const make = () =>
  world.iam('CreateOpenIDConnectProvider', {
    Url: 'https://issuer.example/tenant',
    ClientIDList: ['app'],
    ThumbprintList: [thumbprint],
  });
const ask = (ref: IdentityProviderRef) => world.ask(identityProviderCheck, ref);

test('an OIDC provider stands until it is really deleted', async () => {
  make();
  expect(await ask({ providerArn: oidc })).toMatchObject({ saw: 'present', state: 'active' });
  // naive: the deletion succeeded, of an ARN with a slip of the pen
  const wrong = new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: `${oidc}s` });
  expect(await outcome(world.as(world.operator()).send(wrong))).toBe('200');
  expect(await ask({ providerArn: oidc })).toMatchObject({ saw: 'present' });
  world.iam('DeleteOpenIDConnectProvider', byArn);
  expect(await ask({ providerArn: oidc })).toMatchObject({ saw: 'absent' });
  // roles trust whatever has the ARN
  make();
  expect(await ask({ providerArn: oidc })).toMatchObject({ saw: 'present' });
});

test('a client and a thumbprint are entitlements of their own', async () => {
  make();
  const client = { providerArn: oidc, clientId: 'jit-app' };
  expect(await ask(client)).toMatchObject({ saw: 'absent' });
  world.iam('AddClientIDToOpenIDConnectProvider', { ...byArn, ClientID: 'jit-app' });
  expect(await ask(client)).toMatchObject({ saw: 'present' });
  world.iam('RemoveClientIDFromOpenIDConnectProvider', { ...byArn, ClientID: 'jit-app' });
  expect(await ask(client)).toMatchObject({ saw: 'absent' });
  const print = { providerArn: oidc, thumbprint: thumbprint.toUpperCase() };
  expect(await ask(print)).toMatchObject({ saw: 'present' });
  world.iam('UpdateOpenIDConnectProviderThumbprint', { ...byArn, ThumbprintList: ['b'.repeat(40)] });
  expect(await ask(print)).toMatchObject({ saw: 'absent' });
  world.iam('DeleteOpenIDConnectProvider', byArn);
  expect(await ask(client)).toMatchObject({ saw: 'absent' });
});

test('a SAML provider, and the metadata that a grant put into it', async () => {
  const rogue = '<EntityDescriptor>rogue</EntityDescriptor>';
  const sha256 = createHash('sha256').update(rogue).digest('hex');
  world.iam('CreateSAMLProvider', { Name: 'okta', SAMLMetadataDocument: '<EntityDescriptor/>' });
  expect(await ask({ providerArn: saml })).toMatchObject({ saw: 'present' });
  expect(await ask({ providerArn: saml, sha256 })).toMatchObject({ saw: 'absent' });
  world.iam('UpdateSAMLProvider', { SAMLProviderArn: saml, SAMLMetadataDocument: rogue });
  expect(await ask({ providerArn: saml, sha256 })).toMatchObject({ saw: 'present' });
  world.iam('DeleteSAMLProvider', { SAMLProviderArn: saml });
  expect(await ask({ providerArn: saml })).toMatchObject({ saw: 'absent' });
});

test('one of another account is not looked for here; who may not ask knows nothing', async () => {
  const other = oidc.replace('111111111111', '222222222222');
  expect(await ask({ providerArn: other })).toMatchObject({ reason: 'R-SCOPE' });
  const needs = ['iam:GetSAMLProvider'];
  expect(await world.ask(identityProviderCheck, { providerArn: oidc }, { needs })).toMatchObject({
    reason: 'R-PERM',
    needs: 'iam:GetOpenIDConnectProvider',
  });
});

test('a record names one thing of a provider that has it', () => {
  const parse = (ref: object) => identityProvider.ref.safeParse({ providerArn: oidc, ...ref }).success;
  expect(parse({ clientId: 'app' })).toBe(true);
  expect(parse({ clientId: 'app', thumbprint })).toBe(false);
  expect(parse({ sha256: 'a'.repeat(64) })).toBe(false);
  expect(parse({ providerArn: saml, clientId: 'app' })).toBe(false);
});
