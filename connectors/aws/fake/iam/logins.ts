/** Console passwords and second factors. */
import type { Shape } from '../answer.ts';
import { AwsError } from '../answer.ts';
import { choice, flag, maybe, text } from '../input.ts';
import type { Call, Operations, Target } from '../operation.ts';
import { read, write } from '../operation.ts';
import type { User } from '../state.ts';
import { all } from '../state.ts';
import { page } from './paging.ts';
import { anything, isRoot, onUser, userOf } from './targets.ts';
import { userShape } from './users.ts';

type Login = NonNullable<User['login']>;

function loginOf(call: Call): readonly [User, Login] {
  const user = userOf(call);
  if (user.login === undefined) {
    throw new AwsError('NoSuchEntity', 404, `Login Profile for User ${user.name} cannot be found.`);
  }
  return [user, user.login];
}

const loginShape = (user: User, login: Login): Shape => ({
  UserName: user.name,
  CreateDate: new Date(login.createdAt),
  PasswordResetRequired: login.resetRequired,
});

function onDevice({ input }: Call): Target {
  const arn = maybe(input, 'SerialNumber') ?? '';
  return { arn, called: arn };
}

function onNewDevice({ account, input }: Call): Target {
  const arn = account.arn(`mfa${maybe(input, 'Path') ?? '/'}${maybe(input, 'VirtualMFADeviceName') ?? ''}`);
  return { arn, called: arn };
}

function noDevice(serial: string): AwsError {
  return new AwsError('NoSuchEntity', 404, `VirtualMFADevice with serial number ${serial} doesn't exist.`);
}

function createDevice({ account, state, input }: Call): Shape {
  const path = maybe(input, 'Path') ?? '/';
  const SerialNumber = account.arn(`mfa${path}${text(input, 'VirtualMFADeviceName')}`);
  if (state.devices.has(SerialNumber)) {
    throw new AwsError(
      'EntityAlreadyExists',
      409,
      'MFADevice entity at the same path and name already exists.',
    );
  }
  state.devices.add(SerialNumber);
  const seed = Buffer.from(`seed of ${SerialNumber}`).toString('base64');
  return { VirtualMFADevice: { SerialNumber, Base32StringSeed: seed } };
}

function enableDevice(call: Call): undefined {
  const user = userOf(call);
  const serial = text(call.input, 'SerialNumber');
  const virtual = serial.startsWith('arn:');
  if (virtual && !call.state.devices.has(serial)) throw noDevice(serial);
  if (holderOf(call, serial) !== undefined) {
    throw new AwsError('EntityAlreadyExists', 409, 'MFA Device is already in use.');
  }
  user.devices.set(serial, call.now);
}

const holderOf = ({ state }: Call, serial: string): User | undefined =>
  [...state.users.items.values()].find(({ devices }) => devices.has(serial));

function listVirtual(call: Call): Shape {
  const wanted = choice(call.input, 'AssignmentStatus', ['Assigned', 'Unassigned', 'Any']) ?? 'Any';
  const shown = [...call.state.devices]
    .map((serial) => ({ serial, user: holderOf(call, serial) }))
    .filter(({ user }) => wanted === 'Any' || (wanted === 'Assigned') === (user !== undefined));
  const { items, end } = page(call, shown, ({ serial }) => serial);
  const VirtualMFADevices = items.map(({ serial, user }) => {
    const enabled = user?.devices.get(serial);
    return {
      SerialNumber: serial,
      User: user === undefined ? undefined : userShape(call.account, user),
      EnableDate: enabled === undefined ? undefined : new Date(enabled),
    };
  });
  return { VirtualMFADevices, ...end };
}

export const logins: Operations = {
  CreateLoginProfile: write(onUser, (call) => {
    const user = userOf(call);
    if (user.login !== undefined) {
      throw new AwsError('EntityAlreadyExists', 409, `Login Profile for user ${user.name} already exists.`);
    }
    user.login = {
      createdAt: call.now,
      resetRequired: flag(call.input, 'PasswordResetRequired') ?? false,
      password: text(call.input, 'Password'),
    };
    return { LoginProfile: loginShape(user, user.login) };
  }),
  GetLoginProfile: read(onUser, (call) => ({ LoginProfile: loginShape(...loginOf(call)) })),
  // a new password keeps the date of the profile
  UpdateLoginProfile: write(onUser, (call) => {
    const [, login] = loginOf(call);
    login.password = maybe(call.input, 'Password') ?? login.password;
    login.resetRequired = flag(call.input, 'PasswordResetRequired') ?? login.resetRequired;
    return undefined;
  }),
  DeleteLoginProfile: write(onUser, (call) => {
    const [user] = loginOf(call);
    user.login = undefined;
    return undefined;
  }),
  CreateVirtualMFADevice: write(onNewDevice, createDevice),
  EnableMFADevice: write(onUser, enableDevice),
  DeactivateMFADevice: write(onUser, (call) => {
    const serial = text(call.input, 'SerialNumber');
    if (!userOf(call).devices.delete(serial)) throw noDevice(serial);
    return undefined;
  }),
  DeleteVirtualMFADevice: write(onDevice, (call) => {
    const serial = text(call.input, 'SerialNumber');
    if (holderOf(call, serial) !== undefined) {
      throw new AwsError('DeleteConflict', 409, 'Cannot delete entity, must deactivate MFA device first.');
    }
    if (!call.state.devices.delete(serial)) throw noDevice(serial);
    return undefined;
  }),
  ListMFADevices: read(onUser, (call) => {
    const user = isRoot(call) ? undefined : userOf(call);
    const { items, end } = page(call, [...(user?.devices ?? [])], ([serial]) => serial);
    const MFADevices = items.map(([SerialNumber, at]) => ({
      UserName: user?.name,
      SerialNumber,
      EnableDate: new Date(at),
    }));
    return { MFADevices, ...end };
  }),
  ListVirtualMFADevices: read(anything, listVirtual),
};

/** Everybody's, for the account's summary. */
export const usersWithDevices = ({ state }: Pick<Call, 'state'>): readonly User[] =>
  all(state.users).filter(({ devices }) => devices.size > 0);
