import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { allow, account } from '../aws-world.ts';
import type { AwsGiven, AwsScenario, AwsWorld } from '../aws-world.ts';
import { readsSecret, seesKey } from '../aws-use.ts';
import { arnOf, located, mentions, whole, withMore, without } from './aws-told.ts';

const secretMade = z.object({ ARN: z.string(), VersionId: z.string() });
const keyMade = z.object({ KeyMetadata: z.object({ Arn: z.string() }) });
const grantMade = z.object({ GrantId: z.string() });

const Name = 'billing/replica';
const reads = allow('secretsmanager:GetSecretValue');
const byVersion = 'reading that version by its id, with a key that may read the secret';

/** A secret whose value the grant was given, and an application that may read it. */
function secretFor(world: AwsWorld, given: AwsGiven) {
  const made = world.did(119, 'secretsmanager', 'CreateSecret', { Name, SecretString: 'of the grant' });
  const { ARN: secretArn, VersionId: versionId } = secretMade.parse(made);
  world.user('app', 2_000);
  const key = world.key('app', 2_000);
  world.ago(2_000, 'PutUserPolicy', { UserName: 'app', PolicyName: 'reads', PolicyDocument: reads });
  const c2 = located('c2', 'aws/secret-version', { secretArn, versionId });
  return {
    grant: withMore(given, { credentials: [c2] }),
    secretArn,
    versionId,
    key,
    destroy: () => {
      const ForceDeleteWithoutRecovery = true;
      world.did(55, 'secretsmanager', 'DeleteSecret', { SecretId: secretArn, ForceDeleteWithoutRecovery });
      return Promise.resolve();
    },
  };
}

const lets = (AWS: string, Action: string, more: object = {}) => ({
  Effect: 'Allow',
  Principal: { AWS },
  Action,
  Resource: '*',
  ...more,
});
const policy = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

