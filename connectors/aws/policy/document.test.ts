import { expect, test } from 'vitest';
import { readDocument } from './document.ts';

const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
const text = JSON.stringify({ Version: '2012-10-17', Id: 'x', Statement: statement });

test('plain, percent-encoded or parsed: the same document', () => {
  const read = readDocument(text, 'identity');
  expect(read).toMatchObject({ version: '2012-10-17', statements: [{ name: '#1', effect: 'Allow' }] });
  expect(readDocument(encodeURIComponent(text), 'identity')).toEqual(read);
  expect(readDocument(` \n${text}`, 'identity')).toEqual(read);
  expect(readDocument(JSON.parse(text), 'identity')).toEqual(read);
  // a percent sign of a plain document is none of the encoding
  const percent = JSON.stringify({ Statement: { ...statement, Resource: 'arn:aws:s3:::b/%41' } });
  const kept = readDocument(percent, 'identity');
  expect('flaw' in kept ? kept : kept.statements[0]?.resources?.patterns).toEqual(['arn:aws:s3:::b/%41']);
});

test.each([
  '{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Action":"iam:GetUser","Resource":"*"}]}',
  '{"Statement":[],"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
  '{"Statement":[{"Effect":"Allow","Effect" : "Deny","Action":"*","Resource":"*"}]}',
  // the same name, written in two ways
  '{"Statement":[{"Effect":"Allow","Action":"*","\\u0041ction":"iam:GetUser","Resource":"*"}]}',
])('a name that stands twice may mean either: %s', (twice) => {
  const flaw = { flaw: 'a name stands twice in one object' };
  expect(readDocument(twice, 'identity')).toEqual(flaw);
  expect(readDocument(encodeURIComponent(twice), 'identity')).toEqual(flaw);
});

test('names inside of strings are none', () => {
  const Condition = { StringEquals: { 'aws:PrincipalTag/a': '"b": "c\\"', 'aws:PrincipalTag/"x":': ':' } };
  const given = JSON.stringify({ Statement: [{ ...statement, Sid: '"Action":', Condition }] });
  expect(readDocument(given, 'identity')).toMatchObject({ statements: [{ name: '"Action":' }] });
});

test('without a Version it is the older one', () => {
  expect(readDocument({ Statement: [statement] }, 'identity')).toMatchObject({ version: '2008-10-17' });
});

test('one or many', () => {
  const read = readDocument(
    {
      Statement: [
        { ...statement, Sid: 'A', Action: ['S3:Get*', 's3:List*'] },
        { Effect: 'Deny', NotAction: 'iam:*', NotResource: ['a', 'b'] },
      ],
    },
    'identity',
  );
  expect(read).toMatchObject({
    statements: [
      { name: 'A', actions: { not: false, patterns: ['s3:get*', 's3:list*'] } },
      {
        name: '#2',
        actions: { not: true, patterns: ['iam:*'] },
        resources: { not: true, patterns: ['a', 'b'] },
      },
    ],
  });
});

test('principals of every type', () => {
  const read = readDocument(
    {
      Statement: {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: {
          AWS: [
            '111122223333',
            'arn:aws:iam::444455556666:root',
            'arn:aws:iam::111122223333:user/jit',
            'AIDAGONE',
          ],
          Service: 'ec2.amazonaws.com',
          Federated: 'arn:aws:iam::111122223333:oidc-provider/token.example',
        },
      },
    },
    'resource',
  );
  expect('flaw' in read ? read : read.statements[0]?.principals).toEqual({
    not: false,
    list: {
      everyone: false,
      accounts: new Set(['111122223333', '444455556666']),
      names: new Set(['arn:aws:iam::111122223333:user/jit', 'AIDAGONE']),
      services: new Set(['ec2.amazonaws.com']),
      federated: new Set(['arn:aws:iam::111122223333:oidc-provider/token.example']),
    },
  });
});

// each of them could be the one statement that allows, or the one that denies
const flaws: readonly (readonly [unknown, 'identity' | 'resource', RegExp])[] = [
  ['', 'identity', /not JSON/],
  ['<html>', 'identity', /not JSON/],
  ['{"Statement": [', 'identity', /not JSON/],
  ['%7B%', 'identity', /not JSON/],
  [undefined, 'identity', /not an object/],
  [[], 'identity', /not an object/],
  [{}, 'identity', /no Statement/],
  [{ Version: '2030-01-01', Statement: [] }, 'identity', /unknown Version/],
  [{ statement: [statement] }, 'identity', /unknown member statement/],
  [{ Statement: ['Allow'] }, 'identity', /Statement 1: not an object/],
  [{ Statement: [statement, { ...statement, Effect: 'allow' }] }, 'identity', /Statement 2: Effect/],
  [{ Statement: { ...statement, Sid: 7 } }, 'identity', /Sid/],
  [{ Statement: { ...statement, Unless: {} } }, 'identity', /unknown member Unless/],
  [{ Statement: { ...statement, NotAction: 'x' } }, 'identity', /Action and NotAction/],
  [{ Statement: { Effect: 'Allow', Resource: '*' } }, 'identity', /neither Action nor NotAction/],
  [{ Statement: { ...statement, Action: [] } }, 'identity', /neither a string nor a list/],
  [{ Statement: { ...statement, Action: ['a', 1] } }, 'identity', /neither a string nor a list/],
  [{ Statement: { Effect: 'Allow', Action: '*' } }, 'identity', /neither Resource nor NotResource/],
  [{ Statement: { ...statement, Principal: '*' } }, 'identity', /Principal, which such a policy cannot have/],
  [{ Statement: statement }, 'resource', /neither Principal nor NotPrincipal/],
  [
    { Statement: { ...statement, Principal: 'arn:aws:iam::1:user/x' } },
    'resource',
    /neither "\*" nor an object/,
  ],
  [{ Statement: { ...statement, Principal: {} } }, 'resource', /nobody/],
  [{ Statement: { ...statement, Principal: { Aws: '*' } } }, 'resource', /unknown type of Principal, Aws/],
  [{ Statement: { ...statement, Principal: { AWS: [] } } }, 'resource', /Principal AWS/],
  [{ Statement: { ...statement, Principal: { AWS: 'arn:aws:iam::1:role/*' } } }, 'resource', /wildcard/],
  [{ Statement: { ...statement, Principal: { CanonicalUser: 'abc' } } }, 'resource', /CanonicalUser/],
  [
    { Statement: { ...statement, Principal: '*', NotPrincipal: '*' } },
    'resource',
    /Principal and NotPrincipal/,
  ],
  [{ Statement: { ...statement, Condition: [] } }, 'identity', /Condition is not an object/],
  [
    { Statement: { ...statement, Condition: { StringEqual: { k: 'a' } } } },
    'identity',
    /operator StringEqual$/,
  ],
  [
    { Statement: { ...statement, Condition: { StringEquals: 'a' } } },
    'identity',
    /StringEquals is not an object/,
  ],
];

for (const [given, of, flaw] of flaws) {
  test(`a flaw is said: ${flaw.source} of ${JSON.stringify(given)}`, () => {
    const read = readDocument(given, of);
    expect('flaw' in read ? read.flaw : read).toMatch(flaw);
  });
}
