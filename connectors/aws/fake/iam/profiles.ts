import type { Shape } from '../answer.ts';
import { AwsError } from '../answer.ts';
import { newId } from '../ids.ts';
import { maybe, text } from '../input.ts';
import type { Call, Operations } from '../operation.ts';
import { read, write } from '../operation.ts';
import type { Profile } from '../state.ts';
import { add, all, conflict, find, remove, roleNamed } from '../state.ts';
import { below, page } from './paging.ts';
import { roleShape } from './roles.ts';
import { onAll, onNew, onProfile, onRole } from './targets.ts';

export function profileShape(call: Call, profile: Profile): Shape {
  const role = call.state.roles.items.get(profile.roleId ?? '');
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: call.account.profileArn(profile),
    CreateDate: new Date(profile.createdAt),
    Roles: role === undefined ? [] : [roleShape(call, role)],
  };
}

function named({ state, input }: Call): Profile {
  const name = text(input, 'InstanceProfileName');
  const profile = find(state.profiles, name);
  if (profile === undefined) {
    throw new AwsError('NoSuchEntity', 404, `Instance Profile ${name} cannot be found.`);
  }
  return profile;
}

export const profiles: Operations = {
  CreateInstanceProfile: write(onNew('instance-profile', 'InstanceProfileName'), (call) => {
    const profile: Profile = {
      id: newId('AIPA', call.account.id),
      name: text(call.input, 'InstanceProfileName'),
      path: maybe(call.input, 'Path') ?? '/',
      createdAt: call.now,
      roleId: undefined,
    };
    return { InstanceProfile: profileShape(call, add(call.state.profiles, profile, 'Instance Profile')) };
  }),
  GetInstanceProfile: read(onProfile, (call) => ({ InstanceProfile: profileShape(call, named(call)) })),
  ListInstanceProfiles: read(onAll('instance-profile'), (call) => {
    const { items, end } = page(call, below(call, all(call.state.profiles)), ({ name }) => name);
    return { InstanceProfiles: items.map((one) => profileShape(call, one)), ...end };
  }),
  ListInstanceProfilesForRole: read(onRole, (call) => {
    const role = roleNamed(call.state, text(call.input, 'RoleName'));
    const own = all(call.state.profiles).filter(({ roleId }) => roleId === role.id);
    const { items, end } = page(call, own, ({ name }) => name);
    return { InstanceProfiles: items.map((one) => profileShape(call, one)), ...end };
  }),
  AddRoleToInstanceProfile: write(onProfile, (call) => {
    const profile = named(call);
    const role = roleNamed(call.state, text(call.input, 'RoleName'));
    if (profile.roleId !== undefined) {
      throw new AwsError(
        'LimitExceeded',
        409,
        'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1',
      );
    }
    profile.roleId = role.id;
    return undefined;
  }),
  RemoveRoleFromInstanceProfile: write(onProfile, (call) => {
    const profile = named(call);
    const role = roleNamed(call.state, text(call.input, 'RoleName'));
    if (profile.roleId !== role.id)
      throw new AwsError('NoSuchEntity', 404, 'The role is not in the profile.');
    profile.roleId = undefined;
    return undefined;
  }),
  DeleteInstanceProfile: write(onProfile, (call) => {
    const profile = named(call);
    if (profile.roleId !== undefined) throw conflict('remove roles from instance profile');
    remove(call.state.profiles, profile);
    return undefined;
  }),
};
