import { expect, test } from 'vitest';
import { awsConfig, endpointOf, hostsOf, iamRegionOf } from './config.ts';

const fields = {
  account: '111111111111',
  region: 'eu-central-1',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'env:SECRET',
};
const flaws = (more: object) =>
  awsConfig
    .safeParse({ ...fields, ...more })
    .error?.issues.map(({ path, message }) => [path.join('.'), message]);

test.each([
  'eu-central1',
  'eu-central-1.evil.test',
  'example.test',
  'aws',
  '',
  'EU-CENTRAL-1',
  'eu-central-1a',
])('%s is no region: the SDK would sign for a host that nobody knows', (region) => {
  expect(flaws({ region })).toEqual([['region', 'a region of AWS: eu-central-1']]);
});

test('all regions are of one partition', () => {
  expect(flaws({ regions: ['us-east-1', 'ap-southeast-2'] })).toBeUndefined();
  expect(flaws({ regions: ['cn-north-1'] })).toEqual([
    ['regions', 'an account is in one partition, and so are its regions'],
  ]);
  expect(flaws({ region: 'us-gov-west-1', regions: ['us-gov-east-1', 'us-west-1'] })).toHaveLength(1);
});

test.each([
  ['eu-central-1', 'iam.amazonaws.com', 'us-east-1'],
  ['cn-northwest-1', 'iam.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
  ['us-gov-east-1', 'iam.us-gov.amazonaws.com', 'us-gov-west-1'],
])('IAM of %s is %s, signed for %s', (region, host, signedFor) => {
  const config = awsConfig.parse({ ...fields, region });
  expect(endpointOf(config, 'iam').host).toBe(host);
  expect(iamRegionOf(region)).toBe(signedFor);
});

test.each(['https://a.test/path', 'https://a.test?x=1', 'ftp://a.test', 'https://user@a.test', 'a.test'])(
  '%s is no endpoint',
  (endpoint) => {
    expect(flaws({ endpoint })).toContainEqual(['endpoint', expect.any(String)]);
  },
);

test('an endpoint of one’s own is the only host', () => {
  const { host, port, beside } = hostsOf(awsConfig.parse({ ...fields, endpoint: 'http://127.0.0.1:4566' }));
  expect([host, port, ...(beside ?? [])]).toEqual(['127.0.0.1', 4566, '127.0.0.1']);
});
