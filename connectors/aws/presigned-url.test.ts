import { beforeEach, expect, test } from 'vitest';
import { presignedUrlCheck } from './checks/presigned-url.ts';
import type { PresignedUrlRef } from './kinds/presigned-url.ts';
import { useStage } from './stage.fixture.ts';

const stage = useStage([presignedUrlCheck]);

const hour = 3_600_000;
const statements = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const reads = statements({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
const put = (PolicyName: string, PolicyDocument: string) =>
  stage.iam('PutUserPolicy', { UserName: 'jit', PolicyName, PolicyDocument });
const take = (PolicyName: string) => stage.iam('DeleteUserPolicy', { UserName: 'jit', PolicyName });

function given(): PresignedUrlRef {
  const user = stage.user('jit');
  put('rights', reads);
  const { accessKeyId } = stage.keysOf('jit');
  const signedAt = new Date(stage.server.clock.now()).toISOString();
  return { ...user, accessKeyId, bucket: 'reports', key: 'q3.csv', method: 'GET', signedAt, expires: 86_400 };
}
const ask = (ref: PresignedUrlRef) => stage.ask(presignedUrlCheck, ref);
const set = ({ accessKeyId: AccessKeyId }: PresignedUrlRef, Status: string) =>
  stage.iam('UpdateAccessKey', { UserName: 'jit', AccessKeyId, Status });

// the server's time is moved, the verifier's is not
beforeEach(() => void (stage.server.world.switches.skewToleranceMs = 240 * hour));

test('a URL works as long as its key and its time, and is over with either', async () => {
  const ref = given();
  expect(await ask(ref)).toMatchObject({ saw: 'present', state: 'active', bound: { basis: 'record' } });
  stage.server.clock.advance(25 * hour);
  expect(await ask(ref)).toMatchObject({ saw: 'excluded', basis: 'declared' });
  stage.server.clock.advance(6 * 24 * hour);
  expect(await ask(ref)).toMatchObject({ saw: 'ended', how: 'expired' });
});

test('it dies with the key that signed it, and sleeps with it', async () => {
  const ref = given();
  set(ref, 'Inactive');
  expect(await ask(ref)).toMatchObject({ saw: 'present', state: 'disabled', revivedBy: 'others' });
  stage.iam('DeleteAccessKey', { UserName: 'jit', AccessKeyId: ref.accessKeyId });
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('without a policy of the signer a policy of the bucket may still let it in; a deny does not', async () => {
  const ref = given();
  take('rights');
  expect(await ask(ref)).toMatchObject({ reason: 'R-DERIVED' });
  const older = { DateLessThan: { 'aws:TokenIssueTime': new Date(Date.now() + hour).toISOString() } };
  put('none', statements({ Effect: 'Deny', Action: '*', Resource: '*', Condition: older }));
  expect(await ask(ref)).toMatchObject({ reason: 'R-DERIVED' });
  put('rights', reads);
  // a key has no time of issue: that deny is for sessions
  expect(await ask(ref)).toMatchObject({ saw: 'present' });
  put('none', statements({ Effect: 'Deny', Action: '*', Resource: '*' }));
  expect(await ask(ref)).toMatchObject({ saw: 'denies', liftedBy: 'others' });
});

test('without its dates only the key tells of its end', async () => {
  const { signedAt: _, expires: __, ...ref } = given();
  stage.server.clock.advance(9 * 24 * hour);
  expect(await ask(ref)).toMatchObject({ reason: 'R-DERIVED' });
  stage.iam('DeleteAccessKey', { UserName: 'jit', AccessKeyId: ref.accessKeyId });
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test.each(presignedUrlCheck.needs)('without %s it is unproven, and the action is named', async (missing) => {
  const ref = given();
  stage.iam('DeleteAccessKey', { UserName: 'jit', AccessKeyId: ref.accessKeyId });
  stage.allow(presignedUrlCheck.needs.filter((one) => one !== missing));
  expect(await ask(ref)).toMatchObject({ reason: 'R-PERM', needs: missing });
});
