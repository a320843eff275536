import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { redis } from '../../connectors/redis/index.ts';
import { startFakeRedis } from '../../connectors/redis/redis.fake.ts';
import type { FakeRedis } from '../../connectors/redis/redis.fake.ts';
import type { Address, Asked, ContractTarget, ContractWorld } from '../../src/testing.ts';
import { findRedis, startRedis } from '../servers/redis.ts';
import type { RedisConnection, RunningRedis } from '../servers/redis.ts';
import type { Binding } from './bind.ts';

const password = 'verifier-of-the-contract';
const subjectPassword = 'subject-of-the-contract';
const verifier = 'tombstone_verifier';

/** Where the two servers differ. */
interface Place {
  readonly address: Address;
  run(...command: readonly string[]): Promise<void>;
  /** A connection of this user; its id. */
  open(user: string): Promise<number>;
  elsewhere(setUp: readonly (readonly string[])[]): Promise<Address>;
  snapshot(): Promise<string>;
  unexpected?(): readonly string[];
  stop(): Promise<void>;
}

type Given = Pick<ContractTarget, 'ref' | 'declared' | 'accounts'>;

interface Subject {
  create(place: Place, name: string): Promise<Given>;
  end(place: Place, name: string): Promise<void>;
  asks(asked: Asked): boolean;
}

const listsUsers = ({ body }: Asked) => body.includes('ACL') && body.includes('LIST');
const listsConnections = ({ body }: Asked) => body.includes('CLIENT');
const give = (place: Place, name: string, ...rules: readonly string[]) =>
  place.run('ACL', 'SETUSER', name, 'on', `>${subjectPassword}`, '~*', '+@read', ...rules);
const take = (place: Place, name: string) => place.run('ACL', 'DELUSER', name);

const subjects: Readonly<Record<string, Subject>> = {
  'redis/acl-user': {
    async create(place, name) {
      await give(place, name);
      return { ref: { name } };
    },
    end: take,
    asks: listsUsers,
  },
  'redis/acl-user that is off': {
    async create(place, name) {
      await give(place, name, 'off');
      return { ref: { name } };
    },
    end: take,
    asks: listsUsers,
  },
  'redis/acl-user-sessions': {
    async create(place, name) {
      await give(place, name);
      await place.open(name);
      return { ref: { name } };
    },
    end: take,
    asks: listsConnections,
  },
  'redis/anonymous': {
    async create(place, name) {
      await place.run('ACL', 'SETUSER', 'default', 'on', 'nopass', '+@all');
      return { ref: { name } };
    },
    end: (place) => place.run('ACL', 'SETUSER', 'default', 'reset'),
    asks: listsUsers,
  },
  'redis/session': {
    async create(place, name) {
      await give(place, name);
      return { ref: { user: name, id: await place.open(name) } };
    },
    end: take,
    asks: listsConnections,
  },
  'redis/sweep': {
    async create(place, name) {
      await give(place, name);
      await place.open(name);
      return { ref: {}, accounts: [name] };
    },
    end: take,
    asks: listsConnections,
  },
  'redis/hunt': {
    async create(place, name) {
      const passwordSha256 = createHash('sha256').update(`${subjectPassword} of ${name}`).digest('hex');
      await place.run('ACL', 'SETUSER', name, 'on', `#${passwordSha256}`, '+@read');
      const ref = { name: `${name}_granted`, passwordSha256, commands: '-@all +@read' };
      return { ref: {}, declared: [{ kind: 'redis/acl-user', ref }] };
    },
    end: take,
    asks: listsUsers,
  },
};

/** What the connector prints for these needs, and a password. */
function setUpOf(needs: readonly string[]): readonly (readonly string[])[] {
  const printed = redis.policy(needs).split('\n');
  const commands = printed
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(' '));
  return [...commands, ['ACL', 'SETUSER', verifier, `>${password}`]];
}

