/**
 * What is known of a request's context, by the key in lower case. An empty list: known to be absent.
 * A key that is missing here is not known, which is something else.
 * `prefix/*` with an empty list: of this family no other key is there.
 */
export type Context = ReadonlyMap<string, readonly string[]>;

/** `null` for what is known to be absent. */
export function contextOf(facts: Readonly<Record<string, string | readonly string[] | null>>): Context {
  return new Map(
    Object.entries(facts).map(([key, value]) => [
      key.toLowerCase(),
      value === null ? [] : typeof value === 'string' ? [value] : value,
    ]),
  );
}

/** The values of a key, none where it is known to be absent, undefined where nobody knows. */
export function held(context: Context, key: string): readonly string[] | undefined {
  const name = key.toLowerCase();
  const slash = name.indexOf('/');
  return context.get(name) ?? (slash < 0 ? undefined : context.get(`${name.slice(0, slash)}/*`));
}
