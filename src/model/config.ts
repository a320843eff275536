import type { Policy } from './dossier.ts';

/** `tombstone.yaml`, decoded: the page "The configuration" in docs/ says what each field means. */
export interface Configuration {
  readonly file: string;
  readonly directory: string;
  readonly systems: ReadonlyMap<string, SystemConfig>;
  readonly policy: Policy;
  /** Packages from outside, by name. */
  readonly connectors: readonly string[];
}

export interface SystemConfig {
  readonly name: string;
  readonly connector: string;
  /** The connector's own fields, parsed by its own schema; secrets in it are filled. */
  readonly config: unknown;
  /** Pinned instance. */
  readonly instance?: string;
  readonly limits: Limits;
  /** Where its name stands in the file, counted from 1. */
  readonly at?: { readonly line: number; readonly column: number };
}

export interface Limits {
  readonly requestsPerSecond: number;
  readonly concurrency: number;
  /** Milliseconds for one request, from its first byte out to its last byte in. */
  readonly timeoutMs: number;
}

export const defaultLimits: Limits = { requestsPerSecond: 20, concurrency: 8, timeoutMs: 10_000 };
