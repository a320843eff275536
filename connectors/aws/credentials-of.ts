import { covered, failed } from '../../src/connector.ts';
import type { Answer, Failure, Found, PassedControl } from '../../src/connector.ts';
import type { Detail, UserDetail } from './account.ts';
import { policyTexts } from './holdings.ts';
import { listKeys, userKeys } from './keys.ts';
import { getLoginProfile, getUser, loginProfile, namedUser } from './login-profile.ts';
import type { LookContext } from './looking.ts';
import { renamed } from './of-user.ts';
import {
  listCertificates,
  listServiceCredentials,
  listSshKeys,
  serviceCredentials,
  signingCertificates,
  sshPublicKeys,
} from './user-credentials.ts';

export const credentialNeeds = [
  listKeys.needs,
  getLoginProfile.needs,
  getUser.needs,
  listServiceCredentials.needs,
  listCertificates.needs,
  listSshKeys.needs,
] as const;

export interface Credential {
  readonly made: Date;
  readonly found: Found;
}

export interface Credentials {
  readonly list: readonly Credential[];
  readonly controls: readonly PassedControl[];
}

/** Everything with which a user comes in by itself; a device is no way in. */
export async function credentialsOf(
  user: UserDetail,
  all: readonly Detail[],
  ctx: LookContext,
): Promise<Credentials | Failure> {
  const { UserName: userName, UserId: userId } = user;
  const asked = await Promise.all([
    ctx.read(userKeys, { userName }),
    ctx.read(loginProfile, userName),
    ctx.read(serviceCredentials, userName),
    ctx.read(signingCertificates, userName),
    ctx.read(sshPublicKeys, userName),
  ]);
  // whose name it is afterwards: all of it is asked by a name, and nobody of the name has no password either
  const named = await ctx.read(namedUser, userName);
  const [keys, profile, services, certificates, sshKeys] = asked;
  const controls: PassedControl[] = [];
  const answers: readonly Answer<unknown>[] = [...asked, named];
  for (const answer of answers) {
    const seen = covered(answer);
    if (failed(seen)) return seen;
    if (seen.saw === 'nothing' && answer !== profile) return renamed(userName);
    controls.push(...seen.controls);
  }
  if (named.saw === 'value' && named.value.userId !== userId) return renamed(userName);
  // what it could have done in turn, as far as its user still shows
  const policies = policyTexts(user, all);
  const rights = policies === undefined ? {} : { policies };
  const told = (
    kind: string,
    id: string,
    ref: object,
    label: string,
    made: Date,
    state: string,
  ): Credential => ({
    made,
    found: {
      kind,
      id,
      ref: { userName, userId, ...ref },
      relation: 'of-the-user',
      bornAt: made.toISOString(),
      label: `${label} of ${userName}`,
      standing: `${state} ${made.toISOString()}`,
    },
  });
  const of = (answer: Awaited<typeof services>, kind: string, field: string, label: string) =>
    answer.saw === 'value'
      ? answer.value.list.map(({ id, made, status }) =>
          told(kind, id, { [field]: id, ...rights }, `${label} ${id}`, made, status),
        )
      : [];
  return {
    controls,
    list: [
      ...(keys.saw === 'value'
        ? keys.value.keys.map(({ id, created, status }) =>
            told('aws/access-key', id, { accessKeyId: id, ...rights }, `key ${id}`, created, status),
          )
        : []),
      ...(profile.saw === 'value'
        ? [told('aws/console-login', userId, rights, 'password', profile.value.made, 'Active')]
        : []),
      ...of(services, 'aws/service-specific-credential', 'credentialId', 'service credential'),
      ...of(certificates, 'aws/signing-certificate', 'certificateId', 'signing certificate'),
      ...of(sshKeys, 'aws/ssh-public-key', 'sshPublicKeyId', 'SSH key'),
    ],
  };
}
