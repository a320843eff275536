import type { Kind } from '../connector.ts';

/** What `load` must know of the installed connectors. */
export interface KindLookup {
  /** By its whole name, `<connector>/<noun>`. */
  find(kind: string): Kind<unknown> | undefined;
  installed(connectorId: string): boolean;
  /** The nouns of an installed connector (`lease`, not `vault/lease`). */
  nouns(connectorId: string): readonly string[];
}
