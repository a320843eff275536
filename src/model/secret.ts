/**
 * A value that never prints. It knows the reference that names it (`env:BAO_TOKEN`), which may be
 * shown, and gives the value only to `reveal()`.
 */
export class Secret {
  readonly reference: string;
  #value: string | undefined;

  constructor(reference: string, value?: string) {
    this.reference = reference;
    this.#value = value;
  }

  /** Set once, by the resolver of references. */
  fill(value: string): void {
    this.#value = value;
  }

  get filled(): boolean {
    return this.#value !== undefined;
  }

  reveal(): string {
    if (this.#value === undefined) throw new Error(`the reference ${this.reference} was not resolved`);
    return this.#value;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[redacted]';
  }
}
