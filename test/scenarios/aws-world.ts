import { GetUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { startAws } from '../../connectors/aws/aws.fake.ts';
import type { AwsCredentials, FakeAws } from '../../connectors/aws/aws.fake.ts';
import { newId, newSecret } from '../../connectors/aws/fake/ids.ts';
import { find, roleNamed } from '../../connectors/aws/fake/state.ts';
import type { Baseline } from '../../src/model/baseline.ts';
import { settingsOf, used } from './aws-use.ts';
import { captureAt, verifyAt } from './aws-verifier.ts';
import type { AwsVerifier } from './aws-verifier.ts';
import { hold } from './hold.ts';
import { Planted } from './planted.ts';
import { recordOf } from './record.ts';
import type { GrantInput } from './record.ts';
import { everything, holdStory } from './run.ts';
import type { Played, Scenario, Truth } from './scenario.ts';
import { policyOf } from './verifier.ts';
import type { Verified } from './verifier.ts';

export interface AwsScenario extends Omit<Scenario, 'play'> {
  play(world: AwsWorld): Promise<AwsPlayed>;
}

export interface AwsPlayed extends Omit<Played, 'verifier' | 'configured'> {
  readonly verifier?: AwsVerifier;
}

/** What a grant gave: a user of its own with a key. */
export interface AwsGiven {
  readonly name: string;
  readonly userId: string;
  readonly key: AwsCredentials;
  readonly grant: GrantInput;
}

type Input = Parameters<FakeAws['world']['call']>[3];

/** An account on the truth server, in which a grant began two hours ago and ended one hour ago. */
export interface AwsWorld {
  readonly server: FakeAws;
  /** As an administrator, at the end of the grant. */
  iam(action: string, input: Input): unknown;
  /** As an administrator, so many minutes ago. */
  ago(minutes: number, action: string, input: Input): unknown;
  /** Any service in the same way; in us-east-1 where no region is given. */
  did(minutes: number, service: string, action: string, input: Input, region?: string): unknown;
  user(name: string, minutes?: number): string;
  key(name: string, minutes?: number): AwsCredentials;
  /** When the grants of these stories were. */
  window(): Pick<GrantInput, 'from' | 'until' | 'revokedAt'>;
  give(policies?: readonly string[]): AwsGiven;
  /** Ends the key of the grant, and the user where it was made for it. */
  end(given: AwsGiven, whom?: 'with its user'): void;
  /** Deletes the user, and first everything without which IAM would not. */
  remove(name: string): void;
  /** The key that the verifier signs with. */
  readonly verifier: string;
  /** From now on the verifier's key is of this account, which has nothing of the grant. */
  move(account: string): void;
  standsAs(userId: string): boolean;
  /** Signs with the credential, and asks who that is. */
  signs(credential: AwsCredentials): Promise<Truth>;
  /** Signs with it, and reads the user. */
  reads(credential: AwsCredentials, name: string): Promise<Truth>;
  assume(credential: AwsCredentials, role: string, minutes?: number): Promise<AwsCredentials>;
  /** What AWS's own services hand out: to a machine of the role, to whoever came by Identity Center. */
  handOut(role: string, minutes: number): AwsCredentials;
  /** Signs with it, and assumes the role by its name. */
  becomes(credential: AwsCredentials, role: string): Promise<Truth>;
  /** What stood before the grants of these stories. */
  baseline(users: readonly string[]): Promise<Baseline>;
  look(name: string, grant: GrantInput, without?: string, verifier?: AwsVerifier): Promise<Verified>;
  lookAtAll(grants: readonly GrantInput[]): Promise<Verified>;
  /** A look, and what must hold for every one: nothing written, no secret told. */
  ask(name: string, grant: GrantInput, without?: string, verifier?: AwsVerifier): Promise<Verified>;
  stop(): Promise<void>;
}

export const account = '111111111111';
/** Another region that the system is configured for, where Identity Center stands in these stories. */
export const second = 'eu-west-1';
const [began, over] = [120, 60];
const minute = 60_000;

const userMade = z.object({ User: z.object({ UserId: z.string() }) });
const keyMade = z.object({ AccessKey: z.object({ AccessKeyId: z.string(), SecretAccessKey: z.string() }) });

const policyList = z.object({ PolicyNames: z.array(z.string()) });
const serviceList = z.object({
  ServiceSpecificCredentials: z.array(z.object({ ServiceSpecificCredentialId: z.string() })),
});

export const document = (...Statement: readonly object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement });
export const allow = (...Action: readonly string[]) => document({ Effect: 'Allow', Action, Resource: '*' });
export const readsUsers = allow('iam:GetUser');

