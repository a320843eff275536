import type { Problem } from '../model/errors.ts';
import { UsageError } from '../model/errors.ts';
import { quoted, secretShape } from './secret-shape.ts';
import type { Finding, Path, Spot } from './tree.ts';
import { maxFindings, offsetOf } from './tree.ts';

/** `credentials[0].ref.accessor`; a key that does not look like a name stands as `…`. */
export function fieldName(path: Path): string {
  let name = '';
  for (const step of path) {
    if (typeof step === 'number') name += `[${step}]`;
    else {
      const key = /^[A-Za-z_][\w-]*$/.test(step) && quoted(step, '') !== '' ? step : quoted(step, '…');
      name += name === '' ? key : `.${key}`;
    }
  }
  return name;
}

/** Gathers what is wrong with one text, with lines and columns, and says it once. */
export class Problems {
  readonly errors: Problem[] = [];
  readonly warnings: Problem[] = [];
  readonly #text: string;
  readonly #file: string;
  readonly #seen = new Set<string>();
  #lines: number[] | undefined;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  /** So many are wrong already that more would not help anybody. */
  get full(): boolean {
    return this.errors.length >= maxFindings;
  }

  add(findings: Iterable<Finding>, spot: Spot, severity: 'error' | 'warning' = 'error'): void {
    const list = severity === 'error' ? this.errors : this.warnings;
    for (const finding of findings) {
      if (list.length >= maxFindings) return;
      const { line, column } = this.position(
        finding.at ?? offsetOf(spot, finding.path, finding.onKey ?? false),
      );
      const field = fieldName(finding.path);
      const problem: Problem = {
        file: this.#file,
        line,
        column,
        ...(field === '' ? {} : { field }),
        message: clean(finding.message),
        ...(finding.hint === undefined ? {} : { hint: clean(finding.hint) }),
      };
      const same = JSON.stringify(problem);
      if (!this.#seen.has(same)) list.push(problem);
      this.#seen.add(same);
    }
  }

  /** Line and column of an offset, counted from 1. */
  position(offset: number): { readonly line: number; readonly column: number } {
    this.#lines ??= lineStarts(this.#text);
    let low = 0;
    let high = this.#lines.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#lines[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#lines[low] ?? 0) + 1 };
  }

  /** Throws when anything was an error. `what` says in a word or two what the text was meant to be. */
  refuse(what: string): void {
    if (this.errors.length === 0) return;
    const count = this.errors.length === 1 ? 'one problem' : `${this.errors.length} problems`;
    const more = this.full ? ` (the first ${maxFindings} are shown)` : '';
    throw new UsageError(`${what} ${this.#file} has ${count}${more}`, inOrder(this.errors));
  }
}

/** In the order of the file. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The last gate: whatever a message was made of, nothing that looks like a secret is printed. */
function clean(message: string): string {
  const shape = secretShape(message);
  return shape === undefined
    ? message
    : `this value is refused (it holds ${shape}, so the message is not shown)`;
}
