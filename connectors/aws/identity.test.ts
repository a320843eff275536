import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AwsCredentials, FakeAws } from './aws.fake.ts';
import { startAws, unanswers } from './aws.fake.ts';
import { asking } from './asking.fixture.ts';
import { groupMembershipCheck } from './checks/group-membership.ts';
import { accountIn, neverIssued } from './key-ids.ts';

let server: FakeAws;
beforeEach(async () => {
  server = await startAws();
});
afterEach(() => server.stop());

async function identify(verifier: AwsCredentials = server.root) {
  await using asked = asking(server, verifier);
  return await asked.identify();
}

test('the account is the instance', async () => {
  expect(await identify()).toEqual({
    instance: '111111111111',
    principal: 'arn:aws:iam::111111111111:root',
  });
});

test('a credential of another account answers nothing of this one', async () => {
  server.world.addAccount('222222222222');
  const verifier = server.rootOf('222222222222');
  expect(await identify(verifier)).toMatchObject({ instance: '222222222222' });
  await using asked = asking(server, verifier);
  const ref = { userId: 'AIDANEVERISSUED00000', groupId: 'AGPANEVERISSUED00000' };
  expect(await asked.ask(groupMembershipCheck, ref)).toMatchObject({ reason: 'R-INSTANCE' });
});

test('an endpoint that takes any key authenticates nobody', async () => {
  server.world.switches.authenticates = 'everybody';
  expect(await identify()).toMatchObject({
    reason: 'R-CONTROL',
    detail: expect.stringContaining('never issued'),
  });
});

test.each(Object.entries(unanswers))('%s is no answer, whatever the SDK makes of it', async (_, answer) => {
  server.fault(() => true, answer);
  expect(await identify()).toMatchObject({ saw: 'inconclusive', reason: 'R-ANSWER' });
});

test.each([
  ['a secret that is wrong', { secretAccessKey: 'x'.repeat(40) }, 'R-AUTH'],
  ['a key that was never issued', { accessKeyId: neverIssued('111111111111') }, 'R-AUTH'],
])('%s is the verifier’s own trouble', async (_, wrong, reason) => {
  const told = await identify({ ...server.root, ...wrong });
  expect(told).toMatchObject({ saw: 'inconclusive', reason });
  expect(JSON.stringify(told)).not.toContain('Signature=');
});

test('a clock that is wrong by minutes is said, and not worked around', async () => {
  server.clock.advance(10 * 60_000);
  for (let turn = 0; turn < 2; turn += 1) {
    expect(await identify()).toMatchObject({
      saw: 'inconclusive',
      reason: expect.stringMatching(/R-(?:AUTH|CLOCK)/),
    });
  }
});

test('a slow-down is no answer', async () => {
  server.world.switches.throttleEvery = 1;
  expect(await identify()).toMatchObject({ reason: 'R-RATE' });
});

test('nothing of the signature stands on the tape', async () => {
  await using asked = asking(server, server.root);
  await asked.identify();
  const tape = JSON.stringify(asked.exchanges);
  expect(asked.exchanges.map((one) => `${one.asked} ${one.answered}`)).toEqual([
    'POST GetCallerIdentity 200',
    'POST GetCallerIdentity 403 InvalidClientTokenId',
  ]);
  expect(tape).not.toContain(server.root.secretAccessKey);
  expect(tape).not.toContain('AWS4');
});

test('an id of a key carries its account, also one that was never issued', () => {
  expect(accountIn(server.root.accessKeyId)).toBe('111111111111');
  for (const account of ['000000000001', '111111111111', '999999999999']) {
    const id = neverIssued(account);
    expect(id).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(accountIn(id)).toBe(account);
  }
  // the sample of https://hackingthe.cloud/aws/enumeration/get-account-id-from-keys/
  expect(accountIn('ASIAQNZGKIQY56JQ7WML')).toBe('029608264753');
});
