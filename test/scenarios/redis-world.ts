import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { Refusal } from '../../connectors/redis/reply.ts';
import type { Reply } from '../../connectors/redis/reply.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { resolveSecrets } from '../../src/config/secrets.ts';
import { loadGrants } from '../../src/grant/load.ts';
import { builtIn, kindLookup } from '../../src/registry.ts';
import { verify } from '../../src/verify.ts';
import { startRedis } from '../servers/redis.ts';
import type { RedisConnection, RunningRedis } from '../servers/redis.ts';
import { hold } from './hold.ts';
import { Planted } from './planted.ts';
import { recordOf } from './record.ts';
import type { GrantInput } from './record.ts';
import { everything, holdStory } from './run.ts';
import type { Played, Scenario, Truth } from './scenario.ts';
import { policyOf } from './verifier.ts';
import type { Verified } from './verifier.ts';

export interface RedisScenario extends Omit<Scenario, 'play'> {
  play(world: RedisWorld): Promise<RedisPlayed>;
}

export interface RedisPlayed extends Omit<Played, 'verifier' | 'configured'> {
  /** Another node, to which the address leads. */
  readonly verifier?: { readonly port: number };
}

/** A grant as a broker gives it: a user that may read, and the connection that its agent has open. */
export interface Given {
  readonly name: string;
  readonly password: string;
  readonly connection: RedisConnection;
  readonly grant: GrantInput;
}

/** A real Redis with a key that the grants of these stories are for, and a replica of it. */
export interface RedisWorld {
  readonly redis: RunningRedis;
  readonly replica: RunningRedis;
  give(commands?: readonly string[]): Promise<Given>;
  secret(): string;
  /** Reads the key as whoever has this connection. */
  reads(connection: RedisConnection): Promise<Truth>;
  /** Logs in, or comes without a word, and reads the key. */
  enters(user?: string, password?: string): Promise<Truth>;
  /** What a naive checker is told. */
  asksAs(rules: readonly string[], ...command: readonly string[]): Promise<Reply>;
  ask(name: string, grant: GrantInput, port?: number, without?: string): Promise<Verified>;
  stop(): Promise<void>;
}

export const key = 'ledger';
const verifier = 'tombstone_verifier';
/** What may leave, as the server counts it; the administrator's own look included. */
const allowed = ['acl|list', 'acl|whoami', 'auth', 'client|list', 'config|resetstat', 'echo', 'info'];
const ofTheReplica = ['ping', 'psync', 'replconf'];

