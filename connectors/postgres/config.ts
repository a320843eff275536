import { Secret, secret, textFile, z } from '../../src/connector.ts';
import type { Host, Some, TextFile } from '../../src/connector.ts';
import { roleName } from './names.ts';

/** How a login comes to the cluster: to the primary itself, through a pooler in front of it, to a copy that follows it. */
export const ways = ['direct', 'pgbouncer', 'standby'] as const;
export type Way = (typeof ways)[number];

const endpoint = z
  .strictObject({
    via: z.enum(ways),
    url: secret().optional(),
    caFile: textFile().optional(),
    /** The slot or the application name under which the primary lists the stream of this standby. */
    name: z.string().min(1).optional(),
  })
  .superRefine(({ via, url, caFile, name }, context) => {
    const problem = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (via === 'direct' && (url ?? caFile) !== undefined) {
      problem(
        url === undefined ? 'caFile' : 'url',
        'the direct address is "url" of the system, with its "caFile"',
      );
    }
    if (via !== 'direct' && url === undefined) {
      problem('url', `"${via}" has an address and a login of its own: a reference to its URL`);
    }
    if (via !== 'standby' && name !== undefined) problem('name', 'only a standby streams under a name');
  });

const endpoints = z
  .array(endpoint)
  .min(1)
  .superRefine((all, context) => {
    if (all.filter(({ via }) => via === 'direct').length > 1) {
      context.addIssue({
        code: 'custom',
        message: 'a system has one direct address: each cluster is a system',
      });
    }
    const names = all.flatMap(({ name }) => name ?? []);
    if (new Set(names).size < names.length) {
      context.addIssue({ code: 'custom', message: 'two standbys cannot stream under one name' });
    }
  });

export const config = z.strictObject({
  url: secret(),
  caFile: textFile().optional(),
  endpoints: endpoints.optional(),
  /** Streams by their slot or application name that only store the log: nobody can log in at their end. */
  archives: z.array(z.string().min(1)).optional(),
  allowInsecure: z.boolean().optional(),
  controls: z.strictObject({ role: roleName }).optional(),
});
export type Config = z.infer<typeof config>;

/** One point at which the cluster takes logins. */
export interface Endpoint {
  readonly point: string;
  readonly via: Way;
  readonly url: Secret;
  readonly caFile: TextFile | undefined;
  readonly name: string | undefined;
}

/** The points as configured: `direct`, which is always one and the first, then `pgbouncer`, `pgbouncer-2`, `standby`, … */
export function endpointsOf(from: Config): Some<Endpoint> {
  const counts = new Map<Way, number>();
  const others = (from.endpoints ?? []).flatMap(({ via, url, caFile, name }): Endpoint[] => {
    if (via === 'direct' || url === undefined) return [];
    const count = (counts.get(via) ?? 0) + 1;
    counts.set(via, count);
    const point = count === 1 ? via : `${via}-${count}`;
    return [{ point, via, url, caFile: caFile ?? from.caFile, name }];
  });
  return [{ point: 'direct', via: 'direct', url: from.url, caFile: from.caFile, name: undefined }, ...others];
}

/** @throws Error for a point that the configuration does not name. */
export function endpointAt(from: Config, point: string): Endpoint {
  const found = endpointsOf(from).find((one) => one.point === point);
  if (found === undefined) throw new Error(`no endpoint is named ${point}`);
  return found;
}

/** Of which way is the point of this name? */
export const isVia = (way: Way) => (point: string) => point === way || point.startsWith(`${way}-`);

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
export function address(from: Pick<Endpoint, 'url'>): Address {
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

function tls(url: URL, host: string, from: Pick<Endpoint, 'url'>): boolean {
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

function decoded(part: string, from: Pick<Endpoint, 'url'>): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // the cause would repeat the value
    throw new Error(`${from.url.reference} has a part that is not percent-encoded`);
  }
}

/** The one host that the door may let this point reach. Plain TCP elsewhere than on loopback needs `allowInsecure`. */
export function host(from: Config, point = 'direct'): Host {
  const end = endpointAt(from, point);
  const at = address(end);
  if (!at.tls && !isLoopback(at.host) && from.allowInsecure !== true) {
    throw new Error(
      `${end.url.reference} asks for plain TCP to ${at.host}: use sslmode=verify-full, or "allowInsecure: true"`,
    );
  }
  return {
    protocol: 'tcp:',
    host: at.host,
    port: at.port,
    ...(end.caFile === undefined ? {} : { ca: end.caFile.text }),
    allowInsecure: from.allowInsecure === true,
  };
}

export function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name);
}
