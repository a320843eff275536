/**
 * The server's side of AWS Signature Version 4, written from AWS's own description of it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { AwsError } from './answer.ts';

export interface SignedRequest {
  readonly method: string;
  /** As it came, before any decoding, with the query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Signature {
  readonly keyId: string;
  /** `20261123`. */
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20261123T000000Z`. */
  readonly stamp: string;
  readonly token: string | undefined;
}

function incomplete(message: string): AwsError {
  return new AwsError('IncompleteSignature', 400, message);
}

export function mismatch(message?: string): AwsError {
  return new AwsError(
    'SignatureDoesNotMatch',
    403,
    message ??
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  );
}

/** What the request says of its own signature. Throws where it says too little. */
export function signatureOf(request: SignedRequest): Signature {
  const header = request.headers['authorization'];
  if (header === undefined) {
    throw new AwsError('MissingAuthenticationToken', 403, 'Request is missing Authentication Token');
  }
  const found = /^AWS4-HMAC-SHA256\s+(.*)$/.exec(header)?.[1];
  if (found === undefined) throw incomplete(`Unsupported AWS 'algorithm'.`);
  const parts = new Map(
    found.split(/,\s*/).map((part): [string, string] => {
      const [name = '', ...rest] = part.split('=');
      return [name, rest.join('=')];
    }),
  );
  const [keyId, day, region, service, end, ...more] = parts.get('Credential')?.split('/') ?? [];
  const signedHeaders = parts.get('SignedHeaders')?.split(';') ?? [];
  const signature = parts.get('Signature');
  if (signature === undefined) throw incomplete(`Authorization header requires 'Signature' parameter.`);
  if (signedHeaders.length === 0)
    throw incomplete(`Authorization header requires 'SignedHeaders' parameter.`);
  if (!keyId || !day || !region || !service || end !== 'aws4_request' || more.length > 0) {
    throw incomplete(`Authorization header requires 'Credential' parameter.`);
  }
  const stamp = request.headers['x-amz-date'];
  if (stamp === undefined || !/^\d{8}T\d{6}Z$/.test(stamp)) {
    throw incomplete(`Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.`);
  }
  const token = request.headers['x-amz-security-token'];
  return { keyId, day, region, service, signedHeaders, signature, stamp, token };
}

/** Milliseconds since the epoch. */
export function stampMs(stamp: string): number {
  return Date.parse(stamp.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

const stampOf = (ms: number) => `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

/** The Query services answer a wrong clock with the code of a wrong signature, told apart by the message alone. */
export function checkClock({ stamp, day }: Signature, now: number, toleranceMs: number): void {
  const at = stampMs(stamp);
  const minutes = `${Math.round(toleranceMs / 60_000)} min.`;
  if (at < now - toleranceMs) {
    const least = stampOf(now - toleranceMs);
    throw mismatch(`Signature expired: ${stamp} is now earlier than ${least} (${stampOf(now)} - ${minutes})`);
  }
  if (at > now + toleranceMs) {
    const most = stampOf(now + toleranceMs);
    throw mismatch(
      `Signature not yet current: ${stamp} is still later than ${most} (${stampOf(now)} + ${minutes})`,
    );
  }
  if (!stamp.startsWith(day)) {
    throw mismatch(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${day}' != '${stamp.slice(0, 8)}'`,
    );
  }
}

/** Throws where the secret did not make this signature over this request. */
export function checkSignature(request: SignedRequest, said: Signature, secret: string): void {
  if (!said.signedHeaders.includes('host'))
    throw mismatch(`'Host' must be a 'SignedHeader' in the AWS Authorization.`);
  // of the body that came, whatever a header says of it
  const digest = sha256(request.body);
  const scope = `${said.day}/${said.region}/${said.service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', said.stamp, scope, sha256(canonical(request, said, digest))].join('\n');
  const key = [said.day, said.region, said.service, 'aws4_request'].reduce(
    hmac,
    Buffer.from(`AWS4${secret}`),
  );
  const expected = hmac(key, toSign);
  const given = Buffer.from(said.signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw mismatch();
}

function canonical(request: SignedRequest, said: Signature, digest: string): string {
  const [path = '/', query = ''] = request.target.split('?');
  const headers = said.signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}\n`,
  );
  return [
    request.method,
    // every service but S3 encodes the path once more
    path.split('/').map(percent).join('/'),
    canonicalQuery(query),
    headers.join(''),
    said.signedHeaders.join(';'),
    digest,
  ].join('\n');
}

function canonicalQuery(query: string): string {
  if (query === '') return '';
  return query
    .split('&')
    .map((pair) => {
      const [name = '', value = ''] = pair.split('=');
      return [percent(decodeURIComponent(name)), percent(decodeURIComponent(value))] as const;
    })
    .toSorted(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function percent(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
