import { z } from 'zod';
import { account, readsUsers, second } from '../aws-world.ts';
import type { AwsScenario, AwsWorld } from '../aws-world.ts';
import type { Located } from '../record.ts';
import type { NaiveAnswer, Truth } from '../scenario.ts';
import { byReading, located, mentions, whole, withMore, without } from './aws-told.ts';

const made = {
  instance: z.object({ InstanceArn: z.string() }),
  listed: z.object({ Instances: z.array(z.object({ IdentityStoreId: z.string() })) }),
  set: z.object({ PermissionSet: z.object({ PermissionSetArn: z.string() }) }),
  user: z.object({ UserId: z.string() }),
  group: z.object({ GroupId: z.string() }),
};
const byPortal = 'coming in by Identity Center, and reading a user with what it hands out';
const minute = 60_000;

type Kind = 'USER' | 'GROUP';

/** Identity Center in its own region, with a permission set that reads users. */
function centerOf(world: AwsWorld) {
  const sso = (minutes: number, action: string, input: object = {}) =>
    world.did(minutes, 'sso', action, { ...input }, second);
  const directory = (minutes: number, action: string, input: object) =>
    world.did(minutes, 'identitystore', action, { ...input, IdentityStoreId }, second);
  const { InstanceArn } = made.instance.parse(sso(2_000, 'CreateInstance'));
  const { Instances } = made.listed.parse(sso(2_000, 'ListInstances'));
  const IdentityStoreId = Instances[0]?.IdentityStoreId ?? '';
  const { PermissionSetArn } = made.set.parse(
    sso(2_000, 'CreatePermissionSet', { InstanceArn, Name: 'Operator' }),
  ).PermissionSet;
  sso(2_000, 'PutInlinePolicyToPermissionSet', { InstanceArn, PermissionSetArn, InlinePolicy: readsUsers });
  const row = (PrincipalType: Kind, PrincipalId: string) => ({
    InstanceArn,
    PermissionSetArn,
    PrincipalType,
    PrincipalId,
    TargetType: 'AWS_ACCOUNT',
    TargetId: account,
  });
  const center = {
    directory,
    userId: made.user.parse(directory(2_000, 'CreateUser', { UserName: 'jit' })).UserId,
    group: () => made.group.parse(directory(2_000, 'CreateGroup', { DisplayName: 'crew' })).GroupId,
    join: (GroupId: string) =>
      directory(2_000, 'CreateGroupMembership', { GroupId, MemberId: { UserId: center.userId } }),
    assign(kind: Kind, id: string): void {
      sso(110, 'CreateAccountAssignment', row(kind, id));
      // looked at once more, so that it is carried out
      sso(110, 'ListInstances');
    },
    take(kind: Kind, id: string): void {
      sso(55, 'DeleteAccountAssignment', row(kind, id));
      sso(55, 'ListInstances');
    },
    rows: (): unknown => {
      const TargetId = account;
      return sso(50, 'ListAccountAssignments', { InstanceArn, PermissionSetArn, AccountId: TargetId });
    },
    /** @param sessions that the record names each that was made through it */
    e1: (principalType: Kind, principalId: string, sessions: object = { sessions: 'named' }): Located =>
      located('e1', 'aws/identity-center-assignment', {
        instanceArn: InstanceArn,
        permissionSetArn: PermissionSetArn,
        principalType,
        principalId,
        accountId: account,
        ...sessions,
      }),
  };
  return center;
}

/** The role that Identity Center made in the account for the permission set. */
function reserved({ server }: AwsWorld) {
  const { roles } = server.world.account(account).state;
  return [...roles.items.values()].find(({ name }) => name.startsWith('AWSReservedSSO_'));
}

/** What the portal does: whoever stands there, may sign in and is assigned gets a session of the role. */
async function portal(world: AwsWorld, userId: string): Promise<Truth> {
  const center = world.server.world.account(account).state.identityCenter;
  const role = reserved(world);
  if (center?.users.get(userId)?.status !== 'ENABLED' || role === undefined) return 'refused';
  const groups = [...center.memberships.values()].filter((one) => one.userId === userId);
  const who = new Set([
    userId,
    ...groups.map(({ groupId }) => groupId).filter((id) => center.groups.has(id)),
  ]);
  const assigned = [...center.assignments.values()].some(({ principalId }) => who.has(principalId));
  return assigned ? await world.reads(world.handOut(role.name, 1), 'verifier') : 'refused';
}

const seenIn = (rows: unknown, id: string): Promise<NaiveAnswer> => Promise.resolve(mentions(rows, id));
const unseen = { c1: 'gone', e1: 'unproven R-PERM', ...whole } as const;

