import { Secret, secret, textFile, z } from '../../src/connector.ts';
import type { Host } from '../../src/connector.ts';
import { roleName } from './names.ts';

const endpoint = z
  .strictObject({ via: z.string().min(1), url: secret().optional() })
  .superRefine((value, context) => {
    if (value.via !== 'direct') {
      context.addIssue({
        code: 'custom',
        path: ['via'],
        message: `asking via "${value.via}" is not available yet: this version asks the server itself, "direct"`,
      });
    } else if (value.url !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['url'],
        message: 'the direct address is "url" of the system',
      });
    }
  });

export const config = z.strictObject({
  url: secret(),
  caFile: textFile().optional(),
  endpoints: z.array(endpoint).min(1).optional(),
  allowInsecure: z.boolean().optional(),
  controls: z.strictObject({ role: roleName }).optional(),
});
export type Config = z.infer<typeof config>;

/** Where the server is and who asks it. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: Secret;
  readonly tls: boolean;
}

/**
 * Reads `url`: `postgresql://user:password@host:port/database?sslmode=disable|require|verify-full`.
 * Other than libpq, `require` verifies the server's certificate too: an unverified server could be
 * anyone's. Without `sslmode` TLS is required, except on loopback.
 *
 * @throws Error with a text for people that never repeats the value.
 */
export function address(from: Config): Address {
  const shape = 'postgresql://<user>:<password>@<host>:<port>/<database>';
  const url = URL.parse(from.url.reveal().trim());
  if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol)) {
    throw new Error(`${from.url.reference} does not hold a URL of the form ${shape}`);
  }
  const host = decoded(url.hostname, from).replace(/^\[|\]$/g, '');
  const user = decoded(url.username, from);
  const password = decoded(url.password, from);
  const database = decoded(url.pathname.slice(1), from);
  for (const [part, value] of Object.entries({ host, user, password, database })) {
    if (value === '') throw new Error(`${from.url.reference} names no ${part}: ${shape}`);
  }
  if (host.startsWith('/')) throw new Error(`${from.url.reference} names a Unix socket: give host and port`);
  return {
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    database,
    user,
    password: new Secret(from.url.reference, password),
    tls: tls(url, host, from),
  };
}

function tls(url: URL, host: string, from: Config): boolean {
  for (const name of url.searchParams.keys()) {
    if (name !== 'sslmode') {
      throw new Error(
        `${from.url.reference} has the parameter "${name}": only "sslmode" is known${name === 'sslrootcert' ? ', the authorities stand in "caFile"' : ''}`,
      );
    }
  }
  const mode = url.searchParams.get('sslmode');
  switch (mode) {
    case null:
      return !isLoopback(host);
    case 'disable':
      return false;
    case 'require':
    case 'verify-full':
      return true;
    default:
      throw new Error(
        `${from.url.reference} has sslmode=${mode}: only disable, require (which verifies) and verify-full are known`,
      );
  }
}

function decoded(part: string, from: Config): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // the cause would repeat the value
    throw new Error(`${from.url.reference} has a part that is not percent-encoded`);
  }
}

/** The one host that the door may let this system reach. Plain TCP elsewhere than on loopback needs `allowInsecure`. */
export function host(from: Config): Host {
  const at = address(from);
  if (!at.tls && !isLoopback(at.host) && from.allowInsecure !== true) {
    throw new Error(
      `${from.url.reference} asks for plain TCP to ${at.host}: use sslmode=verify-full, or "allowInsecure: true"`,
    );
  }
  return {
    protocol: 'tcp:',
    host: at.host,
    port: at.port,
    ...(from.caFile === undefined ? {} : { ca: from.caFile.text }),
    allowInsecure: from.allowInsecure === true,
  };
}

export function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name);
}
