import type { Baseline } from '../../src/model/baseline.ts';

/** What of a grant record differs between stories. */
export interface GrantInput {
  readonly from: Date;
  /** Default: an hour after `from`. */
  readonly until?: Date;
  /** Default: now, when the record is written; `undefined` where nobody revoked anything. */
  readonly revokedAt: Date | undefined;
  readonly credentials?: readonly Located[];
  readonly entitlements?: readonly Located[];
  /** Who the subject is anyway, in `billing-db`. */
  readonly accounts?: readonly string[];
  /** Its entities, in `vault-prod`. */
  readonly entities?: readonly string[];
  /** Its users, in `aws-prod`. */
  readonly users?: readonly string[];
  /** What stood before the grant, where somebody captured it. */
  readonly baseline?: Baseline;
  /** Systems beside those of the targets. */
  readonly systems?: readonly string[];
}

export interface Located {
  readonly id: string;
  readonly kind: string;
  readonly system: string;
  readonly ref: Readonly<Record<string, unknown>>;
  readonly derivedFrom?: string;
  readonly expiresAt?: string;
  /** The value that the record's reference leads to: never in the record itself. */
  readonly secret?: string;
}

/** The grant record as a user would write it, and the variables that its references name. */
export function recordOf(
  name: string,
  {
    from,
    until,
    revokedAt,
    credentials = [],
    entitlements = [],
    accounts = [],
    entities = [],
    users = [],
    systems = [],
  }: GrantInput,
): { readonly text: string; readonly env: Readonly<Record<string, string>> } {
  const env: Record<string, string> = {};
  const written = credentials.map(told).map(({ secret, ...one }) => {
    if (secret === undefined) return one;
    const variable = `TOMBSTONE_SUBJECT_${one.id.toUpperCase()}`;
    env[variable] = secret;
    return { ...one, secret: `env:${variable}` };
  });
  const touched = new Set([...[...credentials, ...entitlements].map((one) => one.system), ...systems]);
  const record = {
    apiVersion: 'tombstone/v1',
    kind: 'AccessGrant',
    metadata: { id: name },
    subject: {
      kind: 'agent',
      id: 'spiffe://acme.example/agent/deploy-bot',
      name: 'deploy-bot/run-7f3a',
      accounts: [
        ...accounts.map((id) => ({ system: 'billing-db', id })),
        ...entities.map((id) => ({ system: 'vault-prod', id })),
        ...users.map((id) => ({ system: 'aws-prod', id })),
      ],
    },
    intent: { reason: 'rotate billing DB replica', ticket: 'CHG-5512' },
    approvals: [{ by: 'j.chen@acme.example', at: from.toISOString(), decision: 'approved' }],
    validity: {
      from: from.toISOString(),
      until: (until ?? new Date(from.getTime() + 3_600_000)).toISOString(),
    },
    ...(revokedAt === undefined
      ? {}
      : { revocation: { at: revokedAt.toISOString(), by: 'jit-broker', reason: 'task complete' } }),
    systems: [...touched].map((system) => ({ system })),
    ...(written.length === 0 ? {} : { credentials: written }),
    ...(entitlements.length === 0 ? {} : { entitlements }),
  };
  return { text: JSON.stringify(record, undefined, 2), env };
}

/** The broker knows what its logins may do: most of them nothing that would let them make another. */
const told = (one: Located): Located =>
  one.kind === 'postgres/role' ? { ...one, ref: { attributes: [], ...one.ref } } : one;
