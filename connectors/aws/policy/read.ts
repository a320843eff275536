/** Something in a document that is not understood, in words, with its place. */
export interface Flawed {
  readonly flaw: string;
}

export const flawed = (flaw: string): Flawed => ({ flaw });

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One string or a list of at least one. */
export function strings(value: unknown): readonly string[] | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) return undefined;
  const found = list.filter((one) => typeof one === 'string');
  return found.length === list.length ? found : undefined;
}
