/** One thing that is wrong with a file a user wrote. Lines and columns count from 1. */
export interface Problem {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** `credentials[0].ref.accessor` */
  readonly field?: string;
  readonly message: string;
  /** What to do about it, where that is known. */
  readonly hint?: string;
}

/** Wrong use: a bad record, a bad configuration, a bad argument. Ends as exit code 2, without a stack. */
export class UsageError extends Error {
  readonly problems: readonly Problem[];

  constructor(message: string, problems: readonly Problem[] = []) {
    super(message);
    this.name = 'UsageError';
    this.problems = problems;
  }
}

/** Evidence that cannot be trusted: unreadable, incomplete, or changed. Ends as exit code 4. */
export class EvidenceError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EvidenceError';
  }
}