export async function openAwsWorld(): Promise<AwsWorld> {
  const server = await startAws({ account, pageSize: 2 });
  const planted = new Planted();
  const back = <T>(minutes: number, then: () => T): T => {
    server.clock.advance(-minutes * minute);
    try {
      return then();
    } finally {
      server.clock.advance(minutes * minute);
    }
  };
  const did: AwsWorld['did'] = (minutes, service, action, input, region = 'us-east-1') =>
    back(minutes, () => server.world.call(account, service, action, input, region));
  const ago: AwsWorld['ago'] = (minutes, action, input) => did(minutes, 'iam', action, input);
  const user: AwsWorld['user'] = (UserName, minutes = began) =>
    userMade.parse(ago(minutes, 'CreateUser', { UserName })).User.UserId;
  const key: AwsWorld['key'] = (UserName, minutes = began) => {
    const made = keyMade.parse(ago(minutes, 'CreateAccessKey', { UserName })).AccessKey;
    return { accessKeyId: made.AccessKeyId, secretAccessKey: planted.add(made.SecretAccessKey) };
  };
  user('verifier', 2_000);
  const verifier = key('verifier', 2_000);

  const remove = (UserName: string) => {
    const { state } = server.world.account(account);
    if (find(state.users, UserName)?.login !== undefined) ago(over, 'DeleteLoginProfile', { UserName });
    const services = serviceList.parse(ago(over, 'ListServiceSpecificCredentials', { UserName }));
    for (const { ServiceSpecificCredentialId } of services.ServiceSpecificCredentials) {
      ago(over, 'DeleteServiceSpecificCredential', { UserName, ServiceSpecificCredentialId });
    }
    for (const PolicyName of policyList.parse(ago(over, 'ListUserPolicies', { UserName })).PolicyNames) {
      ago(over, 'DeleteUserPolicy', { UserName, PolicyName });
    }
    ago(over, 'DeleteUser', { UserName });
  };
  const permit = (without: string | undefined) => {
    const PolicyDocument = policyOf('aws', without);
    const put = { UserName: 'verifier', PolicyName: 'it', PolicyDocument };
    server.world.call(account, 'iam', 'PutUserPolicy', put);
  };
  const place = (verifierOf: AwsVerifier = {}) => ({
    account,
    region: 'us-east-1',
    regions: [second],
    address: server.address,
    credentials: verifier,
    ...verifierOf,
  });
  const look: AwsWorld['look'] = (name, grant, without, verifierOf) => {
    permit(without);
    const { baseline } = grant;
    const before = baseline === undefined ? undefined : new Map([[name, baseline]]);
    return verifyAt([recordOf(name, grant)], place(verifierOf), before);
  };
  const window = () => ({
    from: new Date(Date.now() - (began + 1) * minute),
    until: new Date(Date.now() - over * minute),
    revokedAt: new Date(Date.now() - over * minute),
  });
  return {
    server,
    window,
    ago,
    did,
    user,
    key,
    iam: (action, input) => ago(over, action, input),
    give(policies = [readsUsers]) {
      const [name, userId] = ['jit-1', user('jit-1')];
      for (const [number, PolicyDocument] of policies.entries()) {
        ago(began, 'PutUserPolicy', { UserName: name, PolicyName: `jit-${number}`, PolicyDocument });
      }
      const made = key(name);
      const ref = { userName: name, userId, accessKeyId: made.accessKeyId, policies };
      const grant: GrantInput = {
        ...window(),
        credentials: [{ id: 'c1', kind: 'aws/access-key', system: 'aws-prod', ref }],
        users: [userId],
      };
      return { name, userId, key: made, grant };
    },
    end({ name, key: { accessKeyId: AccessKeyId } }, whom) {
      ago(over, 'DeleteAccessKey', { UserName: name, AccessKeyId });
      if (whom !== undefined) remove(name);
    },
    remove,
    verifier: verifier.accessKeyId,
    move(id) {
      const { state } = server.world.account(account);
      const other = server.world.addAccount(id);
      server.world.accounts.set(account, other);
      const { UserId: userId } = userMade.parse(
        server.world.call(id, 'iam', 'CreateUser', { UserName: 'verifier' }),
      ).User;
      const own = state.keys.get(verifier.accessKeyId);
      if (own !== undefined) other.state.keys.set(own.id, { ...own, userId });
    },
    standsAs: (id) =>
      [...server.world.account(account).state.users.items.values()].some((one) => one.id === id),
    signs: (credential) =>
      used(new STSClient(settingsOf(server, credential)).send(new GetCallerIdentityCommand({}))),
    reads: (credential, UserName) =>
      used(new IAMClient(settingsOf(server, credential)).send(new GetUserCommand({ UserName }))),
    async assume(credential, role, minutes = began) {
      server.clock.advance(-minutes * minute);
      const sts = new STSClient({
        ...settingsOf(server, credential),
        systemClockOffset: server.clock.offset(),
      });
      const RoleArn = `arn:aws:iam::${account}:role/${role}`;
      const { Credentials: made } = await sts.send(
        new AssumeRoleCommand({ RoleArn, RoleSessionName: 'task', DurationSeconds: 43_200 }),
      );
      server.clock.advance(minutes * minute);
      const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = made ?? {};
      planted.add(SecretAccessKey);
      planted.add(SessionToken);
      return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    },
    async becomes(credential, role) {
      const RoleArn = `arn:aws:iam::${account}:role/${role}`;
      const asked = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'again' });
      return used(new STSClient(settingsOf(server, credential)).send(asked));
    },
    handOut(name, minutes) {
      const role = roleNamed(server.world.account(account).state, name);
      const issuedAt = server.clock.now() - minutes * minute;
      const keyId = newId('ASIA', account);
      const [secret, token] = [planted.add(newSecret()), planted.add(randomBytes(240).toString('base64'))];
      server.world.sessions.set(keyId, {
        keyId,
        secret,
        token,
        accountId: account,
        kind: 'role',
        principalId: role.id,
        name: 'task',
        issuedAt,
        expiresAt: issuedAt + 720 * minute,
        policies: undefined,
        sourceIdentity: undefined,
        tags: new Map(),
        mfa: false,
      });
      return { accessKeyId: keyId, secretAccessKey: secret, sessionToken: token };
    },
    async baseline(users) {
      permit(undefined);
      const seen = await captureAt(users, place());
      // it was taken before, and nothing of what it saw has changed since
      return { ...seen, capturedAt: new Date(Date.now() - (began + 5) * minute).toISOString() };
    },
    look,
    lookAtAll(grants) {
      permit(undefined);
      return verifyAt(
        grants.map((grant, number) => recordOf(`grant-${number}`, grant)),
        place(),
      );
    },
    async ask(name, grant, without, verifierOf) {
      permit(without);
      const before = stateOf(server);
      const asked = server.log.length;
      const seen = await look(name, grant, without, verifierOf);
      const wrote = server.log.slice(asked).filter(({ writes }) => writes);
      hold('requests that write', wrote, []);
      hold('the world after the look', stateOf(server), before);
      hold('planted secrets in what was written', planted.foundIn(everything(seen)), 0);
      return seen;
    },
    async stop() {
      await server.stop();
      hold('requests that the truth server does not know', server.unexpected, []);
    },
  };
}

/** Everything but when a key was last used, which asking with it changes. */
function stateOf(server: FakeAws): unknown {
  const text = JSON.stringify(server.world.account(account).state, (name, value: unknown) => {
    if (name === 'lastUsed') return undefined;
    return value instanceof Map || value instanceof Set ? [...value] : value;
  });
  return JSON.parse(text);
}

/** Tells the story, and holds the naive answer, the truth and the verdict against it. */
export async function runAwsScenario(scenario: AwsScenario): Promise<void> {
  const world = await openAwsWorld();
  try {
    const played = await scenario.play(world);
    await holdStory<AwsVerifier>(scenario, played, (grant, verifier, without) =>
      world.ask(scenario.name, grant, without, verifier),
    );
  } finally {
    await world.stop();
  }
}
