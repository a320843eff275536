import { X509Certificate } from 'node:crypto';
import type { Failure, Raw, Source } from '../../src/connector.ts';
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
  /** Does the engine keep it? If not, it is the record's, and the engine's issuer signed it. */
  readonly kept: boolean;
}

export interface CertificateKey {
  readonly mount: string;
  /** Pairs of lower-case hex digits with colons between. */
  readonly serial: string;
  readonly namespace: string | undefined;
  /** The certificate of the record, in PEM. */
  readonly certificate?: string | undefined;
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
  name: (key) => (key.certificate === undefined ? key.serial : `${key.serial}, given`),
  answers: (value, key) =>
    value.asked === key.serial &&
    (key.serial === authority ? value.authority : plainSerial(value.serial) === plainSerial(key.serial)),
  siblings(_client, scope) {
    const [place = '', mount = ''] = scope.split(' ');
    const key = { mount, serial: authority, namespace: placeOf(place).namespace };
    return Promise.resolve([{ key, chosen: 'own' }]);
  },
  async one(client, key, signal): Promise<Raw<Certificate>> {
    const found = await keptAt(client, key, signal);
    if (found !== 'nothing' || key.certificate === undefined) {
      if (found === 'nothing' || failed(found)) return found;
      const { pem, revokedAt } = found;
      return { value: { asked: key.serial, ...contentOf(pem), revokedAt, kept: true } };
    }
    const issuer = await keptAt(client, { ...key, serial: authority }, signal);
    if (issuer === 'nothing' || failed(issuer)) return issuer;
    const own = parsed(key.certificate);
    if (own?.checkIssued(issuer.pem) !== true || !own.verify(issuer.pem.publicKey)) {
      return inconclusive(
        'R-IDENTITY',
        `the certificate of the record was not signed by the issuer that ${key.mount} has now`,
      );
    }
    return { value: { asked: key.serial, ...contentOf(own), revokedAt: undefined, kept: false } };
  },
};

interface Kept {
  readonly pem: X509Certificate;
  readonly revokedAt: string | undefined;
}

async function keptAt(
  client: VaultClient,
  key: CertificateKey,
  signal: AbortSignal,
): Promise<Kept | 'nothing' | Failure> {
  const endpoint = readCertificate(key);
  const answer = await exchange(client, endpoint, { namespace: key.namespace }, signal);
  if (failed(answer)) return answer;
  if (isAbsence(answer, { ...denied, form: 'either' }) && !isAbsence(answer, { ...denied, form: 'plain' })) {
    return inconclusive(
      'R-SCOPE',
      `no PKI engine is mounted at ${key.mount}/: its certificates take no permission, and the answer is 403`,
      'the path to which the mount was moved, in the record',
    );
  }
  const found = answered(answer, endpoint);
  if (found === 'nothing' || failed(found)) return found;
  const { certificate: text, revocation_time: seconds, revocation_time_rfc3339: exact = '' } = found.value;
  const pem = parsed(text);
  if (pem === undefined) {
    return inconclusive('R-ANSWER', `what ${key.mount} keeps under ${key.serial} is no certificate`);
  }
  const revokedAt = exact === '' ? new Date(seconds * 1_000).toISOString() : exact;
  return { pem, revokedAt: seconds === 0 ? undefined : revokedAt };
}

/** undefined where the text is no certificate, or one without an end. */
function parsed(text: string): X509Certificate | undefined {
  try {
    const one = new X509Certificate(text);
    return Number.isNaN(one.validToDate.getTime()) ? undefined : one;
  } catch {
    return undefined;
  }
}

/** What the certificate says of itself. */
const contentOf = (
  one: X509Certificate,
): Pick<Certificate, 'serial' | 'authority' | 'notAfter' | 'sha256'> => ({
  serial: one.serialNumber,
  authority: one.ca,
  notAfter: one.validToDate.toISOString(),
  sha256: one.fingerprint256.replaceAll(':', '').toLowerCase(),
});
