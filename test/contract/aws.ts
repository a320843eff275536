import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { startAws } from '../../connectors/aws/aws.fake.ts';
import type { FakeAws } from '../../connectors/aws/aws.fake.ts';
import { aws } from '../../connectors/aws/index.ts';
import type { Asked, ContractTarget, ContractWorld } from '../../src/testing.ts';
import { checkOf } from './bind.ts';
import type { Binding } from './bind.ts';

const here = '111111111111';
const there = '222222222222';

type Input = Parameters<FakeAws['world']['call']>[3];
type Call = (action: string, input: Input) => unknown;

interface Subject {
  create(call: Call, name: string): Pick<ContractTarget, 'ref'>;
  end(call: Call, name: string): void;
  asks(asked: Asked, name: string): boolean;
  readonly describing?: ContractWorld['describing'];
}

const nobodysKeys = {
  'iam:ListAccessKeys': 'tells the keys of a user; one that is not there has none, whatever they were',
} as const;

const userMade = z.object({ User: z.object({ UserId: z.string() }) });
const groupMade = z.object({ Group: z.object({ GroupId: z.string() }) });
const keyMade = z.object({ AccessKey: z.object({ AccessKeyId: z.string(), SecretAccessKey: z.string() }) });
const keyList = z.object({ AccessKeyMetadata: z.array(z.object({ AccessKeyId: z.string() })) });

const managed = 'arn:aws:iam::aws:policy/AdministratorAccess';
const document = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
});

const makeUser = (call: Call, name: string) =>
  userMade.parse(call('CreateUser', { UserName: name })).User.UserId;
const makeKey = (call: Call, name: string) =>
  keyMade.parse(call('CreateAccessKey', { UserName: name })).AccessKey;

function endKeys(call: Call, name: string): void {
  for (const { AccessKeyId } of keyList.parse(call('ListAccessKeys', { UserName: name })).AccessKeyMetadata) {
    call('DeleteAccessKey', { UserName: name, AccessKeyId });
  }
}

const wholeAccount = ({ body }: Asked) => body.includes('Action=GetAccountAuthorizationDetails');
const keysOf = ({ body }: Asked, name: string) =>
  body.includes('Action=ListAccessKeys') && new URLSearchParams(body).get('UserName') === name;

function withKey(call: Call, name: string): Pick<ContractTarget, 'ref'> {
  const userId = makeUser(call, name);
  return {
    ref: { userName: name, userId, accessKeyId: makeKey(call, name).AccessKeyId, policies: [document] },
  };
}

const subjects: Readonly<Record<string, Subject>> = {
  'aws/access-key': {
    create: withKey,
    end: endKeys,
    asks: (asked, name) => wholeAccount(asked) || keysOf(asked, name),
  },
  'aws/access-key of a user that is deleted': {
    create: withKey,
    end(call, name) {
      endKeys(call, name);
      call('DeleteUser', { UserName: name });
    },
    asks: wholeAccount,
    describing: nobodysKeys,
  },
  'aws/access-key-sessions': {
    create: withKey,
    end(call, name) {
      endKeys(call, name);
      call('DeleteUser', { UserName: name });
    },
    asks: wholeAccount,
    describing: nobodysKeys,
  },
  'aws/group-membership': {
    create(call, name) {
      const userId = makeUser(call, name);
      const { GroupId: groupId } = groupMade.parse(call('CreateGroup', { GroupName: `${name}-group` })).Group;
      call('AddUserToGroup', { UserName: name, GroupName: `${name}-group` });
      return { ref: { userName: name, userId, groupId } };
    },
    end: (call, name) => void call('RemoveUserFromGroup', { UserName: name, GroupName: `${name}-group` }),
    asks: wholeAccount,
  },
  'aws/attached-policy': {
    create(call, name) {
      const principalId = makeUser(call, name);
      call('AttachUserPolicy', { UserName: name, PolicyArn: managed });
      return { ref: { principalName: name, principalId, policyArn: managed } };
    },
    end: (call, name) => void call('DetachUserPolicy', { UserName: name, PolicyArn: managed }),
    asks: wholeAccount,
  },
  'aws/inline-policy': {
    create(call, name) {
      const principalId = makeUser(call, name);
      call('PutUserPolicy', { UserName: name, PolicyName: 'jit', PolicyDocument: document });
      return { ref: { principalName: name, principalId, policyName: 'jit' } };
    },
    end: (call, name) => void call('DeleteUserPolicy', { UserName: name, PolicyName: 'jit' }),
    asks: wholeAccount,
  },
};

async function world(variant: string): Promise<ContractWorld> {
  const subject = subjects[variant];
  const needs = aws.checks.find(({ id }) => id === checkOf(variant))?.needs;
  if (subject === undefined || needs === undefined) throw new Error(`no world for ${variant}`);
  const server = await startAws({ account: here, pageSize: 3 });
  const fakes = [server];
  const call: Call = (action, input) => server.world.call(here, 'iam', action, input);
  const allow = (actions: readonly string[]) =>
    call('PutUserPolicy', {
      UserName: 'verifier',
      PolicyName: 'tombstone',
      PolicyDocument: aws.policy(actions),
    });
  makeUser(call, 'verifier');
  const verifier = makeKey(call, 'verifier');
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
      for (let number = 0; number < 10; number += 1) makeUser(call, `crowd-${number}`);
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
