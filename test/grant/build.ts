import * as z from 'zod';
import type { Kind } from '../../src/connector.ts';
import type { KindLookup } from '../../src/grant/kinds.ts';
import { loadGrants } from '../../src/grant/load.ts';
import type { Problem } from '../../src/model/errors.ts';
import { UsageError } from '../../src/model/errors.ts';

/** Two connectors, `vault` and `postgres`, with two kinds each. */
export const kinds: readonly Kind<unknown>[] = [
  kind(
    'vault/token',
    ['accessor'],
    z.strictObject({ accessor: z.string().optional(), namespace: z.string().optional() }),
  ),
  kind('vault/lease', ['leaseId'], z.strictObject({ leaseId: z.string() })),
  kind('postgres/role', ['oid'], z.strictObject({ name: z.string(), oid: z.int().positive().optional() })),
  kind(
    'postgres/membership',
    ['roleOid', 'memberOid'],
    z.strictObject({
      roleOid: z.int().optional(),
      memberOid: z.int().optional(),
      level: z.enum(['member', 'admin']).optional(),
      via: z.union([z.strictObject({ host: z.string() }), z.strictObject({ socket: z.string() })]).optional(),
    }),
  ),
];

export const lookup: KindLookup = {
  find: (name) => kinds.find((one) => one.kind === name),
  installed: (id) => id === 'vault' || id === 'postgres',
  nouns: (id) =>
    kinds.filter((one) => one.kind.startsWith(`${id}/`)).map((one) => one.kind.slice(id.length + 1)),
};

export const nothingInstalled: KindLookup = {
  find: () => undefined,
  installed: () => false,
  nouns: () => [],
};

function kind(name: string, needed: readonly string[], ref: z.ZodType): Kind<unknown> {
  return {
    kind: name,
    title: name,
    role: 'credential',
    ref,
    example: {},
    needed,
    id: () => undefined,
    label: () => name,
    requires: ['authenticates'],
    killing: 'authenticates',
    mints: () => false,
    horizon: 'PT0S',
    fix: () => 'end it',
  };
}

/** A record that is right, one field a line; tests change a line of it. */
export const good = `apiVersion: tombstone/v1
kind: AccessGrant
metadata:
  id: jit-1
  labels: { team: billing }
subject:
  kind: agent
  id: spiffe://acme.example/agent/bot
  accounts:
    - { system: v, id: "7" }
validity:
  from: 2026-11-22T08:14:00Z
  until: 2026-11-22T09:14:00Z
revocation:
  at: 2026-11-22T09:02:11Z
systems:
  - { system: v }
  - { system: db, revocationSource: v }
credentials:
  - id: c1
    kind: vault/lease
    system: v
    ref: { leaseId: database/creds/ro/1 }
    issuedAt: 2026-11-22T08:14:03Z
  - id: c2
    kind: postgres/role
    system: db
    ref: { name: v-approle-ro-1, oid: 16389 }
    derivedFrom: c1
    secret: file:./secrets/c2.password
`;

/** `good` with one piece replaced; the piece must be there. */
export function changed(...edits: readonly (readonly [from: string, to: string])[]): string {
  return edits.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the record holds no ${from}`);
    return text.replace(from, to);
  }, good);
}

export const source = { file: 'grant.yaml', directory: '/records' };

/** What `loadGrants` refuses; an empty list where it takes the text. */
export function problemsOf(text: string, file = source.file): readonly Problem[] {
  try {
    loadGrants(text, { ...source, file }, lookup);
    return [];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.problems;
  }
}

/** `12:5 metadata.id: message | hint` */
export function line(problem: Problem): string {
  const { line: row, column, field, message, hint } = problem;
  return `${row}:${column} ${field ?? '-'}: ${message}${hint === undefined ? '' : ` | ${hint}`}`;
}

/** The plain values of a YAML record, for writing it in another way. */
export function asJson(text: string): Record<string, unknown> {
  const [grant] = loadGrants(text, source, lookup).grants;
  if (grant === undefined) throw new Error('the record did not load');
  const { source: _, credentials, ...rest } = grant;
  return {
    ...rest,
    credentials: credentials.map(({ secret, ...fields }) =>
      secret ? { ...fields, secret: secret.reference } : fields,
    ),
  };
}
