/** What stood in a system before a grant: `tombstone capture` writes it. */
export interface Baseline {
  /** RFC 3339. */
  readonly capturedAt: string;
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
