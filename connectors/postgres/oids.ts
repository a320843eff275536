/** Below it stands what initdb made; the counter never comes here again. Source: https://www.postgresql.org/docs/current/system-catalog-initial-data.html */
export const firstOid = 16_384;

/** Where the counter may come round to its beginning while a grant runs, no order is told. */
const lastTold = 2 ** 32 - 2 ** 30;

/**
 * Is a thing of this OID older than the marker, a role that the grant itself made? OIDs of the whole
 * cluster come from one counter, so the smaller one is the older, as long as the counter did not come
 * round in between: after a marker among the last billion that cannot be told, and nothing is older.
 * After an earlier round old things may look young, and never young ones old.
 */
export function older(oid: number | null, marker: number | undefined): boolean {
  if (oid === null) return false;
  if (oid < firstOid) return true;
  return marker !== undefined && marker < lastTold && oid < marker;
}
