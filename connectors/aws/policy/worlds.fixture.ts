import fc from 'fast-check';
import { account, deploy, jit, other, policy, type Written } from './build.fixture.ts';
import type { Policies } from './evaluate.ts';
import type { Policy, Request } from './statement.ts';

// Small worlds, so that statements meet.
export const keys = {
  'aws:SourceIdentity': ['a', 'b'],
  'aws:UserAgent': ['x', 'y'],
  'aws:MultiFactorAuthPresent': ['true', 'false'],
};
const some = fc.constantFrom;
const conditions = fc.option(
  fc.oneof(
    fc.record({
      op: some('StringEquals', 'StringNotEquals', 'StringLikeIfExists', 'ForAllValues:StringEquals'),
      key: some('aws:SourceIdentity', 'aws:UserAgent'),
      value: some('a', 'x', '*'),
    }),
    fc.record({
      op: some('Bool', 'Null'),
      key: some('aws:MultiFactorAuthPresent'),
      value: some('true', 'false'),
    }),
  ),
  { nil: undefined, freq: 2 },
);
const principals = some<unknown>(
  '*',
  { AWS: account },
  { AWS: jit.kind === 'user' ? jit.arn : '' },
  { AWS: 'AIDAJIT' },
  { AWS: `arn:aws:iam::${account}:role/team/deploy` },
  { AWS: `arn:aws:sts::${account}:assumed-role/deploy/run-7` },
  { AWS: other },
);
export const statement = fc.record({
  effect: some('Allow', 'Allow', 'Allow', 'Deny'),
  not: some('', '', '', 'Not'),
  action: some('*', '*', 's3:*', 's3:*', 's3:GetObject', 'iam:*'),
  resource: some(
    '*',
    '*',
    'arn:aws:s3:::bucket/*',
    'arn:aws:s3:::${aws:SourceIdentity}/*',
    'arn:aws:s3:::other/*',
  ),
  principal: principals,
  condition: conditions,
});
export type Drawn = typeof statement extends fc.Arbitrary<infer S> ? S : never;

export const write = ({ effect, not, action, resource, condition }: Drawn) => ({
  Effect: effect,
  [`${not}Action`]: action,
  Resource: resource,
  ...(condition === undefined ? {} : { Condition: { [condition.op]: { [condition.key]: condition.value } } }),
});
const identity = (drawn: readonly Drawn[], name: string): Policy =>
  policy(drawn.map(write), 'identity', name);
const resource = (drawn: readonly Drawn[], name: string): Policy =>
  policy(
    drawn.map((one) => ({ ...write(one), Principal: one.principal })),
    'resource',
    name,
  );

const statements = fc.array(statement, { minLength: 1, maxLength: 3 });
export const world = fc.record({
  identity: fc.array(statements, { minLength: 0, maxLength: 3 }),
  boundary: fc.option(statements, { nil: undefined, freq: 2 }),
  session: fc.option(fc.array(statements, { maxLength: 2 }), { nil: undefined, freq: 2 }),
  resource: fc.option(statements, { nil: undefined }),
  needed: fc.boolean(),
  scps: fc.array(fc.array(statements, { minLength: 1, maxLength: 2 }), { maxLength: 1 }),
});
export type World = typeof world extends fc.Arbitrary<infer W> ? W : never;

export const policies = (of: World): Policies => ({
  identity: of.identity.map((one, at) => identity(one, `i${at}`)),
  ...(of.boundary === undefined ? {} : { boundary: identity(of.boundary, 'boundary') }),
  ...(of.session === undefined ? {} : { session: of.session.map((one, at) => identity(one, `s${at}`)) }),
  ...(of.resource === undefined ? {} : { resource: resource(of.resource, 'resource') }),
  resourcePolicy: of.needed ? 'needed' : 'enough',
  scps: of.scps.map((level, at) => level.map((one, place) => identity(one, `scp${at}.${place}`))),
});

/** Of each key: known, known to be absent, or not known. */
export const facts = fc.record(
  Object.fromEntries(
    Object.entries(keys).map(([key, values]) => [key, some<string | null>(...values, null)]),
  ),
);
export const request = fc.record({
  caller: some<Request['caller']>(jit, deploy, {
    kind: 'role',
    arn: `arn:aws:iam::${account}:role/team/deploy`,
    id: 'AROADEPLOY',
  }),
  action: some('s3:GetObject', 's3:PutObject', 's3:DeleteObject'),
  resource: some('arn:aws:s3:::bucket/key', 'arn:aws:s3:::a/key'),
  account: some(account, other),
});

/** The same policies as plain JSON. */
export function written(of: World) {
  const named = (name: string, drawn: readonly Drawn[], more: (one: Drawn) => Written = () => ({})) => ({
    name,
    policy: { Version: '2012-10-17', Statement: drawn.map((one) => ({ ...write(one), ...more(one) })) },
  });
  return {
    identityPolicies: of.identity.map((one, at) => named(`i${at}`, one)),
    serviceControlPolicies: of.scps.map((level, at) => ({
      orgIdentifier: `level ${at}`,
      policies: level.map((one, place) => named(`scp${at}.${place}`, one)),
    })),
    resourceControlPolicies: [],
    ...(of.session === undefined ? {} : { sessionPolicy: named('session', of.session.flat()).policy }),
    ...(of.boundary === undefined ? {} : { permissionBoundaryPolicies: [named('boundary', of.boundary)] }),
    ...(of.resource === undefined
      ? {}
      : {
          resourcePolicy: named('resource', of.resource, ({ principal }) => ({ Principal: principal }))
            .policy,
        }),
  };
}