export const secrets: readonly AwsScenario[] = [
  {
    name: 'aws-secret-rotated',
    story: 'The secret was rotated: its value is another, and the old one is kept under AWSPREVIOUS.',
    naive: { asks: 'reads the secret, and compares', says: 'gone' },
    truth: { by: byVersion, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', c2: 'live R-LISTED', ...whole } },
    blinded: without('secretsmanager:ListSecretVersionIds', 'unproven', {
      c1: 'gone',
      c2: 'unproven R-PERM',
      ...whole,
    }),
    async play(world) {
      const given = world.give();
      const { grant, secretArn, versionId, key, destroy } = secretFor(world, given);
      const value = { SecretString: randomUUID(), ClientRequestToken: randomUUID() };
      world.did(60, 'secretsmanager', 'PutSecretValue', { SecretId: secretArn, ...value });
      world.end(given, 'with its user');
      const now = world.did(50, 'secretsmanager', 'GetSecretValue', { SecretId: secretArn });
      return {
        grant,
        naive: () => Promise.resolve(mentions(now, 'of the grant')),
        truth: () => readsSecret(world, key, secretArn, versionId),
        mend: destroy,
      };
    },
  },
  {
    name: 'aws-secret-marked-for-deletion',
    story:
      'The secret is deleted, with a week to think better of it: no list has it, one call brings it back.',
    naive: { asks: 'lists the secrets', says: 'gone' },
    truth: { by: byVersion, is: 'refused' },
    expected: { grant: 'dormant', exit: 1, targets: { c1: 'gone', c2: 'dormant R-DISABLED', ...whole } },
    blinded: without('secretsmanager:DescribeSecret', 'unproven', {
      c1: 'gone',
      c2: 'unproven R-PERM',
      ...whole,
    }),
    async play(world) {
      const given = world.give();
      const { grant, secretArn: SecretId, versionId, key, destroy } = secretFor(world, given);
      world.did(60, 'secretsmanager', 'DeleteSecret', { SecretId, RecoveryWindowInDays: 7 });
      world.end(given, 'with its user');
      return {
        grant,
        naive: () => Promise.resolve(mentions(world.did(50, 'secretsmanager', 'ListSecrets', {}), Name)),
        truth: () => readsSecret(world, key, SecretId, versionId),
        revive: async () => void world.did(50, 'secretsmanager', 'RestoreSecret', { SecretId }),
        mend: destroy,
      };
    },
  },
  {
    name: 'aws-let-in-by-the-secret',
    story: 'All policies of the subject are gone; the policy of the secret names it, and that is enough.',
    naive: { asks: 'lists the policies of the user', says: 'gone' },
    truth: { by: 'reading the secret with the key of the subject', is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { e1: 'gone', e2: 'live R-LISTED', ...whole } },
    blinded: without('secretsmanager:GetResourcePolicy', 'unproven', {
      e1: 'gone',
      e2: 'unproven R-PERM',
      ...whole,
    }),
    async play(world) {
      const [UserName, principalId] = ['alice', world.user('alice', 2_000)];
      const [key, principal] = [world.key(UserName, 2_000), arnOf('user', UserName)];
      const SecretString = 'x';
      const { ARN: SecretId } = secretMade.parse(
        world.did(2_000, 'secretsmanager', 'CreateSecret', { Name, SecretString }),
      );
      const inline = { UserName, PolicyName: 'jit' };
      world.ago(119, 'PutUserPolicy', { ...inline, PolicyDocument: reads });
      const ResourcePolicy = policy(lets(principal, 'secretsmanager:GetSecretValue'));
      world.did(119, 'secretsmanager', 'PutResourcePolicy', { SecretId, ResourcePolicy });
      world.iam('DeleteUserPolicy', inline);
      const was = { principalName: UserName, principalId, policyName: 'jit', policies: [reads] };
      const entitlements = [
        located('e1', 'aws/inline-policy', was),
        located('e2', 'aws/resource-policy', { resourceArn: SecretId, principal, principalId }),
      ];
      return {
        grant: { ...world.window(), users: [principalId], entitlements },
        naive: () => Promise.resolve(mentions(world.iam('ListUserPolicies', { UserName }), 'jit')),
        truth: () => readsSecret(world, key, SecretId),
        mend: async () => void world.did(50, 'secretsmanager', 'DeleteResourcePolicy', { SecretId }),
      };
    },
  },
  {
    name: 'aws-namesake-let-in',
    story: 'The policy of a secret goes by the ARN of the subject: whoever is given the name next is let in.',
    naive: { asks: 'asks whether the principal still has its id', says: 'gone' },
    truth: { by: 'reading the secret with a key of the next user of the name', is: 'works' },
    expected: { grant: 'unproven', exit: 3, targets: { c1: 'gone', e1: 'unproven R-IDENTITY', ...whole } },
    async play(world) {
      const given = world.give();
      const principal = arnOf('user', given.name);
      const made = world.did(2_000, 'secretsmanager', 'CreateSecret', { Name, SecretString: 'x' });
      const { ARN: SecretId } = secretMade.parse(made);
      const Condition = { ArnEquals: { 'aws:PrincipalArn': principal } };
      const ResourcePolicy = policy(lets('*', 'secretsmanager:GetSecretValue', { Condition }));
      world.did(119, 'secretsmanager', 'PutResourcePolicy', { SecretId, ResourcePolicy });
      world.end(given, 'with its user');
      world.user(given.name, 50);
      const key = world.key(given.name, 50);
      const ref = { resourceArn: SecretId, principal, principalId: given.userId };
      return {
        grant: withMore(given, { entitlements: [located('e1', 'aws/resource-policy', ref)] }),
        naive: () => Promise.resolve(world.standsAs(given.userId) ? 'still there' : 'gone'),
        truth: () => readsSecret(world, key, SecretId),
        mend: async () => void world.did(50, 'secretsmanager', 'DeleteResourcePolicy', { SecretId }),
      };
    },
  },
  {
    name: 'aws-key-granted',
    story: 'No policy names the subject; a grant on the key of KMS does, and no list of policies shows it.',
    naive: { asks: 'reads the policy of the key', says: 'gone' },
    truth: { by: 'asking for the key with what the grant lets do', is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', e1: 'live R-LISTED', ...whole } },
    blinded: without('kms:ListGrants', 'unproven', { c1: 'gone', e1: 'unproven R-PERM', ...whole }),
    async play(world) {
      const given = world.give();
      world.user('alice', 2_000);
      const [key, GranteePrincipal] = [world.key('alice', 2_000), arnOf('user', 'alice')];
      const { Arn: KeyId } = keyMade.parse(world.did(2_000, 'kms', 'CreateKey', {})).KeyMetadata;
      const { GrantId } = grantMade.parse(
        world.did(110, 'kms', 'CreateGrant', { KeyId, GranteePrincipal, Operations: ['DescribeKey'] }),
      );
      world.end(given, 'with its user');
      return {
        grant: withMore(given, {
          entitlements: [located('e1', 'aws/kms-grant', { keyArn: KeyId, grantId: GrantId })],
        }),
        naive: () => Promise.resolve(mentions(world.did(50, 'kms', 'GetKeyPolicy', { KeyId }), 'alice')),
        truth: () => seesKey(world, key, KeyId),
        mend: async () => void world.did(50, 'kms', 'RevokeGrant', { KeyId, GrantId }),
      };
    },
  },
  {
    name: 'aws-let-in-by-the-key',
    story: 'All grants on the key are revoked; its policy names another user of the subject.',
    naive: { asks: 'lists the grants of the key', says: 'gone' },
    truth: { by: 'asking for the key with the key of that user', is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', e1: 'live R-LISTED', ...whole } },
    blinded: without('kms:GetKeyPolicy', 'unproven', { c1: 'gone', e1: 'unproven R-PERM', ...whole }),
    async play(world) {
      const given = world.give();
      const principalId = world.user('alice', 2_000);
      const [key, principal] = [world.key('alice', 2_000), arnOf('user', 'alice')];
      const { Arn: KeyId } = keyMade.parse(world.did(2_000, 'kms', 'CreateKey', {})).KeyMetadata;
      const usual = lets(`arn:aws:iam::${account}:root`, 'kms:*');
      const guard = (minutes: number, ...statements: readonly object[]) =>
        world.did(minutes, 'kms', 'PutKeyPolicy', { KeyId, Policy: policy(usual, ...statements) });
      guard(110, lets(principal, 'kms:DescribeKey'));
      world.end(given, 'with its user');
      const ref = { resourceArn: KeyId, principal, principalId };
      return {
        grant: withMore(given, { entitlements: [located('e1', 'aws/resource-policy', ref)] }),
        naive: () => Promise.resolve(mentions(world.did(50, 'kms', 'ListGrants', { KeyId }), 'alice')),
        truth: () => seesKey(world, key, KeyId),
        mend: async () => void guard(50),
      };
    },
  },
  {
    name: 'aws-secret-version-without-a-label',
    story:
      'The secret was rotated three times: the old version has no label any more, and is read by its id.',
    naive: { asks: 'looks for the version among the labelled ones', says: 'gone' },
    truth: { by: byVersion, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', c2: 'live R-LISTED', ...whole } },
    async play(world) {
      const given = world.give();
      const { grant, secretArn, versionId, key, destroy } = secretFor(world, given);
      for (let more = 0; more < 3; more += 1) {
        const value = { SecretString: randomUUID(), ClientRequestToken: randomUUID() };
        world.did(60 - more, 'secretsmanager', 'PutSecretValue', { SecretId: secretArn, ...value });
      }
      world.end(given, 'with its user');
      return {
        grant,
        naive: () => {
          const listed = world.did(50, 'secretsmanager', 'ListSecretVersionIds', { SecretId: secretArn });
          return Promise.resolve(mentions(listed, versionId));
        },
        truth: () => readsSecret(world, key, secretArn, versionId),
        mend: destroy,
      };
    },
  },
];
