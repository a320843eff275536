import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { AwsCredentials } from './aws.fake.ts';
import { kmsGrantCheck } from './checks/kms-grant.ts';
import { outcome } from './fake.fixture.ts';
import { useGranted } from './granted.fixture.ts';
import { inconclusive } from '../../src/connector.ts';
import { kmsGrant } from './kms-grants.ts';
import type { KmsGrantRef } from './kinds/kms-grant.ts';

const world = useGranted();
const made = z.object({ KeyMetadata: z.object({ Arn: z.string() }) });
const granted = z.object({ GrantId: z.string() });
const keyPolicy = z.object({ Policy: z.string() });

const grant = (KeyId: string, GranteePrincipal: string) =>
  granted.parse(world.call('kms', 'CreateGrant', { KeyId, GranteePrincipal, Operations: ['DescribeKey'] }))
    .GrantId;
function given() {
  const jit = world.user('jit');
  const own = jit.keys();
  const keyArn = made.parse(world.call('kms', 'CreateKey', {})).KeyMetadata.Arn;
  const ref: KmsGrantRef = { keyArn, grantId: grant(keyArn, jit.arn) };
  return { jit, own, ref };
}
const ask = (ref: KmsGrantRef, more = {}) => world.ask(kmsGrantCheck, ref, more);
const revoke = ({ keyArn, grantId }: KmsGrantRef) =>
  world.call('kms', 'RevokeGrant', { KeyId: keyArn, GrantId: grantId });
const uses = (credentials: AwsCredentials, KeyId: string) =>
  outcome(new KMSClient(world.settings(credentials)).send(new DescribeKeyCommand({ KeyId })));

test('a grant opens the key, whatever policies say, until it is revoked', async () => {
  const { jit, own, ref } = given();
  // naive: no policy of the key or of the user lets it in
  const { Policy } = keyPolicy.parse(world.call('kms', 'GetKeyPolicy', { KeyId: ref.keyArn }));
  expect(Policy).not.toContain(jit.arn);
  expect(await uses(own, ref.keyArn)).toBe('200');
  expect(await ask(ref)).toMatchObject({ saw: 'present', value: expect.stringContaining('may DescribeKey') });
  revoke(ref);
  expect(await uses(own, ref.keyArn)).toBe('400 AccessDeniedException');
  expect(await ask(ref)).toMatchObject({ saw: 'absent', controls: [{ form: 'distinct-absence' }, {}] });
});

test('another grant of the key is the better control', async () => {
  const { jit, ref } = given();
  const other = grant(ref.keyArn, jit.arn);
  revoke(ref);
  expect(await ask(ref)).toMatchObject({
    saw: 'absent',
    controls: [{ form: 'sighting', of: `${other} of ${ref.keyArn}` }, { form: 'sighting' }],
  });
});

test('a key that waits for its deletion keeps its grants, one that is deleted has none', async () => {
  const { ref } = given();
  world.call('kms', 'ScheduleKeyDeletion', { KeyId: ref.keyArn, PendingWindowInDays: 7 });
  expect(await ask(ref)).toMatchObject({ saw: 'present' });
  world.server.world.account('111111111111').state.kmsKeys.delete(ref.keyArn);
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('in a region that nobody configured nothing is known', async () => {
  const { ref } = given();
  const elsewhere = { ...ref, keyArn: ref.keyArn.replace('us-east-1', 'eu-west-1') };
  expect(await ask(elsewhere)).toMatchObject({ reason: 'R-SCOPE', needs: 'regions: [eu-west-1]' });
  expect(await ask(elsewhere, { regions: ['eu-west-1'] })).toMatchObject({ saw: 'absent' });
  expect(await ask(ref, { region: 'eu-west-1', regions: ['us-east-1'] })).toMatchObject({ saw: 'present' });
  const foreign = { ...ref, keyArn: ref.keyArn.replace('111111111111', '222222222222') };
  expect(await ask(foreign)).toMatchObject({ reason: 'R-SCOPE' });
});

test('who may not ask is told so, whether the grant stands or not', async () => {
  const { ref } = given();
  const blind = { reason: 'R-PERM', needs: 'kms:ListGrants' };
  expect(await ask(ref, { needs: ['kms:DescribeKey'] })).toMatchObject(blind);
  revoke(ref);
  expect(await ask(ref, { needs: ['kms:DescribeKey'] })).toMatchObject(blind);
});

test('an answer without its members is no empty list', async () => {
  const { ref } = given();
  revoke(ref);
  world.server.fault(({ action }) => action === 'ListGrants', {
    status: 200,
    type: 'application/x-amz-json-1.1',
    body: '{}',
  });
  expect(await ask(ref)).toMatchObject({ reason: 'R-ANSWER' });
});

test('the list of all grants says of each what the question for it says', async () => {
  const { jit, ref } = given();
  const ids = [ref.grantId];
  for (let more = 0; more < 5; more += 1) ids.push(grant(ref.keyArn, jit.arn));
  let same: readonly boolean[] = [];
  const check: typeof kmsGrantCheck = {
    ...kmsGrantCheck,
    async observe(_target, ctx) {
      const list = await ctx.walk(kmsGrant, ref.keyArn);
      const items = list.saw === 'list' ? list.items : [];
      expect(items.map(({ grantId }) => grantId).toSorted()).toEqual(ids.toSorted());
      const each = await Promise.all(items.map((one) => ctx.read(kmsGrant, one)));
      same = each.map(
        (one, at) => one.saw === 'value' && JSON.stringify(one.value) === JSON.stringify(items[at]),
      );
      return inconclusive('R-CHECK', 'only read');
    },
  };
  await world.ask(check, ref);
  expect(same).toEqual(ids.map(() => true));
});
