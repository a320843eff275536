import { expect, test } from 'vitest';
import { account, allow, deny, deploy, policy } from './build.fixture.ts';
import { factsOf } from './caller.ts';
import { contextOf } from './context.ts';
import { revocationIn } from './revocation.ts';
import { evaluate } from './evaluate.ts';
import type { Policy } from './statement.ts';

const at = (time: unknown, operator = 'DateLessThan') => ({
  Condition: { [operator]: { 'aws:TokenIssueTime': time } },
});
const older = '2026-11-22T09:02:11Z';
const newer = '2026-11-22T10:00:00Z';
const asked = (...policies: readonly Policy[]) => revocationIn(policies, factsOf(deploy));
const named = (statement: object, name = 'AWSRevokeOlderSessions') =>
  policy({ ...statement }, 'identity', name);

test('the policy that the console writes: all is denied to what was issued before', () => {
  const found = asked(
    named(allow(), 'rights'),
    named(deny({ Action: ['*'], Resource: ['*'], ...at(`${older.slice(0, -1)}.000Z`) })),
  );
  expect(found).toEqual({
    before: Date.parse(older),
    by: { policy: 'AWSRevokeOlderSessions', statement: '#1', effect: 'Deny' },
    partial: [],
  });
});

test('the latest cut-off counts, in any order; of one condition with several values too', () => {
  const [one, two] = [named(deny(at(older)), 'one'), named(deny(at(newer)), 'two')];
  expect(asked(one, two).before).toBe(Date.parse(newer));
  expect(asked(two, one).by?.policy).toBe('two');
  expect(asked(named(deny(at([older, newer])))).before).toBe(Date.parse(newer));
});

test('what denies everything at any time has no cut-off', () => {
  expect(asked(named(deny())).before).toBe(Infinity);
});

test('narrower denies are named and no cut-off', () => {
  const partial = (statement: object) => {
    const found = asked(named(statement));
    expect(found.before).toBeUndefined();
    return found.partial.flatMap(({ why }) => why);
  };
  expect(partial(deny({ ...at(older), Action: ['s3:*', 'iam:*'] }))).toEqual(['not every action']);
  expect(partial(deny({ ...at(older), Action: undefined, NotAction: 'iam:*' }))).toEqual([
    'not every action',
  ]);
  expect(partial(deny({ ...at(older), Resource: 'arn:aws:s3:::*' }))).toEqual(['not every resource']);
  expect(partial(deny(at(older, 'DateGreaterThan')))).toEqual([
    'aws:TokenIssueTime is compared in another way',
  ]);
  expect(partial(deny(at('yesterday')))).toEqual(['aws:TokenIssueTime is compared in another way']);
  expect(
    partial(
      deny({
        Condition: {
          DateLessThan: { 'aws:TokenIssueTime': older },
          IpAddress: { 'aws:SourceIp': '10.0.0.0/8' },
        },
      }),
    ),
  ).toEqual(['aws:SourceIp']);
  expect(partial(deny({ Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } } }))).toEqual([
    'aws:MultiFactorAuthPresent',
  ]);
});

test('a condition that is known to hold does not narrow, one that is known not to is no deny', () => {
  const of = (arn: string) =>
    deny({
      Condition: { DateLessThan: { 'aws:TokenIssueTime': older }, ArnEquals: { 'aws:PrincipalArn': arn } },
    });
  expect(asked(named(of(`arn:aws:iam::${account}:role/team/deploy`))).before).toBe(Date.parse(older));
  expect(asked(named(of(`arn:aws:iam::${account}:role/else`)))).toEqual({ partial: [] });
});

test('neither an allow nor a narrow deny without a time is one; an unread policy is said', () => {
  expect(asked(named(allow(at(older))), named(deny({ Action: 's3:*' })))).toEqual({ partial: [] });
  const unread = { name: 'x', document: { flaw: 'it was not read' } };
  expect(asked(unread)).toEqual({ partial: [{ policy: 'x', why: ['it was not read'] }] });
});

test('the evaluator denies exactly what is older than the cut-off', () => {
  const identity = [named(allow(), 'rights'), named(deny(at(older)))];
  const decide = (issued: string) =>
    evaluate(
      {
        caller: deploy,
        action: 's3:GetObject',
        resource: '*',
        account,
        context: contextOf({ 'aws:TokenIssueTime': issued }),
      },
      { identity },
    ).outcome;
  expect(decide('2026-11-22T09:02:10Z')).toBe('explicitly-denied');
  expect(decide(older)).toBe('allowed');
  expect(decide(newer)).toBe('allowed');
});
