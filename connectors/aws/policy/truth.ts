/**
 * Kleene's three values. What nobody could evaluate is carried by name (a condition key, a flaw of a
 * document), so that an unknown never turns into a yes or a no on its way up.
 */
export type Truth = 'yes' | 'no' | Unknown;

export interface Unknown {
  readonly unknown: readonly string[];
}

export const unknown = (...names: readonly string[]): Unknown => ({ unknown: names });

export const truth = (is: boolean): Truth => (is ? 'yes' : 'no');

export const not = (of: Truth): Truth => (of === 'yes' ? 'no' : of === 'no' ? 'yes' : of);

/** A certain no wins, then an unknown. */
export function every(...of: readonly Truth[]): Truth {
  if (of.includes('no')) return 'no';
  return unknownIn(of) ?? 'yes';
}

/** A certain yes wins, then an unknown. */
export function some(...of: readonly Truth[]): Truth {
  if (of.includes('yes')) return 'yes';
  return unknownIn(of) ?? 'no';
}

function unknownIn(of: readonly Truth[]): Unknown | undefined {
  const names = of.flatMap((one) => (typeof one === 'object' ? one.unknown : []));
  return names.length === 0 ? undefined : { unknown: [...new Set(names)] };
}
