import type { Kind } from '../connector.ts';

/** What `load` must know of the installed connectors. */
export interface KindLookup {
  /** By its whole name, `<connector>/<noun>`. */
  find(kind: string): Kind<unknown> | undefined;
  installed(connectorId: string): boolean;
  /** The nouns of an installed connector (`lease`, not `vault/lease`). */
  nouns(connectorId: string): readonly string[];
}

/** What `load` must know, from the kinds alone: a connector names all of its kinds `<connector>/<noun>`. */
export function lookupOf(kinds: readonly Kind<unknown>[]): KindLookup {
  const byName = new Map(kinds.map((kind) => [kind.kind, kind]));
  const nouns = (id: string) =>
    kinds.filter(({ kind }) => kind.startsWith(`${id}/`)).map(({ kind }) => kind.slice(id.length + 1));
  return { find: (kind) => byName.get(kind), installed: (id) => nouns(id).length > 0, nouns };
}