async function world(variant: string, place: Place): Promise<ContractWorld> {
  const subject = subjects[variant];
  const [check = ''] = variant.split(' ');
  const needs = redis.checks.find(({ id }) => id === check)?.needs;
  if (subject === undefined || needs === undefined) throw new Error(`no world for ${variant}`);
  const setUp = setUpOf(needs);
  for (const command of setUp) await place.run(...command);
  const living = new Map<ContractTarget, string>();
  return {
    address: place.address,
    configuration: ({ host, port }) => ({
      fields: { address: `redis://${host}:${port}`, username: verifier, password: 'env:REDIS' },
      environment: { REDIS: password },
    }),
    secrets: [createHash('sha256').update(subjectPassword).digest('hex')],
    async create() {
      const name = `jit_${randomBytes(6).toString('hex')}`;
      const target: ContractTarget = { ...(await subject.create(place, name)), secret: subjectPassword };
      living.set(target, name);
      return target;
    },
    async end(target) {
      const name = living.get(target);
      living.delete(target);
      if (name !== undefined) await subject.end(place, name);
    },
    asks: subject.asks,
    ...(check === 'redis/session'
      ? {
          describing: {
            '+acl|list':
              'tells whether the user of an open connection may run anything; a closed one shows without it',
          },
        }
      : {}),
    async blind(taken) {
      for (const need of taken) await place.run('ACL', 'SETUSER', verifier, `-${need.slice(1)}`);
      return async () => {
        for (const need of taken) await place.run('ACL', 'SETUSER', verifier, need);
      };
    },
    async crowd() {
      const name = `crowd_${randomBytes(6).toString('hex')}`;
      await give(place, name);
      for (let number = 0; number < 20; number += 1) await place.open(name);
    },
    elsewhere: () => place.elsewhere(setUp),
    snapshot: place.snapshot,
    ...(place.unexpected === undefined ? {} : { unexpected: place.unexpected }),
    errorAnswer: (text) => Buffer.from(`-NOPERM ${text.replaceAll(/[\r\n]/g, ' ')}\r\n`),
    stop: place.stop,
  };
}

// ── the living fake ─────────────────────────────────────────────────────────────────────────────

async function fakeWorld(variant: string): Promise<ContractWorld> {
  const fakes: FakeRedis[] = [];
  const start = async () => {
    const fake = await startFakeRedis();
    fakes.push(fake);
    return fake;
  };
  const here = await start();
  return world(variant, {
    address: here,
    run: async (...command) => here.run(...command),
    open: async (user) => here.open(user),
    async elsewhere(setUp) {
      const there = await start();
      for (const command of setUp) there.run(...command);
      return there;
    },
    snapshot: async () => here.snapshot(),
    unexpected: () => fakes.flatMap((fake) => fake.unexpected),
    async stop() {
      await Promise.all(fakes.map((fake) => fake.stop()));
    },
  });
}

// ── the real server ─────────────────────────────────────────────────────────────────────────────

async function startReal() {
  const here = await startRedis();
  let there: Promise<RunningRedis> | undefined;
  return {
    async world(variant: string): Promise<ContractWorld> {
      const connections: RedisConnection[] = [];
      return world(variant, {
        address: here,
        run: async (...command) => void (await here.run(...command)),
        async open(user) {
          const connection = await here.open(user, subjectPassword);
          connections.push(connection);
          // who asks for an id needs a right that the subject lacks: the newest of its connections is it
          const lines = z
            .string()
            .parse(await here.run('CLIENT', 'LIST'))
            .split('\n');
          const ids = lines
            .filter((line) => line.includes(` user=${user} `))
            .map((line) => Number(/^id=(\d+)/.exec(line)?.[1]));
          return Math.max(...ids);
        },
        async elsewhere(setUp) {
          const server = await (there ??= startRedis());
          for (const command of setUp) await server.run(...command);
          return server;
        },
        async snapshot() {
          const clients = z
            .string()
            .parse(await here.run('CLIENT', 'LIST'))
            .split('\n');
          const others = clients.filter((line) => / user=(?:jit|crowd)_/.test(line));
          return JSON.stringify([
            await here.run('ACL', 'LIST'),
            await here.run('DBSIZE'),
            others.map((line) => [/^id=\d+/.exec(line)?.[0], / user=\S+/.exec(line)?.[0]]),
          ]);
        },
        async stop() {
          for (const one of connections) one.close();
          await clear(here);
        },
      });
    },
    async stop() {
      await here.stop();
      await (await there)?.stop();
    },
  };
}

/** As it was before the world. */
async function clear(server: RunningRedis): Promise<void> {
  const names = z.array(z.string()).parse(await server.run('ACL', 'USERS'));
  const ours = names.filter((name) => /^(?:jit|crowd)_/.test(name) || name === verifier);
  if (ours.length > 0) await server.run('ACL', 'DELUSER', ...ours);
  await server.run('ACL', 'SETUSER', 'default', 'reset');
}

export const redisBinding: Binding = {
  connector: redis,
  variants: Object.keys(subjects),
  fake: fakeWorld,
  real: { server: 'Redis', found: findRedis, start: startReal },
};
