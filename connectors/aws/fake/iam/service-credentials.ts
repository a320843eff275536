/** Credentials for one service alone: Git on CodeCommit, Keyspaces, Bedrock and CloudWatch Logs keys. */
import type { Shape } from '../answer.ts';
import { AwsError } from '../answer.ts';
import { newId, newSecret } from '../ids.ts';
import { choice, flag, invalid, maybe, number, text } from '../input.ts';
import type { Call, Operations, Target } from '../operation.ts';
import { read, write } from '../operation.ts';
import type { ServiceCredential, User } from '../state.ts';
import { all } from '../state.ts';
import { page } from './paging.ts';
import { anything, onUser, userOf } from './targets.ts';

const services = [
  'codecommit.amazonaws.com',
  'cassandra.amazonaws.com',
  'bedrock.amazonaws.com',
  'logs.amazonaws.com',
];

/** Those that are a bearer's key, with an end where one was asked for, and not a name and a password. */
const isBearer = (service: string) => service.startsWith('bedrock') || service.startsWith('logs');

interface Owned {
  readonly user: User;
  readonly one: ServiceCredential;
}

function shapeOf(call: Call, { user, one }: Owned): Shape {
  const name = `${user.name}-at-${call.account.id}`;
  return {
    UserName: user.name,
    ServiceSpecificCredentialId: one.id,
    ServiceName: one.service,
    Status: one.active ? 'Active' : 'Inactive',
    CreateDate: new Date(one.createdAt),
    ExpirationDate: one.expiresAt === undefined ? undefined : new Date(one.expiresAt),
    ...(isBearer(one.service) ? { ServiceCredentialAlias: name } : { ServiceUserName: name }),
  };
}

const wholeShape = (call: Call, owned: Owned): Shape => ({
  ...shapeOf(call, owned),
  ...(isBearer(owned.one.service)
    ? { ServiceCredentialSecret: owned.one.secret }
    : { ServicePassword: owned.one.secret }),
});

function serviceOf(call: Call): string | undefined {
  const name = maybe(call.input, 'ServiceName');
  if (name !== undefined && !services.includes(name)) {
    throw new AwsError('NotSupportedService', 404, `The service ${name} is not supported.`);
  }
  return name;
}

function named(call: Call): Owned {
  const user = userOf(call);
  const id = text(call.input, 'ServiceSpecificCredentialId');
  const one = user.serviceCredentials.get(id);
  if (one === undefined) {
    throw new AwsError('NoSuchEntity', 404, `No such credential ${id} exists`);
  }
  return { user, one };
}

function create(call: Call): Shape {
  const user = userOf(call);
  const service = serviceOf(call) ?? text(call.input, 'ServiceName');
  const days = number(call.input, 'CredentialAgeDays', 1, 36_600);
  if ([...user.serviceCredentials.values()].filter((one) => one.service === service).length >= 2) {
    throw new AwsError('LimitExceeded', 409, 'Cannot exceed quota for ServiceSpecificCredentialsPerUser: 2');
  }
  const one: ServiceCredential = {
    id: newId('ACCA', call.account.id),
    service,
    createdAt: call.now,
    expiresAt: days === undefined ? undefined : call.now + days * 86_400_000,
    secret: newSecret(),
    active: true,
  };
  user.serviceCredentials.set(one.id, one);
  return { ServiceSpecificCredential: wholeShape(call, { user, one }) };
}

const wantsAll = ({ input }: Call) => flag(input, 'AllUsers') === true;

/** The whole account's are asked about as everything. */
const onListed = (call: Call): Target => (wantsAll(call) ? anything() : onUser(call));

function list(call: Call): Shape {
  if (wantsAll(call) && maybe(call.input, 'UserName') !== undefined) {
    throw invalid('UserName and AllUsers cannot be given together.');
  }
  const service = serviceOf(call);
  const shown = (wantsAll(call) ? all(call.state.users) : [userOf(call)])
    .flatMap((user) => [...user.serviceCredentials.values()].map((one) => ({ user, one })))
    .filter(({ one }) => service === undefined || one.service === service);
  const { items, end } = page(call, shown, ({ one }) => one.id);
  return { ServiceSpecificCredentials: items.map((owned) => shapeOf(call, owned)), ...end };
}

export const serviceCredentials: Operations = {
  CreateServiceSpecificCredential: write(onUser, create),
  ListServiceSpecificCredentials: read(onListed, list),
  UpdateServiceSpecificCredential: write(onUser, (call) => {
    named(call).one.active = choice(call.input, 'Status', ['Active', 'Inactive']) === 'Active';
    return undefined;
  }),
  // a new secret under the same id and date
  ResetServiceSpecificCredential: write(onUser, (call) => {
    const owned = named(call);
    owned.one.secret = newSecret();
    return { ServiceSpecificCredential: wholeShape(call, owned) };
  }),
  DeleteServiceSpecificCredential: write(onUser, (call) => {
    const { user, one } = named(call);
    user.serviceCredentials.delete(one.id);
    return undefined;
  }),
};
