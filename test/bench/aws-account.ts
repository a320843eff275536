import { index, walk, type Reach, type Snapshot } from '../../connectors/aws/reach/index.ts';
import type { Line } from './table.ts';

const id = '111122223333';
const role = (number: number) => `arn:aws:iam::${id}:role/r${number}`;
const user = (number: number) => `arn:aws:iam::${id}:user/u${number}`;
const policy = (number: number) => `arn:aws:iam::${id}:policy/p${number}`;
const written = (...statements: readonly object[]) =>
  encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
const allow = (Action: string | readonly string[], Resource: string | readonly string[]) => ({
  Effect: 'Allow',
  Action,
  Resource,
});

/** Numbers that look random and are the same in every run. */
function dice(seed: number) {
  let state = seed;
  return (sides: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/**
 * What GetAccountAuthorizationDetails says of an account of the mixed shape, as text: roles that trust the
 * account, a role or a service, one to three inline statements, up to two managed policies, a tenth as many
 * users. Planted: u0 may become r0, r0 r1, and r1 r2, which may do anything with IAM.
 */
export function mixedAccount(roles: number, seed = 7): string {
  const roll = dice(seed);
  const pick = <T>(list: readonly T[]): T => list[roll(list.length)] as T;
  const services = [
    'ec2.amazonaws.com',
    'lambda.amazonaws.com',
    'ecs-tasks.amazonaws.com',
    'events.amazonaws.com',
  ];
  const statement = () =>
    pick([
      () => allow(['s3:GetObject', 's3:ListBucket'], `arn:aws:s3:::bucket-${roll(roles)}/*`),
      () => allow('ec2:Describe*', '*'),
      () => allow(['logs:CreateLogStream', 'logs:PutLogEvents'], '*'),
      () => allow('dynamodb:*', `arn:aws:dynamodb:eu-west-1:${id}:table/t${roll(roles)}`),
      () => allow('sts:AssumeRole', role(3 + roll(roles - 3))),
      () => allow('iam:PassRole', role(3 + roll(roles - 3))),
      () => allow(['lambda:CreateFunction', 'lambda:InvokeFunction'], '*'),
      () => ({
        ...allow('kms:Decrypt', '*'),
        Condition: { StringEquals: { 'kms:ViaService': 's3.amazonaws.com' } },
      }),
    ])();
  const inline = () => [
    { PolicyName: 'inline', PolicyDocument: written(...Array.from({ length: 1 + roll(3) }, statement)) },
  ];
  const attached = () =>
    Array.from({ length: roll(3) }, () => ({
      PolicyArn: policy(roll(Math.max(1, roles / 10))),
      PolicyName: 'p',
    }));
  const trust = (Principal: object) => written({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });
  const kinds = [
    () => trust({ AWS: `arn:aws:iam::${id}:root` }),
    () => trust({ AWS: role(3 + roll(roles - 3)) }),
    () => trust({ Service: pick(services) }),
  ];
  const planted = [
    { trust: trust({ AWS: user(0) }), may: allow('sts:AssumeRole', role(1)) },
    { trust: trust({ AWS: `arn:aws:iam::${id}:root` }), may: allow('sts:AssumeRole', role(2)) },
    { trust: trust({ AWS: role(1) }), may: allow('iam:*', '*') },
  ];
  const born = { Path: '/', CreateDate: '2026-01-01T00:00:00Z' };
  return JSON.stringify({
    UserDetailList: Array.from({ length: Math.max(1, roles / 10) }, (_, at) => ({
      ...born,
      UserName: `u${at}`,
      UserId: `AIDA${at}`,
      Arn: user(at),
      GroupList: [],
      UserPolicyList: at === 0 ? [] : inline(),
      AttachedManagedPolicies: at === 0 ? [] : attached(),
    })),
    GroupDetailList: [],
    RoleDetailList: Array.from({ length: roles }, (_, at) => ({
      ...born,
      RoleName: `r${at}`,
      RoleId: `AROA${at}`,
      Arn: role(at),
      AssumeRolePolicyDocument: planted[at]?.trust ?? pick(kinds)(),
      RolePolicyList:
        planted[at] === undefined
          ? inline()
          : [{ PolicyName: 'inline', PolicyDocument: written(planted[at].may) }],
      AttachedManagedPolicies: planted[at] === undefined ? attached() : [],
      InstanceProfileList: [],
    })),
    Policies: Array.from({ length: Math.max(1, roles / 10) }, (_, at) => ({
      ...born,
      PolicyName: `p${at}`,
      Arn: policy(at),
      DefaultVersionId: 'v1',
      PolicyVersionList: [{ VersionId: 'v1', IsDefaultVersion: true, Document: written(statement()) }],
    })),
  });
}

/** From the text to the end of the walk. */
export function searched(text: string): Reach {
  const snapshot = JSON.parse(text) as Snapshot;
  return walk(index(snapshot), { kind: 'user', arn: user(0), id: 'AIDA0' }, { now: '2026-11-23T12:00:00Z' });
}

/** Who can the subject still become: CPU of the whole search, parsing included, and how it grows. */
export function searches(): readonly Line[] {
  const seconds = (roles: number, times: number) => {
    const text = mixedAccount(roles);
    const before = process.cpuUsage();
    for (let time = 0; time < times; time += 1) {
      const reach = searched(text);
      if (reach.saw !== 'reach' || !reach.reached.some(({ principal }) => principal.arn === role(2)))
        throw new Error('the bench searches something else');
    }
    const { user: mine, system } = process.cpuUsage(before);
    return (mine + system) / 1_000_000 / times;
  };
  // once for the compiler
  seconds(100, 20);
  const [small, middle, large] = [seconds(100, 50), seconds(2_000, 3), seconds(5_000, 2)];
  return [
    { what: 'aws: search from one subject, 2,000 roles, CPU', value: middle, unit: 's', limit: 0.5 },
    {
      what: 'aws: search, per role, 5,000 against 100 roles',
      value: large / 5_000 / (small / 100),
      limit: 3,
    },
  ];
}
