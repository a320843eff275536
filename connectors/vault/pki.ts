import { X509Certificate } from 'node:crypto';
import type { Raw, Source } from '../../src/connector.ts';
import { failed, inconclusive, z } from '../../src/connector.ts';
import { isAbsence } from './answers.ts';
import type { Endpoint, VaultClient } from './client.ts';
import { answered, exchange } from './client.ts';
import { notFound } from './entities.ts';
import { placeOf, plainNamespace, scopeOf } from './place.ts';

const keptFacts = z.object({
  certificate: z.string(),
  /** Seconds since the epoch; 0 while it was not revoked. */
  revocation_time: z.number().int(),
  /** To the nanosecond; '' while it was not revoked, and older servers may lack it. */
  revocation_time_rfc3339: z.string().optional(),
});

/** A certificate as the engine that issued it keeps it. */
export interface Certificate {
  /** As it was asked for: a serial, or `ca`. */
  readonly asked: string;
  /** Hex, as the certificate itself says. */
  readonly serial: string;
  readonly authority: boolean;
  /** RFC 3339. */
  readonly notAfter: string;
  /** SHA-256 of its DER, 64 lower-case hex digits. */
  readonly sha256: string;
  /** RFC 3339. */
  readonly revokedAt: string | undefined;
}

export interface CertificateKey {
  readonly mount: string;
  /** Pairs of lower-case hex digits with colons between. */
  readonly serial: string;
  readonly namespace: string | undefined;
}

/** Reads as the default issuer's own certificate, in the same way as any other. */
const authority = 'ca';

const denied = { status: 403, text: 'permission denied' } as const;

/** `0A:bc`, `0a-bc`, `0abc` are one serial. */
export const plainSerial = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[:-]/g, '')
    .replace(/^(?:00)+(?=.)/, '');

/** https://openbao.org/api-docs/secret/pki/#read-certificate. It takes no token, and is sent the verifier's all the same. */
function readCertificate({ mount, serial }: CertificateKey): Endpoint<z.infer<typeof keptFacts>> {
  const path = (plainSerial(serial).match(/../g) ?? []).join(':');
  return {
    method: 'GET',
    path: `${mount}/cert/${serial === authority ? authority : path}`,
    needs: 'read +/cert/*',
    data: keptFacts,
    absent: notFound,
  };
}

/**
 * A certificate by its serial. 404 is the answer to one that was never issued, and to one that a role
 * with `no_store` issued: whoever asks must not take it for an end.
 */
export const certificate: Source<VaultClient, CertificateKey, Certificate> = {
  id: 'vault/pki-certificate',
  scope({ mount, namespace }) {
    const at = namespace === undefined ? undefined : plainNamespace(namespace);
    return `${scopeOf({ namespace: at, ending: undefined })} ${mount}`;
  },
  name: (key) => key.serial,
  answers: (value, key) =>
    value.asked === key.serial &&
    (key.serial === authority ? value.authority : plainSerial(value.serial) === plainSerial(key.serial)),
  siblings(_client, scope) {
    const [place = '', mount = ''] = scope.split(' ');
    const key = { mount, serial: authority, namespace: placeOf(place).namespace };
    return Promise.resolve([{ key, chosen: 'own' }]);
  },
  async one(client, key, signal): Promise<Raw<Certificate>> {
    const endpoint = readCertificate(key);
    const answer = await exchange(client, endpoint, { namespace: key.namespace }, signal);
    if (failed(answer)) return answer;
    if (
      isAbsence(answer, { ...denied, form: 'either' }) &&
      !isAbsence(answer, { ...denied, form: 'plain' })
    ) {
      return inconclusive(
        'R-SCOPE',
        `no PKI engine is mounted at ${key.mount}/: its certificates take no permission, and the answer is 403`,
        'the path to which the mount was moved, in the record',
      );
    }
    const found = answered(answer, endpoint);
    if (found === 'nothing' || failed(found)) return found;
    const { certificate: pem, revocation_time: seconds, revocation_time_rfc3339: exact = '' } = found.value;
    const parsed = parse(pem);
    if (parsed === undefined) {
      return inconclusive('R-ANSWER', `what ${key.mount} keeps under ${key.serial} is no certificate`);
    }
    const revokedAt = exact === '' ? new Date(seconds * 1_000).toISOString() : exact;
    return {
      value: { asked: key.serial, ...parsed, revokedAt: seconds === 0 ? undefined : revokedAt },
    };
  },
};

type Content = Pick<Certificate, 'serial' | 'authority' | 'notAfter' | 'sha256'>;

/** What the certificate says of itself; undefined where the text is none. */
function parse(pem: string): Content | undefined {
  let one: X509Certificate;
  try {
    one = new X509Certificate(pem);
  } catch {
    return undefined;
  }
  const notAfter = one.validToDate;
  if (Number.isNaN(notAfter.getTime())) return undefined;
  return {
    serial: one.serialNumber,
    authority: one.ca,
    notAfter: notAfter.toISOString(),
    sha256: one.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}
