import * as z from 'zod/mini';
import type { Kind } from '../../../src/connector.ts';
import { flag, inNamespace, mount, namespace, quoted } from './words.ts';

const pkiCertificateRef = z.strictObject({
  mount,
  serial: z
    .string()
    .check(
      z.regex(
        /^[0-9a-fA-F]{2}(?:[:-]?[0-9a-fA-F]{2}){1,19}$/,
        'a serial number in hex, as the engine answered it: 46:bf:97:27…',
      ),
      z.describe('serial_number, as it was answered with the certificate: hex, with colons.'),
    ),
  sha256: z
    .optional(
      z.string().check(z.regex(/^[0-9a-f]{64}$/, 'SHA-256 of the certificate, 64 lower-case hex digits')),
    )
    .check(z.describe('SHA-256 of the certificate (DER): what openssl x509 -fingerprint prints.')),
  certificate: z
    .optional(
      z
        .string()
        .check(
          z.regex(
            /^-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/,
            'one certificate in PEM, without its key',
          ),
          z.maxLength(32_768),
        ),
    )
    .check(
      z.describe(
        'The certificate itself, where the engine keeps none (no_store): it is public, and says when it ends.',
      ),
    ),
  endpoints: z
    .optional(
      z
        .array(z.string().check(z.regex(/^[\w.-]+:\d{1,5}$|^\[[\da-fA-F:]+\]:\d{1,5}$/, 'host:port')))
        .check(z.minLength(1)),
    )
    .check(
      z.describe(
        'Servers that accept the certificate, host:port: whether they ask for revocations is theirs.',
      ),
    ),
  namespace,
});
export type PkiCertificateRef = z.infer<typeof pkiCertificateRef>;

export const pkiCertificate: Kind<PkiCertificateRef> = {
  kind: 'vault/pki-certificate',
  title: 'Certificate of a PKI engine, by the word of its issuer',
  role: 'credential',
  ref: pkiCertificateRef,
  // no engine proves that it never issued one: doctor asks where none is
  example: { mount: 'tombstone-never-mounted', serial: '00:00:00:00:00:00:00:01' },
  needed: ['mount', 'serial'],
  id: ({ mount: path, serial }) => `${path}/cert/${serial.toLowerCase().replace(/[:-]/g, '')}`,
  label: (ref) => `certificate ${ref.serial} of ${ref.mount}${inNamespace(ref)}`,
  requires: ['authenticates'],
  killing: 'authenticates',
  mints: () => false,
  horizon: 'PT0S',
  fix: (ref) => `bao write${flag(ref)} ${quoted(`${ref.mount}/revoke`)} serial_number=${quoted(ref.serial)}`,
};