export async function openRedisWorld(): Promise<RedisWorld> {
  const redis = await startRedis();
  const replica = await startRedis({ replicaOf: redis.port });
  const planted = new Planted();
  const since = new Date();
  const secret = () => planted.add(randomBytes(12).toString('hex'));
  const digest = (value: string) => createHash('sha256').update(value).digest('hex');
  await redis.run('SET', key, 'opening balance');
  await redis.run('ACL', 'SAVE');
  let count = 0;

  const reads: RedisWorld['reads'] = async (connection) => {
    try {
      return (await connection.ask('GET', key)) === 'opening balance' ? 'works' : 'refused';
    } catch {
      // the server closed it
      return 'refused';
    }
  };
  const entering = async (user?: string, password?: string): Promise<RedisConnection | undefined> => {
    try {
      return await redis.open(user, password);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('WRONGPASS')) return undefined;
      throw error;
    }
  };

  /** The verifier with the printed rule, or without one need. On both nodes. */
  async function access(without: string | undefined): Promise<string> {
    const password = secret();
    planted.add(digest(password));
    for (const node of [redis, replica]) {
      const [line = ''] = policyOf('redis', without)
        .split('\n')
        .filter((one) => one.startsWith('ACL'));
      await node.run('ACL', 'SETUSER', verifier, 'reset');
      await node.run(...line.split(' '));
      await node.run('ACL', 'SETUSER', verifier, `>${password}`);
    }
    return password;
  }

  return {
    redis,
    replica,
    secret,
    reads,
    async give(commands = ['+@read']) {
      const [name, password, from] = [`jit-${(count += 1)}`, secret(), since];
      await redis.run('ACL', 'SETUSER', name, 'on', `>${password}`, `~${key}`, '-@all', ...commands);
      const connection = await redis.open(name, password);
      const grant: GrantInput = {
        from,
        revokedAt: new Date(),
        credentials: [
          {
            id: 'c1',
            kind: 'redis/acl-user',
            system: 'cache-prod',
            ref: { name, passwordSha256: digest(password), commands: `-@all ${commands.join(' ')}` },
          },
        ],
      };
      return { name, password, connection, grant };
    },
    async enters(user, password) {
      const connection = await entering(user, password);
      if (connection === undefined) return 'refused';
      const truth = await reads(connection);
      await connection.quit();
      return truth;
    },
    async asksAs(rules, ...command) {
      const password = secret();
      await redis.run('ACL', 'SETUSER', 'naive', 'reset', 'on', `>${password}`, ...rules);
      const connection = await redis.open('naive', password);
      const reply = await connection.ask(...command);
      await connection.quit();
      await redis.run('ACL', 'DELUSER', 'naive');
      return reply;
    },
    async ask(name, grant, port = redis.port, without) {
      const password = await access(without);
      const before = await stateOf(redis);
      await redis.run('CONFIG', 'RESETSTAT');
      const seen = await verifyAt(name, { ...grant, revokedAt: new Date() }, port, password);
      const asked = z.string().parse(await redis.run('INFO', 'commandstats'));
      const used = [...asked.matchAll(/^cmdstat_([^:]+):/gm)].map(([, one = '']) => one);
      const strange = used.filter((one) => ![...allowed, ...ofTheReplica].includes(one));
      hold('commands that no connector may send', strange, []);
      hold('the world after the look', await stateOf(redis), before);
      hold('planted secrets in what was written', planted.foundIn(everything(seen)), 0);
      return seen;
    },
    async stop() {
      await replica.stop();
      await redis.stop();
    },
  };
}

/** Users, the number of keys, and the connections of the grants. */
async function stateOf(redis: RunningRedis): Promise<unknown> {
  const lines = z
    .string()
    .parse(await redis.run('CLIENT', 'LIST'))
    .trim()
    .split('\n');
  const others = lines.filter((line) => line.includes(' user=jit-'));
  const names = others.map((line) => [/^id=\d+/.exec(line)?.[0], / user=\S+/.exec(line)?.[0]]);
  return [await redis.run('ACL', 'LIST'), await redis.run('DBSIZE'), names];
}

async function verifyAt(name: string, grant: GrantInput, port: number, password: string): Promise<Verified> {
  const connectors = builtIn();
  const { text } = recordOf(name, grant);
  const directory = import.meta.dirname;
  const { grants } = loadGrants(text, { file: 'grant.json', directory }, kindLookup(connectors));
  const configuration = loadConfiguration(
    JSON.stringify({
      version: 1,
      systems: {
        'cache-prod': {
          connector: 'redis',
          address: `redis://127.0.0.1:${port}`,
          username: verifier,
          password: 'env:REDIS',
          limits: { requestsPerSecond: 5_000, concurrency: 16, timeout: 'PT10S' },
        },
      },
    }),
    { file: 'tombstone.yaml', directory },
    { find: (id) => connectors.get(id), ids: () => connectors.all.map(({ id }) => id) },
  );
  const problems = await resolveSecrets(configuration.systems, { directory, env: { REDIS: password } });
  hold('problems of the configuration', problems, []);
  return verify({ grants, configuration, connectors });
}

/** Tells the story, and holds the naive answer, the truth and the verdict against it. */
export async function runRedisScenario(scenario: RedisScenario, world: RedisWorld): Promise<void> {
  await holdStory(scenario, await scenario.play(world), (grant, there?: { port: number }, without?: string) =>
    world.ask(scenario.name, grant, there?.port, without),
  );
}

export const isRefusal = (reply: Reply, word: string): boolean =>
  reply instanceof Refusal && reply.text.startsWith(word);
