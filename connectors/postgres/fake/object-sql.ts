import { actingStatements } from './acting-sql.ts';
import { SqlError } from './protocol.ts';
import type { FakeEntry, Named } from './objects.ts';
import type { FakeWorld } from './world.ts';

const word = '(?:"(?:[^"]|"")+"|[A-Za-z_][A-Za-z0-9_$]*)';
const path = `${word}(?:\\.${word})?`;
const keyword =
  '(table|sequence|schema|database|function|routine|large object|parameter|tablespace|foreign server|foreign data wrapper|server|language|type)';
const target = `(?:${keyword} )?(${path}|\\d+)(?:\\(([^)]*)\\))?`;

const classes: Readonly<Record<string, string>> = {
  routine: 'function',
  'large object': 'large-object',
  'foreign server': 'foreign-server',
  'foreign data wrapper': 'foreign-data-wrapper',
  server: 'foreign-server',
};
const inSchema = new Set(['table', 'sequence', 'function', 'type']);

const plain = (identifier: string): string =>
  identifier.startsWith('"') ? identifier.slice(1, -1).replaceAll('""', '"') : identifier.toLowerCase();

/** What a statement names: a class's keyword, a name, perhaps arguments. */
function named(given: string | undefined, name = '', args?: string): Named {
  const said = given?.toLowerCase() ?? 'table';
  const of = classes[said] ?? said;
  const parts = [...name.matchAll(new RegExp(word, 'g'))].map(([part]) => plain(part));
  if (!inSchema.has(of)) {
    const whole = of === 'parameter' ? name.toLowerCase() : (parts[0] ?? name);
    return { class: of, space: undefined, name: whole, args: undefined };
  }
  const [first = '', second] = parts;
  return {
    class: of,
    space: second === undefined ? 'public' : first,
    name: second ?? first,
    args: of === 'function' ? (args ?? '') : undefined,
  };
}

/** `SELECT, INSERT (a)` as privileges, with the one column that they are for. */
function rights(text: string): {
  readonly privileges: readonly string[];
  readonly column: string | undefined;
} {
  const [, list = text, column] = /^(.*?)\s*\(([^)]+)\)$/s.exec(text) ?? [];
  return {
    privileges: list.split(',').map((one) => one.trim().toUpperCase()),
    column: column === undefined ? undefined : plain(column.trim()),
  };
}

const roleOid = (world: FakeWorld, name: string): number =>
  name.toLowerCase() === 'public' ? 0 : world.role(plain(name)).oid;

type Run = (world: FakeWorld, found: RegExpExecArray) => string;

