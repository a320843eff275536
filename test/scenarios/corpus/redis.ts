import type { NaiveAnswer } from '../scenario.ts';
import { isRefusal } from '../redis-world.ts';
import type { Given, RedisScenario, RedisWorld } from '../redis-world.ts';

const coverage = { 'sweep:cache-prod': 'gone', 'hunt:cache-prod': 'gone' } as const;
const seen = (gone: boolean): NaiveAnswer => (gone ? 'gone' : 'still there');
const blindEverywhere = {
  c1: 'unproven R-PERM',
  'sweep:cache-prod': 'unproven R-PERM',
  'hunt:cache-prod': 'unproven R-PERM',
} as const;

const byLogin = { asks: 'logs in with the name and the password', says: 'gone' } as const;
const logsIn = ({ enters }: RedisWorld, { name, password }: Given) =>
  enters(name, password).then((truth) => seen(truth === 'refused'));
const byName = { asks: 'asks ACL GETUSER for the name', says: 'gone' } as const;
const asksByName = async ({ asksAs }: RedisWorld, { name }: Given) =>
  seen((await asksAs(['+acl|getuser'], 'ACL', 'GETUSER', name)) === null);

const byConnection = 'reading the key over the connection that the agent has open';
const byPassword = 'logging in with the name and the password, and reading the key';

/** The end as it should be: removed in memory and in the file. */
async function remove({ redis }: RedisWorld, name: string): Promise<void> {
  await redis.run('ACL', 'DELUSER', name);
  await redis.run('ACL', 'SAVE');
}

/** Whether the password or the open connection still gets in. */
async function anyWay(world: RedisWorld, { name, password, connection }: Given) {
  return (await world.enters(name, password)) === 'works' ? 'works' : world.reads(connection);
}

