import { runAboutJobs } from './jobs.ts';
import { runAboutObjects } from './object-sql.ts';
import { SqlError } from './protocol.ts';
import type { FakeWorld, RoleChange } from './world.ts';

const name = '("(?:[^"]|"")+"|[A-Za-z_][A-Za-z0-9_$]*)';

const plain = (identifier: string | undefined): string =>
  identifier?.startsWith('"') === true
    ? identifier.slice(1, -1).replaceAll('""', '"')
    : (identifier ?? '').toLowerCase();

const text = (literal: string | undefined): string => (literal ?? '').slice(1, -1).replaceAll("''", "'");

type Run = (world: FakeWorld, found: RegExpExecArray) => string;

/** The few statements with which brokers make and end logins. */
const statements: readonly (readonly [RegExp, Run])[] = [
  [/^select 1$/i, () => 'SELECT 1'],
  [
    /^alter system set track_commit_timestamp = (on|off)$/i,
    (world, [, value]) => {
      world.keepsInstants = value?.toLowerCase() === 'on';
      return 'ALTER SYSTEM';
    },
  ],
  [
    new RegExp(`^create (?:role|user) (?!mapping )${name}\\s*(.*)$`, 'is'),
    (world, [whole, role, rest = '']) => {
      const groups: string[] = [];
      const change: RoleChange = /^create user/i.test(whole) ? { login: true } : {};
      readOptions(rest, change, groups);
      world.createRole(plain(role), { ...change, in: groups });
      return 'CREATE ROLE';
    },
  ],
  [
    new RegExp(`^drop (?:role|user) (?!mapping )(if exists )?${name}$`, 'i'),
    (world, [, ifExists, role]) => {
      const known = world.roles.some((one) => one.name === plain(role));
      if (known || ifExists === undefined) world.dropRole(plain(role));
      return 'DROP ROLE';
    },
  ],
  [
    new RegExp(`^alter (?:role|user) ${name} rename to ${name}$`, 'i'),
    (world, [, role, to]) => {
      world.alterRole(plain(role), { name: plain(to) });
      return 'ALTER ROLE';
    },
  ],
  [
    new RegExp(`^alter (?:role|user) ${name}\\s+(.*)$`, 'is'),
    (world, [, role, rest = '']) => {
      const change: RoleChange = {};
      readOptions(rest, change, []);
      world.alterRole(plain(role), change);
      return 'ALTER ROLE';
    },
  ],
  [
    new RegExp(`^grant execute on function pg_catalog\\.pg_hba_file_rules\\(\\) to ${name}$`, 'i'),
    (world, [, role]) => {
      world.permit('EXECUTE pg_hba_file_rules', plain(role));
      return 'GRANT';
    },
  ],
  [
    /^(grant|revoke) execute on function pg_catalog\.pg_prepared_xact\(\) (?:to|from) public$/i,
    (world, [, verb]) => {
      if (verb?.toLowerCase() === 'grant') world.permit('EXECUTE pg_prepared_xact', 'public');
      else world.deny('EXECUTE pg_prepared_xact', 'public');
      return 'GRANT';
    },
  ],
  [
    new RegExp(`^grant ${name} to ${name}(?: with (.*?))?(?: granted by ${name})?$`, 'i'),
    (world, [, role, member, options = '', by]) => {
      const on = (option: string, otherwise: boolean) => {
        const said = new RegExp(`\\b${option}\\b(?: (option|true|false))?`, 'i').exec(options);
        return said === null ? otherwise : said[1]?.toLowerCase() !== 'false';
      };
      const inherit = on('inherit', world.role(plain(member)).inherit);
      world.grant(plain(role), plain(member), {
        inherit,
        set: on('set', true),
        admin: on('admin', false),
        ...(by === undefined ? {} : { grantor: world.role(plain(by)).oid }),
      });
      return 'GRANT ROLE';
    },
  ],
  [
    new RegExp(`^revoke ${name} from ${name}(?: granted by ${name})?$`, 'i'),
    (world, [, role, member]) => {
      world.revoke(plain(role), plain(member));
      return 'REVOKE ROLE';
    },
  ],
];

/**
 * Runs one statement of a broker.
 *
 * @returns the command's tag; undefined for a statement that the fake does not know.
 */
export function runForBroker(world: FakeWorld, sql: string): string | undefined {
  const one = sql.trim().replace(/;$/, '').trim();
  for (const [pattern, run] of statements) {
    const found = pattern.exec(one);
    if (found !== null) return run(world, found);
  }
  return runAboutJobs(world, one) ?? runAboutObjects(world, one);
}

/** `LOGIN PASSWORD 'x' VALID UNTIL '…' IN ROLE a, b`: option by option, in any order. */
function readOptions(rest: string, change: RoleChange, groups: string[]): void {
  let left = rest.trim().replace(/^with\s+/i, '');
  while (left !== '') {
    const before = left;
    for (const [pattern, read] of options) {
      const found = new RegExp(`^${pattern}(?:\\s+|$)`, 'i').exec(left);
      if (found === null) continue;
      read(change, found, groups);
      left = left.slice(found[0].length);
      break;
    }
    if (left === before)
      throw new SqlError(
        '42601',
        `syntax error at or near "${left.split(/\s/)[0] ?? ''}"`,
        'scanner_yyerror',
      );
  }
}

type ReadOption = (change: RoleChange, found: RegExpExecArray, groups: string[]) => void;

const options: readonly (readonly [string, ReadOption])[] = [
  ['(no)?login', (change, [, no]) => (change.login = no === undefined)],
  ['(no)?inherit', (change, [, no]) => (change.inherit = no === undefined)],
  ['(no)?superuser', (change, [, no]) => (change.superuser = no === undefined)],
  ['(no)?replication', (change, [, no]) => (change.replication = no === undefined)],
  ['(no)?createrole', (change, [, no]) => (change.createrole = no === undefined)],
  ['(no)?createdb', (change, [, no]) => (change.createdb = no === undefined)],
  ['(no)?bypassrls', (change, [, no]) => (change.bypassrls = no === undefined)],
  ["(?:encrypted )?password ('(?:[^']|'')*')", (change, [, value]) => (change.password = text(value))],
  ['(?:encrypted )?password null', (change) => (change.password = undefined)],
  ["valid until ('(?:[^']|'')*')", (change, [, value]) => (change.validUntil = moment(text(value)))],
  ['connection limit (-?\\d+)', (change, [, value]) => (change.connections = Number(value))],
  [
    `in role (${name}(?:\\s*,\\s*${name})*)`,
    (_change, [, value = ''], groups) => groups.push(...value.split(/\s*,\s*/).map(plain)),
  ],
];

function moment(value: string): number {
  if (value === 'infinity') return Infinity;
  // PostgreSQL writes the zone as +00; a date alone is midnight in the server's zone, here UTC
  const ms = Date.parse(
    /[zZ]$|[+-]\d{2}(?::?\d{2})?$/.test(value.slice(10))
      ? value.replace(/([+-]\d{2})$/, '$1:00')
      : `${value}Z`,
  );
  if (Number.isNaN(ms))
    throw new SqlError('22007', `invalid input syntax for type timestamp with time zone: "${value}"`);
  return ms;
}