/** The few statements that make, move and give objects. They run as the bootstrap superuser. */
const statements: readonly (readonly [RegExp, Run])[] = [
  [
    new RegExp(`^grant (.+?) on ${target} to (${word})( with grant option)?$`, 'is'),
    (world, [, given = '', of, name, args, to = '', option]) => {
      const { privileges, column } = rights(given);
      const entries: FakeEntry[] = privileges.map((privilege) => ({
        grantee: roleOid(world, to),
        privilege,
        grantable: option !== undefined,
      }));
      world.objects.grant(named(of, name, args), entries, column);
      return 'GRANT';
    },
  ],
  [
    new RegExp(`^revoke (.+?) on ${target} from (${word})$`, 'is'),
    (world, [, given = '', of, name, args, from = '']) => {
      const { privileges, column } = rights(given);
      const entries = privileges.map((privilege) => ({ grantee: roleOid(world, from), privilege }));
      world.objects.revoke(named(of, name, args), entries, column);
      return 'REVOKE';
    },
  ],
  [
    new RegExp(`^create table (${path}) \\(([^)]*)\\)$`, 'is'),
    (world, [, name, columns = '']) => {
      world.objects.add({
        ...named('table', name),
        owner: 10,
        columns: columns.split(',').map((one) => plain(one.trim().split(/\s+/)[0] ?? '')),
      });
      return 'CREATE TABLE';
    },
  ],
  [
    new RegExp(`^create function (${path})\\(([^)]*)\\) returns (.+)$`, 'is'),
    (world, [, name, args, rest = '']) => {
      const traits = /security definer/i.test(rest) ? ['SECURITY DEFINER'] : [];
      world.objects.add({ ...named('function', name, args), owner: 10, traits });
      return 'CREATE FUNCTION';
    },
  ],
  [
    new RegExp(`^create type (${path}) as enum .+$`, 'is'),
    (world, [, name]) => {
      world.objects.add({ ...named('type', name), owner: 10 });
      return 'CREATE TYPE';
    },
  ],
  [
    new RegExp(`^create (sequence|schema|server) (${path})(?: foreign data wrapper ${word})?$`, 'is'),
    (world, [, of, name]) => {
      world.objects.add({ ...named(of, name), owner: 10 });
      return `CREATE ${of?.toUpperCase() ?? ''}`;
    },
  ],
  [
    new RegExp(`^create trusted language (${word}) handler ${word}$`, 'is'),
    (world, [, name]) => {
      world.objects.add({ ...named('language', name), owner: 10, traits: ['trusted'] });
      return 'CREATE LANGUAGE';
    },
  ],
  [
    new RegExp(`^create foreign data wrapper (${word})$`, 'i'),
    (world, [, name]) => {
      world.objects.add({ ...named('foreign data wrapper', name), owner: 10 });
      return 'CREATE FOREIGN DATA WRAPPER';
    },
  ],
  [
    new RegExp(
      `^alter default privileges for role (${word})(?: in schema (${word}))? (grant|revoke) (.+?) on (tables|sequences|functions|types|schemas|large objects) (?:to|from) (${word})$`,
      'is',
    ),
    (world, [, role = '', space, verb, given = '', of = '', to = '']) => {
      const grantee = roleOid(world, to);
      const wanted = rights(given).privileges;
      world.objects.changeDefaults(
        world.role(plain(role)).oid,
        of.toLowerCase().replace(/s$/, '').replace(' ', '-'),
        space === undefined ? undefined : plain(space),
        (acl) => [
          ...acl.filter((one) => one.grantee !== grantee || !wanted.includes(one.privilege)),
          ...(verb?.toLowerCase() === 'grant' ? wanted : []).map((privilege) => ({
            grantee,
            privilege,
            grantable: false,
          })),
        ],
      );
      return 'ALTER DEFAULT PRIVILEGES';
    },
  ],
  [
    new RegExp(`^alter table (${path}) enable row level security$`, 'i'),
    (world, [, name]) => {
      world.objects.get(named('table', name));
      return 'ALTER TABLE';
    },
  ],
  [
    /^select lo_create\((\d+)\)$/i,
    (world, [, oid = '']) => {
      world.objects.add({ class: 'large-object', name: oid, oid: Number(oid), owner: 10 });
      return 'SELECT 1';
    },
  ],
  [
    /^select lo_unlink\((\d+)\)$/i,
    (world, [, oid]) => {
      world.objects.drop(named('large object', oid));
      return 'SELECT 1';
    },
  ],
  [
    new RegExp(`^alter ${target} owner to (${word})$`, 'is'),
    (world, [, of, name, args, to = '']) => {
      const object = world.objects.get(named(of, name, args));
      const before = object.owner;
      object.owner = roleOid(world, to);
      object.writtenAt = world.now();
      // what the old owner held of its own, the new one holds
      object.acl = object.acl?.map((one) =>
        one.grantee === before ? { ...one, grantee: object.owner ?? 0 } : one,
      );
      return 'ALTER';
    },
  ],
  [
    new RegExp(`^alter ${target} rename to (${word})$`, 'is'),
    (world, [, of, name, args, to = '']) => {
      world.objects.rename(named(of, name, args), plain(to));
      return 'ALTER';
    },
  ],
  [
    new RegExp(`^alter table (${path}) rename (${word}) to (${word})$`, 'is'),
    (world, [, name, column = '', to = '']) => {
      const found = world.objects.get(named('table', name)).columns.find((one) => one.name === plain(column));
      if (found === undefined) throw new SqlError('42703', `column ${column} does not exist`);
      found.name = plain(to);
      return 'ALTER TABLE';
    },
  ],
  [
    new RegExp(`^drop ${keyword} (if exists )?(${path})(?:\\(([^)]*)\\))?$`, 'is'),
    (world, [, of, ifExists, name, args]) => {
      const one = named(of, name, args);
      const known = world.objects.all.some(
        (object) => object.class === one.class && object.name === one.name,
      );
      if (known || ifExists === undefined) world.objects.drop(one);
      return 'DROP';
    },
  ],
  [
    new RegExp(`^drop owned by (${word})$`, 'i'),
    (world, [, role = '']) => {
      world.objects.dropOwned(world.role(plain(role)).oid);
      return 'DROP OWNED';
    },
  ],
];

/** @returns the command's tag; undefined for a statement about something else. */
export function runAboutObjects(world: FakeWorld, sql: string): string | undefined {
  for (const [pattern, run] of [...actingStatements, ...statements]) {
    const found = pattern.exec(sql);
    if (found !== null) return run(world, found);
  }
  return undefined;
}