export const redis: readonly RedisScenario[] = [
  {
    name: 'redis-honest',
    story: 'The user is removed, and the removal is saved: its connection is closed with it.',
    naive: byName,
    truth: { by: `${byPassword}; ${byConnection}`, is: 'refused' },
    expected: { grant: 'gone', exit: 0, targets: { c1: 'gone', ...coverage } },
    blinded: {
      without: '+info',
      expected: { grant: 'unproven', exit: 3, needs: '+info', targets: blindEverywhere },
    },
    async play(world) {
      const given = await world.give();
      await remove(world, given.name);
      return {
        grant: given.grant,
        naive: () => asksByName(world, given),
        truth: () => anyWay(world, given),
      };
    },
  },
  {
    name: 'redis-off-connection-open',
    story: 'The user is set `off`: nobody can log in, and the connection that is open reads on.',
    naive: byLogin,
    truth: { by: byConnection, is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: { c1: 'dormant R-DISABLED', 'c1/opened-1': 'live R-ACTIVE', ...coverage },
    },
    blinded: {
      without: '+client|list',
      expected: {
        grant: 'unproven',
        exit: 3,
        needs: '+client|list',
        targets: { c1: 'unproven R-PERM', 'sweep:cache-prod': 'unproven R-PERM', 'hunt:cache-prod': 'gone' },
      },
    },
    async play(world) {
      const given = await world.give();
      await world.redis.run('ACL', 'SETUSER', given.name, 'off');
      return {
        grant: given.grant,
        naive: () => logsIn(world, given),
        truth: () => world.reads(given.connection),
        mend: () => remove(world, given.name),
      };
    },
  },
  {
    name: 'redis-reset',
    story:
      'The user is `reset`: its open connection may do nothing, until somebody gives the user a rule again.',
    naive: { asks: 'reads the key over the open connection', says: 'gone' },
    truth: { by: byConnection, is: 'refused' },
    expected: {
      grant: 'dormant',
      exit: 1,
      targets: { c1: 'dormant R-DISABLED', 'c1/opened-1': 'dormant R-DISABLED', ...coverage },
    },
    async play(world) {
      const given = await world.give();
      await world.redis.run('ACL', 'SETUSER', given.name, 'reset');
      return {
        grant: given.grant,
        naive: async () => seen((await world.reads(given.connection)) === 'refused'),
        truth: () => world.reads(given.connection),
        revive: async () =>
          void (await world.redis.run(
            'ACL',
            'SETUSER',
            given.name,
            'on',
            `>${world.secret()}`,
            '~*',
            '+@read',
          )),
        mend: () => remove(world, given.name),
      };
    },
  },
  {
    name: 'redis-reset-given-again',
    story:
      'The user was `reset` and given to somebody else, with another password: the old connection reads again.',
    naive: byLogin,
    truth: { by: byConnection, is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: { c1: 'live R-ACTIVE', 'c1/opened-1': 'live R-ACTIVE', ...coverage },
    },
    async play(world) {
      const given = await world.give();
      await world.redis.run('ACL', 'SETUSER', given.name, 'reset');
      await world.redis.run('ACL', 'SETUSER', given.name, 'on', `>${world.secret()}`, '~*', '+@read');
      return {
        grant: given.grant,
        naive: () => logsIn(world, given),
        truth: () => world.reads(given.connection),
        mend: () => remove(world, given.name),
      };
    },
  },
  {
    name: 'redis-password-changed',
    story: 'Only the password was changed; the record names the user and its connection.',
    naive: byLogin,
    truth: { by: byConnection, is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: { c1: 'live R-ACTIVE', c2: 'live R-ACTIVE', ...coverage },
    },
    async play(world) {
      const given = await world.give(['+@read', '+client|id']);
      const id = Number(await given.connection.ask('CLIENT', 'ID'));
      await world.redis.run('ACL', 'SETUSER', given.name, 'resetpass', `>${world.secret()}`);
      const { credentials = [] } = given.grant;
      const connection = {
        id: 'c2',
        kind: 'redis/session',
        system: 'cache-prod',
        ref: { user: given.name, id },
      };
      return {
        grant: { ...given.grant, credentials: [...credentials, connection] },
        naive: () => logsIn(world, given),
        truth: () => world.reads(given.connection),
        mend: () => remove(world, given.name),
      };
    },
  },
  {
    name: 'redis-removed-not-saved',
    story: '`ACL DELUSER` answered 1, nobody saved it, and `ACL LOAD` brought the user back from the file.',
    naive: { asks: 'took the 1 of ACL DELUSER for an answer', says: 'gone' },
    truth: { by: byPassword, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'live R-ACTIVE', ...coverage } },
    blinded: {
      without: '+acl|list',
      expected: {
        grant: 'unproven',
        exit: 3,
        needs: '+acl|list',
        targets: { c1: 'unproven R-PERM', 'sweep:cache-prod': 'gone', 'hunt:cache-prod': 'unproven R-PERM' },
      },
    },
    async play(world) {
      const given = await world.give();
      await world.redis.run('ACL', 'SAVE');
      const removed = await world.redis.run('ACL', 'DELUSER', given.name);
      await world.redis.run('ACL', 'LOAD');
      return {
        grant: given.grant,
        naive: async () => seen(removed === 1),
        truth: () => world.enters(given.name, given.password),
        async mend() {
          await remove(world, given.name);
          await world.redis.run('ACL', 'LOAD');
        },
      };
    },
  },
  {
    name: 'redis-removed-not-saved-restart',
    story: 'The same, and the server was started again.',
    naive: { asks: 'took the 1 of ACL DELUSER for an answer', says: 'gone' },
    truth: { by: 'logging in with the name and the password', is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'live R-ACTIVE', ...coverage } },
    blinded: {
      without: '+echo',
      expected: { grant: 'unproven', exit: 3, needs: '+echo', targets: blindEverywhere },
    },
    async play(world) {
      const given = await world.give();
      await world.redis.run('ACL', 'SAVE');
      const removed = await world.redis.run('ACL', 'DELUSER', given.name);
      await world.redis.restart();
      await world.redis.run('SET', 'ledger', 'opening balance');
      return {
        grant: given.grant,
        naive: async () => seen(removed === 1),
        truth: () => world.enters(given.name, given.password),
        async mend() {
          await remove(world, given.name);
          await world.redis.restart();
          await world.redis.run('SET', 'ledger', 'opening balance');
        },
      };
    },
  },
  {
    name: 'redis-default-nopass',
    story: 'The user is removed, and `default` is `on nopass`: who says nothing at all reads the key.',
    naive: byName,
    truth: { by: 'reading the key without a credential', is: 'works' },
    expected: { grant: 'unproven', exit: 3, targets: { c1: 'unproven R-CONTROL', ...coverage } },
    async play(world) {
      const given = await world.give();
      await remove(world, given.name);
      await world.redis.run('ACL', 'SETUSER', 'default', 'on', 'nopass', '~*', '+@all');
      return {
        grant: given.grant,
        naive: () => asksByName(world, given),
        truth: () => world.enters(),
        mend: async () => void (await world.redis.run('ACL', 'SETUSER', 'default', 'reset')),
        clean: async () => void (await world.redis.run('ACL', 'SETUSER', 'default', 'reset')),
      };
    },
  },
  {
    name: 'redis-noperm-is-not-nil',
    story: 'Nobody removed the user, and the checker may not ask for it.',
    naive: { asks: 'asks ACL GETUSER for the name, and takes NOPERM for nil', says: 'gone' },
    truth: { by: byPassword, is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: { c1: 'live R-ACTIVE', 'c1/opened-1': 'live R-ACTIVE', ...coverage },
    },
    blinded: {
      without: '+acl|whoami',
      expected: { grant: 'unproven', exit: 3, needs: '+acl|whoami', targets: blindEverywhere },
    },
    async play(world) {
      const given = await world.give();
      return {
        grant: given.grant,
        async naive() {
          const reply = await world.asksAs(['+ping'], 'ACL', 'GETUSER', given.name);
          return seen(reply === null || isRefusal(reply, 'NOPERM'));
        },
        truth: () => world.enters(given.name, given.password),
        mend: () => remove(world, given.name),
      };
    },
  },
  {
    name: 'redis-same-password-elsewhere',
    story: 'The user is removed, and another user takes the same password.',
    naive: byName,
    truth: { by: 'logging in as the other user with the password of the grant', is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: {
        c1: 'gone',
        ...coverage,
        'hunt:cache-prod/takes-the-same-password-1': 'live R-ACTIVE',
      },
    },
    async play(world) {
      const given = await world.give();
      const other = `${given.name}-other`;
      await world.redis.run('ACL', 'SETUSER', other, 'on', `>${given.password}`, '~*', '+@read');
      await remove(world, given.name);
      return {
        grant: given.grant,
        naive: () => asksByName(world, given),
        truth: () => world.enters(other, given.password),
        mend: () => remove(world, other),
      };
    },
  },
  {
    name: 'redis-replica',
    story: 'The address leads to a replica, to which no user was ever copied.',
    naive: { asks: 'asks the replica ACL GETUSER for the name', says: 'gone' },
    truth: { by: byPassword, is: 'works' },
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: {
        c1: 'unproven R-INSTANCE',
        'sweep:cache-prod': 'unproven R-INSTANCE',
        'hunt:cache-prod': 'unproven R-INSTANCE',
      },
    },
    async play(world) {
      const given = await world.give();
      return {
        grant: given.grant,
        verifier: { port: world.replica.port },
        naive: async () => seen((await world.replica.run('ACL', 'GETUSER', given.name)) === null),
        truth: () => world.enters(given.name, given.password),
        mend: () => remove(world, given.name),
      };
    },
  },
];
