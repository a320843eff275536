import type { Said } from './answer.ts';
import { data, errors } from './answer.ts';

/** The names in a folder, or the word for none. */
export function namesIn(things: ReadonlyMap<string, unknown>, query: URLSearchParams): Said {
  const after = query.get('after') ?? '';
  const keys = [...things.keys()].toSorted().filter((name) => name > after);
  return keys.length === 0 ? errors(404) : data({ keys });
}
