import { randomBytes } from 'node:crypto';
import { startAws } from '../../connectors/aws/aws.fake.ts';
import { aws } from '../../connectors/aws/index.ts';
import type { ContractTarget, ContractWorld } from '../../src/testing.ts';
import { checkOf } from './bind.ts';
import type { Binding } from './bind.ts';
import { makeKey, makeUser, userMade } from './aws-made.ts';
import type { Call } from './aws-made.ts';
import { subjects } from './aws-subjects.ts';

const here = '111111111111';
const there = '222222222222';
/** In milliseconds. */
const day = 86_400_000;

async function world(variant: string): Promise<ContractWorld> {
  const subject = subjects[variant];
  const needs = aws.checks.find(({ id }) => id === checkOf(variant))?.needs;
  if (subject === undefined || needs === undefined) throw new Error(`no world for ${variant}`);
  const server = await startAws({ account: here, pageSize: 3 });
  const fakes = [server];
  const call: Call = (action, input, service = 'iam') => server.world.call(here, service, action, input);
  const allow = (actions: readonly string[]) =>
    call('PutUserPolicy', {
      UserName: 'verifier',
      PolicyName: 'tombstone',
      PolicyDocument: aws.policy(actions),
    });
  /** Before every grant. */
  const earlier = <T>(make: () => T): T => {
    server.clock.advance(-day);
    const made = make();
    server.clock.advance(day);
    return made;
  };
  const verifier = earlier(() => {
    makeUser(call, 'verifier');
    return makeKey(call, 'verifier');
  });
  allow(needs);
  const living = new Map<ContractTarget, string>();
  const ended = new Map<ContractTarget, string>();
  const nameOf = (target: ContractTarget) => living.get(target) ?? ended.get(target) ?? '';
  return {
    address: { host: '127.0.0.1', port: server.port },
    configuration: ({ host, port }) => ({
      fields: {
        account: here,
        region: 'us-east-1',
        accessKeyId: verifier.AccessKeyId,
        secretAccessKey: 'env:AWS',
        endpoint: `http://${host}:${port}`,
      },
      environment: { AWS: verifier.SecretAccessKey },
    }),
    async create() {
      const name = `jit-${randomBytes(6).toString('hex')}`;
      const target: ContractTarget = subject.create(call, name);
      living.set(target, name);
      return target;
    },
    async end(target) {
      const name = living.get(target);
      if (name === undefined) return;
      living.delete(target);
      ended.set(target, name);
      subject.end(call, name);
    },
    asks: (asked, target) => subject.asks(asked, nameOf(target)),
    ...(subject.describing === undefined ? {} : { describing: subject.describing }),
    async blind(taken) {
      allow(needs.filter((need) => !taken.includes(need)));
      return async () => void allow(needs);
    },
    async crowd() {
      earlier(() => {
        for (let number = 0; number < 10; number += 1) makeUser(call, `crowd-${number}`);
      });
    },
    async elsewhere() {
      const other = await startAws({ account: there });
      fakes.push(other);
      // ids of keys carry their account: this one takes those of another for its own
      other.world.accounts.set(here, other.world.account(there));
      const { state } = other.world.account(there);
      const known = server.world.account(here).state.keys.get(verifier.AccessKeyId);
      const { UserId: userId } = userMade.parse(
        other.world.call(there, 'iam', 'CreateUser', { UserName: 'verifier' }),
      ).User;
      if (known !== undefined) state.keys.set(known.id, { ...known, userId });
      return { host: '127.0.0.1', port: other.port };
    },
    async snapshot() {
      const { lastUsed: _, ...state } = JSON.parse(JSON.stringify(server.world.account(here).state, plain));
      return JSON.stringify(state);
    },
    unexpected: () => fakes.flatMap((fake) => fake.unexpected),
    async stop() {
      await Promise.all(fakes.map((fake) => fake.stop()));
    },
  };
}

/** When a key was last used is what asking with it changes. */
function plain(key: string, value: unknown): unknown {
  if (key === 'lastUsed') return undefined;
  if (value instanceof Map || value instanceof Set) return [...value];
  return value;
}

export const awsBinding: Binding = { connector: aws, variants: Object.keys(subjects), fake: world };