export const directory: readonly AwsScenario[] = [
  {
    name: 'aws-assignment-in-another-region',
    story: 'The verifier looks where Identity Center is not: every list there is empty.',
    naive: { asks: 'lists the instances of Identity Center in its own region', says: 'gone' },
    truth: { by: byPortal, is: 'works' },
    expected: {
      grant: 'unproven',
      exit: 3,
      needs: 'its home region among the regions of the configuration',
      targets: { c1: 'gone', e1: 'unproven R-SCOPE', ...whole },
    },
    blinded: without('sso:ListInstances', 'unproven', unseen),
    async play(world) {
      const given = world.give();
      const { userId, assign, take, e1 } = centerOf(world);
      assign('USER', userId);
      world.end(given, 'with its user');
      return {
        grant: withMore(given, { entitlements: [e1('USER', userId)] }),
        verifier: { regions: [] },
        naive: () => seenIn(world.did(50, 'sso', 'ListInstances', {}), 'InstanceArn'),
        truth: () => portal(world, userId),
        mend: async () => take('USER', userId),
      };
    },
  },
  {
    name: 'aws-assignment-by-a-group',
    story: 'The assignment of the user is deleted; a group that it is in has the same permission set.',
    naive: { asks: 'looks for the user among the assignments', says: 'gone' },
    truth: { by: byPortal, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', e1: 'live R-STANDING', ...whole } },
    blinded: without('identitystore:ListGroupMembershipsForMember', 'unproven', unseen),
    async play(world) {
      const given = world.give();
      const { userId, group, join, assign, take, rows, e1 } = centerOf(world);
      const id = group();
      join(id);
      assign('USER', userId);
      assign('GROUP', id);
      take('USER', userId);
      world.end(given, 'with its user');
      return {
        grant: withMore(given, { entitlements: [e1('USER', userId)] }),
        naive: () => seenIn(rows(), userId),
        truth: () => portal(world, userId),
        mend: async () => take('GROUP', id),
      };
    },
  },
  {
    name: 'aws-assignment-session-goes-on',
    story:
      'The assignment is deleted; what the portal handed out before lives, and the record names none of it.',
    naive: { asks: 'looks for the user among the assignments', says: 'gone' },
    truth: { by: byReading, is: 'works' },
    expected: { grant: 'unproven', exit: 3, targets: { c1: 'gone', e1: 'unproven R-DERIVED', ...whole } },
    async play(world) {
      const given = world.give();
      const { userId, group, assign, take, rows, e1 } = centerOf(world);
      const others = group();
      assign('USER', userId);
      assign('GROUP', others);
      const role = reserved(world);
      if (role === undefined) throw new Error('Identity Center made no role');
      const session = world.handOut(role.name, 100);
      take('USER', userId);
      world.end(given, 'with its user');
      const told = (sessions: object) => withMore(given, { entitlements: [e1('USER', userId, sessions)] });
      return {
        grant: told({}),
        naive: () => seenIn(rows(), userId),
        truth: () => world.reads(session, 'verifier'),
        // the role goes with its last assignment, and the session with it
        mend: async () => take('GROUP', others),
        amended: () => told({ sessions: 'named' }),
      };
    },
  },
  {
    name: 'aws-assignment-of-nobody',
    story: 'The user is deleted from the directory, the row that names it stays: nobody comes in by it.',
    naive: { asks: 'looks for the user among the assignments', says: 'still there' },
    truth: { by: byPortal, is: 'refused' },
    expected: { grant: 'gone', exit: 0, targets: { c1: 'gone', e1: 'gone', ...whole } },
    blinded: without('sso:ListAccountAssignments', 'unproven', unseen),
    async play(world) {
      const given = world.give();
      const center = centerOf(world);
      center.assign('USER', center.userId);
      world.end(given, 'with its user');
      center.directory(60, 'DeleteUser', { UserId: center.userId });
      return {
        grant: withMore(given, { entitlements: [center.e1('USER', center.userId)] }),
        naive: () => seenIn(center.rows(), center.userId),
        truth: () => portal(world, center.userId),
      };
    },
  },
  {
    name: 'aws-assignment-of-a-group-that-was',
    story: 'The group of the assignment is deleted, its row stays; who was in it has nothing by it.',
    naive: { asks: 'looks for the group among the assignments', says: 'still there' },
    truth: { by: byPortal, is: 'refused' },
    expected: { grant: 'gone', exit: 0, targets: { c1: 'gone', e1: 'gone', ...whole } },
    blinded: without('identitystore:DescribeGroup', 'unproven', unseen),
    async play(world) {
      const given = world.give();
      const center = centerOf(world);
      const GroupId = center.group();
      center.join(GroupId);
      center.assign('GROUP', GroupId);
      world.end(given, 'with its user');
      center.directory(60, 'DeleteGroup', { GroupId });
      return {
        grant: withMore(given, { entitlements: [center.e1('GROUP', GroupId)] }),
        naive: () => seenIn(center.rows(), GroupId),
        truth: () => portal(world, center.userId),
      };
    },
  },
  {
    name: 'aws-directory-user-disabled',
    story: 'The user is disabled in the directory: it signs in no more, and its session of the role goes on.',
    naive: { asks: 'asks the directory whether the user is enabled', says: 'gone' },
    truth: { by: byReading, is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: { c1: 'gone', c2: 'live R-ACTIVE', e1: 'dormant R-DISABLED', ...whole },
    },
    blinded: without('identitystore:DescribeUser', 'live', { ...unseen, c2: 'live R-ACTIVE' }),
    async play(world) {
      const given = world.give();
      const { userId, assign, take, e1 } = centerOf(world);
      assign('USER', userId);
      const role = reserved(world);
      if (role === undefined) throw new Error('Identity Center made no role');
      const session = world.handOut(role.name, 100);
      const user = world.server.world.account(account).state.identityCenter?.users.get(userId);
      if (user !== undefined) user.status = 'DISABLED';
      world.end(given, 'with its user');
      const c2 = located('c2', 'aws/role-session', {
        roleArn: world.server.world.account(account).roleArn(role),
        roleId: role.id,
        sessionName: 'task',
        accessKeyId: session.accessKeyId,
        issuedAt: new Date(Date.now() - 100 * minute).toISOString(),
        expiresAt: new Date(Date.now() + 620 * minute).toISOString(),
        policies: [readsUsers],
      });
      return {
        grant: withMore(given, { credentials: [c2], entitlements: [e1('USER', userId)] }),
        naive: () => Promise.resolve(user?.status === 'ENABLED' ? 'still there' : 'gone'),
        truth: () => world.reads(session, 'verifier'),
        // the role goes with its last assignment
        mend: async () => take('USER', userId),
      };
    },
  },
];
