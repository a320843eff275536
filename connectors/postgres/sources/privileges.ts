import { failed, inconclusive } from '../../../src/connector.ts';
import type { Raw, Sibling, Source } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { objectClass, shared, shown } from '../objects.ts';
import type { ObjectClass, ObjectName } from '../objects.ts';
import { privilegeQuery } from './privilege-query.ts';
import type { PrivilegeRow } from './privilege-query.ts';

/** Who may do what to which object. */
export interface PrivilegeKey {
  readonly grantee: number;
  readonly granteeName?: string | undefined;
  readonly object: ObjectName;
  readonly objectOid?: number | undefined;
  readonly privileges: readonly string[];
  /** The database that the record names; of the configured one where it names none. */
  readonly database?: string | undefined;
}

/**
 * Privileges on objects of the connected database, by every way on which the grantee has them.
 * `'nothing'`: it has none of them, neither by an entry of its own nor as an owner, by `PUBLIC`, by a
 * role that it can use, as a superuser or by a predefined role; and no object that it has them on could
 * be the recorded one under a new name. Everybody may read these catalogs, and the server refuses the
 * whole statement where one of them was closed: so a row of one class shows that all could be read.
 *
 * Source: https://www.postgresql.org/docs/current/ddl-priv.html
 */
export const privileges: Source<PostgresClient, PrivilegeKey, readonly PrivilegeRow[]> = {
  id: 'postgres/privileges',
  scope: ({ object, database }) => `${object.class} ${isShared(object) ? '' : (database ?? '')}`,
  name: nameOf,
  answers: (rows, key) => rows.length > 0 && rows.every((one) => isAbout(one, key)),
  siblings: (client, scope) =>
    Promise.resolve(builtIn(objectClass.parse(scope.slice(0, scope.indexOf(' '))), client.database)),
  async some(client, keys, signal) {
    const asked = keys.map((key) => ({
      asked: nameOf(key),
      grantee: key.grantee,
      granteeName: key.granteeName ?? null,
      class: key.object.class,
      space: key.object.space ?? null,
      name: key.object.name,
      part: key.object.part ?? null,
      oid: key.objectOid ?? null,
      wanted: key.privileges,
    }));
    const answer = await client.ask(privilegeQuery, [JSON.stringify(asked)], signal);
    if (failed(answer)) return answer;
    return keys.map((key): Raw<readonly PrivilegeRow[]> => {
      const { database, object } = key;
      if (database !== undefined && database !== client.database && !isShared(object)) {
        return inconclusive(
          'R-SCOPE',
          `the privilege is in the database ${database}, and the configured url leads to another`,
          `a system of its own whose url names the database ${database}`,
        );
      }
      const rows = answer.rows.filter((one) => isAbout(one, key));
      return rows.length === 0 ? 'nothing' : { value: rows };
    });
  },
};

const isShared = ({ class: of }: ObjectName) => shared.has(of);

function nameOf({ grantee, granteeName, object, objectOid, privileges, database }: PrivilegeKey): string {
  const on = `${shown(object)}${objectOid === undefined ? '' : ` (oid ${objectOid})`}`;
  const of = `oid ${grantee}${granteeName === undefined ? '' : ` ${granteeName}`}`;
  return JSON.stringify(
    [privileges.join(', '), 'on', on, database === undefined ? [] : ['in', database], 'for', of]
      .flat()
      .join(' '),
  );
}

function isAbout(one: PrivilegeRow, key: PrivilegeKey): boolean {
  return (
    one.asked === nameOf(key) &&
    one.class === key.object.class &&
    key.privileges.includes(one.privilege) &&
    (one.grantee === key.grantee) === (one.pair === 'recorded')
  );
}

/** Owner of everything that initdb makes, under an OID that is the same everywhere. */
const bootstrap = 10;

/** What nobody can drop, by class; where initdb makes nothing of a class, a table of the same answer. */
function builtIn(of: ObjectClass, database: string): readonly Sibling<PrivilegeKey>[] {
  const table = made('SELECT', 'pg_class', 'pg_catalog');
  const own = of === 'database' ? made('CONNECT', database) : ofClass[of];
  return [own === undefined ? [] : sibling(of, own), sibling('table', table)].flat();
}

function sibling(of: ObjectClass, { privilege, ...object }: BuiltIn): Sibling<PrivilegeKey> {
  const key = { grantee: bootstrap, object: { class: of, ...object }, privileges: [privilege] };
  return { key, chosen: 'own' };
}

interface BuiltIn {
  readonly space: string | undefined;
  readonly name: string;
  readonly part: string | undefined;
  readonly privilege: string;
}
const made = (privilege: string, name: string, space?: string, part?: string): BuiltIn => ({
  privilege,
  name,
  space,
  part,
});

const ofClass: Readonly<Partial<Record<ObjectClass, BuiltIn>>> = {
  column: made('SELECT', 'pg_class', 'pg_catalog', 'relname'),
  schema: made('USAGE', 'pg_catalog'),
  function: made('EXECUTE', 'pg_control_system', 'pg_catalog', ''),
  type: made('USAGE', 'int4', 'pg_catalog'),
  language: made('USAGE', 'internal'),
  tablespace: made('CREATE', 'pg_default'),
  default: made('SELECT', 'pg_monitor', undefined, 'table'),
};
