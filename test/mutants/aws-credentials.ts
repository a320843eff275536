import type { Mutant } from './mutant.ts';

const users = ['connectors/aws/user-credentials.test.ts'];
const console = ['connectors/aws/console-login.test.ts'];
const role = ['connectors/aws/role-session.test.ts'];
const federation = ['connectors/aws/federation-token.test.ts'];
const presigned = ['connectors/aws/presigned-url.test.ts'];
const key = ['connectors/aws/access-key.test.ts'];

export const awsCredentialMutants: readonly Mutant[] = [
  {
    name: 'aws credentials: a list of another user counts',
    file: 'connectors/aws/list-of-user.ts',
    cut: 'if (other !== undefined && userName !== everybody)',
    put: "if (other !== undefined && userName === '')",
    tests: users,
  },
  {
    name: 'aws credentials: every code with 404 is nobody',
    file: 'connectors/aws/list-of-user.ts',
    cut: "one.code === 'NoSuchEntity'",
    put: "one.failure.detail.includes('404')",
    tests: users,
  },
  {
    name: 'aws credentials: a server that knows every name is believed',
    file: 'connectors/aws/list-of-user.ts',
    cut: "key: () => 'tombstone-was-never-here'",
    put: "key: () => 'verifier'",
    tests: users,
  },
  {
    name: 'aws credentials: the user is who has the name',
    file: 'connectors/aws/of-user.ts',
    cut: 'all.find((one) => one.id === userId)',
    put: "all.find((one) => one.is === 'user' && one.user.UserName === 'jit')",
    tests: users,
  },
  {
    name: 'aws credentials: the id of a group is that of a user who is gone',
    file: 'connectors/aws/of-user.ts',
    cut: 'all.find((one) => one.id === userId)',
    put: "all.find((one) => one.is === 'user' && one.id === userId)",
    tests: users,
  },
  {
    name: 'aws credentials: a key that is over is active',
    file: 'connectors/aws/of-user.ts',
    cut: 'now > expires.getTime()',
    put: 'now > Infinity',
    tests: users,
  },
  {
    name: 'aws credentials: another device under the serial is the same',
    file: 'connectors/aws/of-user.ts',
    cut: 'instantMs(made) === found.made.getTime()',
    put: 'instantMs(made) !== 0',
    tests: users,
  },
  {
    name: 'aws console: who has the name afterwards is not asked',
    file: 'connectors/aws/password-of-user.ts',
    cut: ' || still.value.userId !== user.UserId',
    put: '',
    tests: console,
  },
  {
    name: "aws console: any password is the record's",
    file: 'connectors/aws/checks/console-login.ts',
    cut: 'instantMs(ref.createdAt) !== found.made.getTime()',
    put: 'instantMs(ref.createdAt) === 0',
    tests: console,
  },
  {
    name: 'aws sessions of a user: a deny with a date catches every session',
    file: 'connectors/aws/sessions-of-user.ts',
    cut: 'before !== undefined && before >= now',
    put: 'before !== undefined',
    tests: key,
  },
  {
    name: "aws session: the end that the record tells is the issuer's",
    file: 'connectors/aws/lifetime.ts',
    cut: 'now > longest)',
    put: 'now > (expires ?? longest))',
    tests: role,
  },
  {
    name: 'aws session: a cut-off beside the issue catches it',
    file: 'connectors/aws/lifetime.ts',
    cut: "before > issued + skew ? 'yes' : 'too close'",
    put: "'yes'",
    tests: role,
  },
  {
    name: 'aws session: a cut-off before the issue is only close',
    file: 'connectors/aws/lifetime.ts',
    cut: 'before <= issued - skew',
    put: 'before <= issued - 60 * skew',
    tests: role,
  },
  {
    name: 'aws session: dates that STS does not give are taken',
    file: 'connectors/aws/lifetime.ts',
    cut: 'expires <= issued || expires > longest + skew',
    put: 'expires === issued + 1',
    tests: role,
  },
  {
    name: 'aws session: without a date a cut-off catches it',
    file: 'connectors/aws/lifetime.ts',
    cut: 'before === undefined || issued === undefined || ',
    put: 'before === undefined || ',
    tests: role,
  },
  {
    name: 'aws session: a holder without policies is an end',
    file: 'connectors/aws/temporary.ts',
    cut: 'if (!one.confers) {',
    put: `if (!one.confers) return { saw: 'absent', controls };
  if (!one.confers) {`,
    tests: role,
  },
  {
    name: 'aws session: a policy that was not read denies nothing',
    file: 'connectors/aws/temporary.ts',
    cut: 'if (unread !== undefined) {',
    put: 'if (unread !== undefined && hours === 0) {',
    tests: role,
  },
  {
    name: 'aws session: the boundary of the role is not looked at',
    file: 'connectors/aws/holdings.ts',
    cut: 'role.PermissionsBoundary?.PermissionsBoundaryArn',
    put: 'undefined',
    tests: role,
  },
  {
    name: 'aws role session: the role is who has the name',
    file: 'connectors/aws/checks/role-session.ts',
    cut: 'all.find(({ id }) => id === roleId)',
    put: "all.find((one) => one.is === 'role' && one.role.Arn === roleArn)",
    tests: role,
  },
  {
    name: 'aws role session: the id of a user is that of a role that is gone',
    file: 'connectors/aws/checks/role-session.ts',
    cut: 'all.find(({ id }) => id === roleId)',
    put: "all.find((one) => one.is === 'role' && one.id === roleId)",
    tests: role,
  },
  {
    name: 'aws role session: the account of the role is not compared',
    file: 'connectors/aws/checks/role-session.ts',
    cut: 'roleArn === undefined ? undefined : accountOf(roleArn)',
    put: 'undefined',
    tests: role,
  },
  {
    name: 'aws federation token: what holds for a session of the user holds for a federated one',
    file: 'connectors/aws/checks/federation-token.ts',
    cut: 'for (const key of mayDiffer) facts.delete(key);',
    put: '',
    tests: federation,
  },
  {
    name: 'aws federation token: what a group gives does not count',
    file: 'connectors/aws/holdings.ts',
    cut: 'allows(textsOf(holdingsOf(user, all), undefined, all))',
    put: 'allows(textsOf(holdingsOf(user, []), undefined, all))',
    tests: federation,
  },
  {
    name: 'aws presigned URL: the end that the record tells is the longest',
    file: 'connectors/aws/checks/presigned-url.ts',
    cut: 'const longest = signed + hours * 3_600_000;',
    put: 'const longest = signed + (expires ?? 0) * 1_000;',
    tests: presigned,
  },
  {
    name: 'aws presigned URL: what an inactive key signed works',
    file: 'connectors/aws/checks/presigned-url.ts',
    cut: "key.status !== 'Active'",
    put: "key.status === 'Expired'",
    tests: presigned,
  },
];
