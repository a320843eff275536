import { kinds } from '../connectors/kinds.ts';
import { lookupOf } from './grant/kinds.ts';
import type { KindLookup } from './grant/kinds.ts';

/**
 * The kinds of the built-in connectors that these texts speak of, without the connectors: all that
 * reading a record needs.
 */
export async function kindsNamedIn(texts: readonly string[]): Promise<KindLookup> {
  const named = Object.entries(kinds).filter(([id]) => texts.some((text) => text.includes(`${id}/`)));
  const loaded = await Promise.all(named.map(([, load]) => load()));
  return lookupOf(loaded.flatMap((one) => one.kinds));
}
