import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { flag, inNamespace, mount, mountAccessor, named, namespace, quoted } from './words.ts';

const sshRoleRef = z.strictObject({
  mount,
  mountAccessor,
  name: named.check(z.describe('Name of the role.')),
  namespace,
});
export type SshRoleRef = z.infer<typeof sshRoleRef>;

export const sshRole: Kind<SshRoleRef> = {
  kind: 'vault/ssh-role',
  title: 'Role of an SSH engine: who may have keys signed, and for whom',
  role: 'entitlement',
  ref: sshRoleRef,
  example: { mount: 'ssh', name: 'tombstone-never-issued' },
  needed: ['mount', 'name'],
  id: ({ mount: path, name }) => `${path}/roles/${name}`,
  label: (ref) => `SSH role ${ref.mount}/${ref.name}${inNamespace(ref)}`,
  requires: ['entitled'],
  killing: 'entitled',
  mints: () => false,
  horizon: 'PT0S',
  fix: (ref) => `bao delete${flag(ref)} ${quoted(`${ref.mount}/roles/${ref.name}`)}`,
};

const sshCertificateRef = z.strictObject({
  mount,
  serial: z
    .optional(z.string().check(z.regex(/^[0-9a-fA-F]{1,20}$/, 'a serial number, in hex or decimal')))
    .check(z.describe('serial_number, as the engine answered it (hex), or as ssh-keygen -L prints it.')),
  certificate: z
    .optional(
      z
        .string()
        .check(
          z.regex(
            /^[\w-]+-cert-v01@openssh\.com [A-Za-z0-9+/]+={0,2}(?: [\x20-\x7e]*)?\n?$/,
            'a certificate in the format of OpenSSH: ssh-ed25519-cert-v01@openssh.com AAAA…',
          ),
          z.maxLength(16_384),
        ),
    )
    .check(z.describe('signed_key, as the engine answered it: it is public, and says itself when it ends.')),
  namespace,
});
export type SshCertificateRef = z.infer<typeof sshCertificateRef>;

export const sshCertificate: Kind<SshCertificateRef> = {
  kind: 'vault/ssh-certificate',
  title: 'Certificate that an SSH engine signed: only time ends it',
  role: 'credential',
  ref: sshCertificateRef,
  // no engine proves that it never signed one: doctor asks where none is
  example: { mount: 'tombstone-never-mounted', serial: '0000000000000000' },
  needed: ['mount', 'serial', 'certificate'],
  id: ({ mount: path, serial }) => (serial === undefined ? undefined : `${path} ${serial.toLowerCase()}`),
  label: (ref) => `SSH certificate ${ref.serial ?? 'without serial'} of ${ref.mount}${inNamespace(ref)}`,
  requires: ['authenticates'],
  killing: 'authenticates',
  mints: () => false,
  horizon: 'PT0S',
  fix: (ref) =>
    `add the serial ${ref.serial ?? 'of the certificate'} to RevokedKeys of every server that trusts ${ref.mount}, or wait until it ends`,
};
