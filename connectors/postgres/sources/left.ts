import { failed, inconclusive } from '../../../src/connector.ts';
import type { Raw, Sibling, Source } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { clusterWide, leftClass } from '../object.ts';
import type { LeftClass } from '../object.ts';
import { leftQuery } from './left-query.ts';
import type { LeftRow } from './left-query.ts';

/** An object by its class and OID; by its name as well, where the record gives it. */
export interface LeftKey {
  readonly class: LeftClass;
  readonly oid?: number | undefined;
  readonly name?: string | undefined;
  /** Of the configured database where it is missing. */
  readonly database?: string | undefined;
}

/**
 * Objects of the connected database; slots, prepared transactions, databases and tablespaces of the whole cluster.
 * `'nothing'`: no row of the class has that OID, and none has that name. Everybody may read these
 * catalogs, and the server refuses the whole statement where one of them was closed.
 *
 * Source: https://www.postgresql.org/docs/current/catalogs.html
 */
export const left: Source<PostgresClient, LeftKey, readonly LeftRow[]> = {
  id: 'postgres/objects',
  scope: ({ class: of, database }) => `${of} ${clusterWide.has(of) ? '' : (database ?? '')}`,
  name: nameOf,
  answers: (rows, key) => rows.length > 0 && rows.every((one) => isAbout(one, key)),
  siblings: (_client, scope) => Promise.resolve(builtIn(leftClass.parse(scope.slice(0, scope.indexOf(' '))))),
  async some(client, keys, signal) {
    const asked = keys.map((key) => ({
      asked: nameOf(key),
      class: key.class,
      oid: key.oid ?? null,
      name: key.name ?? null,
    }));
    const answer = await client.ask(leftQuery, [JSON.stringify(asked)], signal);
    if (failed(answer)) return answer;
    return keys.map((key): Raw<readonly LeftRow[]> => {
      const { database } = key;
      if (database !== undefined && database !== client.database && !clusterWide.has(key.class)) {
        return inconclusive(
          'R-SCOPE',
          `the object is in the database ${database}, and the configured url leads to another`,
          `a system of its own whose url names the database ${database}`,
        );
      }
      const rows = answer.rows.filter((one) => isAbout(one, key));
      return rows.length === 0 ? 'nothing' : { value: rows };
    });
  },
};

function nameOf({ class: of, oid, name, database }: LeftKey): string {
  const parts = [
    of,
    name ?? [],
    oid === undefined ? [] : `(oid ${oid})`,
    database === undefined ? [] : ['in', database],
  ];
  return JSON.stringify(parts.flat(2).join(' '));
}

function isAbout(one: LeftRow, key: LeftKey): boolean {
  return (
    one.asked === nameOf(key) &&
    one.class === key.class &&
    (one.by === 'oid' ? one.oid === key.oid : one.name === key.name)
  );
}

/** Rows that initdb makes under OIDs that are the same everywhere, and that nobody can drop. */
function builtIn(of: LeftClass): readonly Sibling<LeftKey>[] {
  const table: LeftKey = { class: 'table', oid: 1259, name: 'pg_catalog.pg_class' };
  const own: Readonly<Partial<Record<LeftClass, LeftKey>>> = {
    function: { class: 'function', oid: 3441, name: 'pg_catalog.pg_control_system()' },
    schema: { class: 'schema', oid: 11, name: 'pg_catalog' },
    type: { class: 'type', oid: 23, name: 'integer' },
    tablespace: { class: 'tablespace', oid: 1663, name: 'pg_default' },
  };
  return [own[of] ?? [], table].flat().map((key) => ({ key, chosen: 'own' }));
}
