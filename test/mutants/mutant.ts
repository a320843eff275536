/** One safeguard less. `cut` stands exactly once in the file; `put` takes its place; one of `tests` must fail. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly cut: string;
  readonly put: string;
  readonly tests: readonly string[];
}
