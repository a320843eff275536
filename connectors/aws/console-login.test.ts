import { expect, test } from 'vitest';
import { z } from 'zod';
import { AwsError } from './aws.fake.ts';
import { consoleLoginCheck } from './checks/console-login.ts';
import { consoleLoginSessions } from './checks/console-login-sessions.ts';
import { queryAnswer } from './fake/answer.ts';
import type { ConsoleLoginRef } from './kinds/console-login.ts';
import { account, useStage } from './stage.fixture.ts';

const stage = useStage([consoleLoginCheck, consoleLoginSessions]);

const profile = z.object({ LoginProfile: z.object({ CreateDate: z.date() }) });
const statement = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const reads = statement({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });

function given(): ConsoleLoginRef {
  return { ...stage.user('jit'), createdAt: begin(), policies: [reads] };
}

/** Gives the user a password; when, by the server. */
function begin(): string {
  const input = { UserName: 'jit', Password: 'correct horse battery staple' };
  const { CreateDate } = profile.parse(stage.iam('CreateLoginProfile', input)).LoginProfile;
  return new Date(Math.floor(CreateDate.getTime() / 1000) * 1000).toISOString();
}

const end = () => stage.iam('DeleteLoginProfile', { UserName: 'jit' });
const ask = (ref: ConsoleLoginRef) => stage.ask(consoleLoginCheck, ref);
const sessions = (ref: ConsoleLoginRef) => stage.ask(consoleLoginSessions, ref);

test('a password stands, whatever it is set to, until its profile is deleted', async () => {
  const ref = given();
  expect(await ask(ref)).toMatchObject({ saw: 'present', state: 'active' });
  stage.iam('UpdateLoginProfile', { UserName: 'jit', Password: 'another one entirely' });
  expect(await ask(ref)).toMatchObject({ saw: 'present', state: 'active' });
  end();
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('a password of another date is neither the old one nor its absence', async () => {
  const ref = given();
  end();
  stage.server.world.switches.skewToleranceMs = 3_600_000;
  stage.server.clock.advance(60_000);
  begin();
  expect(await ask(ref)).toMatchObject({ reason: 'R-IDENTITY' });
  const { createdAt: _, ...undated } = ref;
  expect(await ask(undated)).toMatchObject({ saw: 'present' });
});

test('a user who is gone has no password, and another of the name is another', async () => {
  const ref = given();
  end();
  stage.iam('DeleteUser', { UserName: 'jit' });
  stage.user('jit');
  begin();
  expect(await ask(ref)).toMatchObject({ saw: 'absent' });
});

test('without the id of the user nothing is proven', async () => {
  const { userId: _, ...ref } = given();
  end();
  expect(await ask(ref)).toMatchObject({ reason: 'R-IDENTITY' });
  expect(await sessions(ref)).toMatchObject({ reason: 'R-IDENTITY' });
});

test('who has the name must be the user still, once its password was not found', async () => {
  const ref = given();
  end();
  // as if the user had got another name, and another user this one, while it was asked
  const other = {
    User: { UserName: 'jit', UserId: 'AIDAANOTHERONE000000', Path: '/', Arn: 'arn', CreateDate: new Date() },
  };
  const answer = queryAnswer('GetUser', 'https://iam.amazonaws.com/doc/2010-05-08/', other, 'an-id');
  const stop = stage.server.fault(
    ({ action, input }) => action === 'GetUser' && input['UserName'] === 'jit',
    answer,
  );
  expect(await ask(ref)).toMatchObject({ reason: 'R-LAG' });
  stop();
  const gone = new AwsError('NoSuchEntity', 404, 'The user with name jit cannot be found.');
  stage.server.fault(({ action, input }) => action === 'GetUser' && input['UserName'] === 'jit', gone);
  expect(await ask(ref)).toMatchObject({ reason: 'R-LAG' });
});

test.each(consoleLoginCheck.needs)('without %s it is unproven, and the action is named', async (missing) => {
  const ref = given();
  end();
  stage.allow(consoleLoginCheck.needs.filter((one) => one !== missing));
  expect(await ask(ref)).toMatchObject({ reason: 'R-PERM', needs: missing });
  expect(await sessions(ref)).toMatchObject({ reason: 'R-PERM', needs: missing });
});

test('another document with the same status is no password, and no absence of one', async () => {
  const ref = given();
  const of = (UserName: string) => stage.server.world.call(account, 'iam', 'GetLoginProfile', { UserName });
  const space = 'https://iam.amazonaws.com/doc/2010-05-08/';
  stage.user('other');
  stage.iam('CreateLoginProfile', { UserName: 'other', Password: 'something that is long' });
  const theirs = queryAnswer('GetLoginProfile', space, of('other'), 'an-id');
  end();
  const stop = stage.server.fault(
    ({ action, input }) => action === 'GetLoginProfile' && input['UserName'] === 'jit',
    theirs,
  );
  expect(await ask(ref)).toMatchObject({ reason: 'R-ANSWER' });
  stop();
  stage.server.fault(({ action }) => action === 'GetLoginProfile', theirs);
  expect(await ask(ref)).toMatchObject({ saw: 'inconclusive' });
});

test('sessions that were begun with it have what the user has, as long as there is one', async () => {
  const ref = given();
  expect(await sessions(ref)).toMatchObject({ saw: 'present', revivedBy: 'subject' });
  end();
  const open = await sessions(ref);
  expect(open).toMatchObject({ reason: 'R-DERIVED', bound: { basis: 'issuer' } });
  const hours = (Date.parse(('bound' in open && open.bound?.until) || '') - Date.now()) / 3_600_000;
  expect(Math.round(hours)).toBe(12);
  const none = statement({ Effect: 'Deny', Action: '*', Resource: '*' });
  stage.iam('PutUserPolicy', { UserName: 'jit', PolicyName: 'none', PolicyDocument: none });
  expect(await sessions(ref)).toMatchObject({ saw: 'denies', liftedBy: 'others' });
  stage.iam('DeleteUserPolicy', { UserName: 'jit', PolicyName: 'none' });
  stage.iam('DeleteUser', { UserName: 'jit' });
  expect(await sessions(ref)).toMatchObject({ saw: 'excluded', basis: 'declared' });
  const { policies: _, ...unknown } = ref;
  expect(await sessions(unknown)).toMatchObject({ reason: 'R-DERIVED' });
});
