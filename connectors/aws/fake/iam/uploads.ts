/** What a user uploaded: SSH keys for CodeCommit, and X.509 certificates for signing. */
import { createHash } from 'node:crypto';
import type { Shape } from '../answer.ts';
import { AwsError } from '../answer.ts';
import { newId } from '../ids.ts';
import { choice, text } from '../input.ts';
import type { Call, Operations } from '../operation.ts';
import { read, write } from '../operation.ts';
import type { Upload, User } from '../state.ts';
import { page } from './paging.ts';
import { onUser, userOf } from './targets.ts';

const stateOf = ({ active }: Upload) => (active ? 'Active' : 'Inactive');

/** Pairs of hexadecimal digits, as `ssh-keygen` prints an MD5 sum. */
function fingerprint(body: string): string {
  const blob = Buffer.from(body.split(' ')[1] ?? body, 'base64');
  const digest = createHash('md5').update(blob).digest('hex');
  return (digest.match(/../g) ?? []).join(':');
}

const sshShape = (user: User, one: Upload): Shape => ({
  UserName: user.name,
  SSHPublicKeyId: one.id,
  Status: stateOf(one),
  UploadDate: new Date(one.uploadedAt),
});

const wholeSsh = (user: User, one: Upload): Shape => ({
  ...sshShape(user, one),
  Fingerprint: fingerprint(one.body),
  SSHPublicKeyBody: one.body,
});

const certificateShape = (user: User, one: Upload): Shape => ({
  UserName: user.name,
  CertificateId: one.id,
  CertificateBody: one.body,
  Status: stateOf(one),
  UploadDate: new Date(one.uploadedAt),
});

function sshNamed(call: Call): readonly [User, Upload] {
  const user = userOf(call);
  const id = text(call.input, 'SSHPublicKeyId');
  const found = user.sshKeys.get(id);
  if (found === undefined) {
    throw new AwsError('NoSuchEntity', 404, `The Public Key with id ${id} cannot be found.`);
  }
  return [user, found];
}

function certificateNamed(call: Call): readonly [User, Upload] {
  const user = userOf(call);
  const id = text(call.input, 'CertificateId');
  const found = user.certificates.get(id);
  if (found === undefined) {
    throw new AwsError('NoSuchEntity', 404, `The Certificate with id ${id} cannot be found.`);
  }
  return [user, found];
}

function keep(kept: Map<string, Upload>, one: Upload, most: number, quota: string): void {
  if (kept.size >= most) {
    throw new AwsError('LimitExceeded', 409, `Cannot exceed quota for ${quota}: ${most}`);
  }
  kept.set(one.id, one);
}

const switchOf = ({ input }: Call) => choice(input, 'Status', ['Active', 'Inactive']) === 'Active';

export const uploads: Operations = {
  UploadSSHPublicKey: write(onUser, (call) => {
    const user = userOf(call);
    const body = text(call.input, 'SSHPublicKeyBody');
    const one = { id: newId('APKA', call.account.id), body, uploadedAt: call.now, active: true };
    keep(user.sshKeys, one, 5, 'SSHPublicKeysPerUser');
    return { SSHPublicKey: wholeSsh(user, one) };
  }),
  GetSSHPublicKey: read(onUser, (call) => ({ SSHPublicKey: wholeSsh(...sshNamed(call)) })),
  ListSSHPublicKeys: read(onUser, (call) => {
    const user = userOf(call);
    const { items, end } = page(call, [...user.sshKeys.values()], ({ id }) => id);
    return { SSHPublicKeys: items.map((one) => sshShape(user, one)), ...end };
  }),
  UpdateSSHPublicKey: write(onUser, (call) => {
    const [, one] = sshNamed(call);
    one.active = switchOf(call);
    return undefined;
  }),
  DeleteSSHPublicKey: write(onUser, (call) => {
    const [user, one] = sshNamed(call);
    user.sshKeys.delete(one.id);
    return undefined;
  }),
  UploadSigningCertificate: write(onUser, (call) => {
    const user = userOf(call);
    const body = text(call.input, 'CertificateBody');
    const one = { id: newId('ASCA', call.account.id), body, uploadedAt: call.now, active: true };
    keep(user.certificates, one, 2, 'SigningCertificatesPerUser');
    return { Certificate: certificateShape(user, one) };
  }),
  ListSigningCertificates: read(onUser, (call) => {
    const user = userOf(call);
    const { items, end } = page(call, [...user.certificates.values()], ({ id }) => id);
    return { Certificates: items.map((one) => certificateShape(user, one)), ...end };
  }),
  UpdateSigningCertificate: write(onUser, (call) => {
    const [, one] = certificateNamed(call);
    one.active = switchOf(call);
    return undefined;
  }),
  DeleteSigningCertificate: write(onUser, (call) => {
    const [user, one] = certificateNamed(call);
    user.certificates.delete(one.id);
    return undefined;
  }),
};
