/** What stood before a grant: `tombstone capture` writes it, the record names it. */
export interface Baseline {
  /** When the last answer was in, by the servers' clocks. RFC 3339. */
  readonly capturedAt: string;
  /** Which instance each system was: what stood in another one excuses nothing. */
  readonly instances: Readonly<Record<string, string>>;
  readonly entries: readonly BaselineEntry[];
}

export interface BaselineEntry {
  readonly system: string;
  /** `<connector>/<noun>` */
  readonly kind: string;
  /** Immutable id in its system. */
  readonly id: string;
  /** SHA-256 of what stood, hex: a right that grew under an old id is another. */
  readonly digest: string;
}
