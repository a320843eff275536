import type { Secret } from './secret.ts';

/** One time-boxed grant of access, as the record says it. The rules are on the page "The grant record" in docs/. */
export interface GrantRecord {
  readonly apiVersion: 'tombstone/v1';
  readonly kind: 'AccessGrant';
  readonly metadata: { readonly id: string; readonly labels: Readonly<Record<string, string>> };
  readonly subject: Party & { readonly onBehalfOf?: Party; readonly accounts: readonly Account[] };
  readonly intent?: { readonly reason: string; readonly ticket?: string; readonly task?: string };
  readonly approvals: readonly {
    readonly by: string;
    readonly at?: string;
    readonly decision?: string;
    readonly policy?: string;
  }[];
  /** `until` is filled in from `ttl` where the record has that. */
  readonly validity: { readonly from: string; readonly until: string };
  readonly revocation?: { readonly at: string; readonly by?: string; readonly reason?: string };
  readonly systems: readonly {
    readonly system: string;
    readonly revocationSource?: string;
    readonly required: boolean;
  }[];
  readonly credentials: readonly CredentialRecord[];
  readonly entitlements: readonly EntitlementRecord[];
  readonly placements: readonly PlacementRecord[];
  readonly baseline?: { readonly capturedAt: string; readonly file: string; readonly sha256: string };
  /** Where the record came from, for messages and for its own `file:` references. */
  readonly source: {
    readonly file: string;
    readonly directory: string;
    /** Where `metadata.id` stands, counted from 1. */
    readonly idAt?: { readonly line: number; readonly column: number };
  };
}

export interface Party {
  readonly kind: 'agent' | 'workload' | 'human';
  readonly id: string;
  readonly name?: string;
}

export interface Account {
  readonly system: string;
  readonly id: string;
  readonly name?: string;
}

interface Located {
  /** `<connector>/<noun>` */
  readonly kind: string;
  readonly system: string;
  /** Already parsed by the kind's own schema where its connector is installed. */
  readonly ref: unknown;
}

export interface CredentialRecord extends Located {
  readonly id: string;
  readonly issuedAt?: string;
  readonly expiresAt?: string;
  readonly derivedFrom?: string;
  readonly secret?: Secret;
}

export interface EntitlementRecord extends Located {
  readonly id: string;
  readonly before?: string;
}

export interface PlacementRecord extends Located {
  readonly credential: string;
}
