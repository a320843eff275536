import * as z from 'zod/mini';
import { quoted } from './quoted.ts';

/** Classes of objects that carry privileges, as records call them. */
export const objectClass = z.enum([
  'table',
  'column',
  'sequence',
  'schema',
  'database',
  'function',
  'large-object',
  'parameter',
  'tablespace',
  'foreign-server',
  'foreign-data-wrapper',
  'language',
  'type',
  'default',
]);
export type ObjectClass = z.infer<typeof objectClass>;

/** The privileges that each class knows. Source: https://www.postgresql.org/docs/current/ddl-priv.html */
export const privilegesOf = {
  table: ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN'],
  column: ['SELECT', 'INSERT', 'UPDATE', 'REFERENCES'],
  sequence: ['SELECT', 'UPDATE', 'USAGE'],
  schema: ['CREATE', 'USAGE'],
  database: ['CREATE', 'CONNECT', 'TEMPORARY'],
  function: ['EXECUTE'],
  'large-object': ['SELECT', 'UPDATE'],
  parameter: ['SET', 'ALTER SYSTEM'],
  tablespace: ['CREATE'],
  'foreign-server': ['USAGE'],
  'foreign-data-wrapper': ['USAGE'],
  language: ['USAGE'],
  type: ['USAGE'],
  // those of the class whose future objects they are for
  default: [],
} as const satisfies Record<ObjectClass, readonly string[]>;

/** Classes of which a role can say who gets what on objects that do not exist yet, and how `ALTER DEFAULT PRIVILEGES` calls them. */
const future = {
  table: 'TABLES',
  sequence: 'SEQUENCES',
  function: 'ROUTINES',
  type: 'TYPES',
  schema: 'SCHEMAS',
  'large-object': 'LARGE OBJECTS',
} as const satisfies Partial<Record<ObjectClass, string>>;
const isFuture = (text: string | undefined): text is keyof typeof future =>
  text !== undefined && text in future;

/** The privileges that can be held on it. */
export function privilegesOn({ class: of, part }: ObjectName): readonly string[] {
  return of === 'default' && isFuture(part) ? privilegesOf[part] : privilegesOf[of];
}

/** Classes that a cluster has once, whichever database is asked. */
export const shared: ReadonlySet<ObjectClass> = new Set(['database', 'parameter', 'tablespace']);

/**
 * What an object is called: `space.name` with its column or its arguments as `part`. Of default
 * privileges: the role whose objects they will be, the schema, and as `part` the class.
 */
export interface ObjectName {
  readonly class: ObjectClass;
  readonly space: string | undefined;
  readonly name: string;
  readonly part: string | undefined;
}

/** How a class is called in `GRANT … ON`. */
const keywords: Readonly<Record<ObjectClass, string>> = {
  table: 'TABLE',
  column: 'TABLE',
  sequence: 'SEQUENCE',
  schema: 'SCHEMA',
  database: 'DATABASE',
  function: 'ROUTINE',
  'large-object': 'LARGE OBJECT',
  parameter: 'PARAMETER',
  tablespace: 'TABLESPACE',
  'foreign-server': 'FOREIGN SERVER',
  'foreign-data-wrapper': 'FOREIGN DATA WRAPPER',
  language: 'LANGUAGE',
  type: 'TYPE',
  default: 'DEFAULT',
};

/** Names that stand in a schema, and how many parts theirs have. */
const parts: Readonly<Partial<Record<ObjectClass, number>>> = {
  table: 2,
  column: 3,
  sequence: 2,
  function: 2,
  type: 2,
};

/**
 * Reads `schema.table` or `<class> <name>`. A part without quotes must be what PostgreSQL would fold
 * it to anyway: whoever writes `public.Ledger` may mean two different tables.
 *
 * @returns a text for people where it is neither.
 */
export function readObject(text: string): ObjectName | string {
  const [, word, rest = text] = /^([a-z]+(?:-[a-z]+)*) +(.+)$/s.exec(text) ?? [];
  const found = objectClass.safeParse(word ?? 'table');
  if (!found.success) {
    return `"${word}" is no class of objects: write schema.table, or one of ${objectClass.options.join(', ')} and the name`;
  }
  const of = found.data;
  if (of === 'large-object') {
    return /^[1-9]\d{0,9}$/.test(rest)
      ? { class: of, space: undefined, name: rest, part: undefined }
      : 'a large object is named by its oid';
  }
  if (of === 'parameter') {
    return /^[a-z_][a-z0-9_$]*(?:\.[a-z_][a-z0-9_$]*)*$/.test(rest)
      ? { class: of, space: undefined, name: rest, part: undefined }
      : 'a parameter is written in lower case';
  }
  if (of === 'default') return readDefault(rest);
  const call = of === 'function' ? /^(.+?)\((.*)\)$/s.exec(rest) : undefined;
  if (call === null)
    return 'a function is written with the types of its arguments: schema.name(integer, text)';
  const names = identifiers(call?.[1] ?? rest);
  if (typeof names === 'string') return names;
  const wanted = parts[of] ?? 1;
  const [first, second, third] = names;
  if (names.length !== wanted || first === undefined) {
    const form =
      { 2: of === 'table' ? 'schema.table' : 'schema.name', 3: 'schema.table.column' }[wanted] ?? 'name';
    return `a ${of} is written ${of === 'table' ? '' : `${of} `}${form}`;
  }
  if (second === undefined) return { class: of, space: undefined, name: first, part: undefined };
  return {
    class: of,
    space: first,
    name: second,
    part: call === undefined ? third : types(call[2] ?? ''),
  };
}

/** `table of app_owner in schema reporting`. */
function readDefault(text: string): ObjectName | string {
  const part = '("(?:[^"]|"")+"|[^".\\s]+)';
  const [, word, role = '', schema] =
    new RegExp(`^([a-z-]+) of ${part}(?: in schema ${part})?$`, 's').exec(text) ?? [];
  if (!isFuture(word)) {
    return `default privileges are written default <class> of <role>, or with "in schema <schema>" behind it; the class is one of ${Object.keys(future).join(', ')}`;
  }
  if (schema !== undefined && (word === 'schema' || word === 'large-object')) {
    return `default privileges on a ${word} are for no schema`;
  }
  const [names, spaces] = [identifiers(role), schema === undefined ? [] : identifiers(schema)];
  if (typeof names === 'string') return names;
  if (typeof spaces === 'string') return spaces;
  return { class: 'default', space: spaces[0], name: names[0] ?? '', part: word };
}

/** `a."B c".d` as its parts. */
function identifiers(text: string): readonly string[] | string {
  const found: string[] = [];
  const part = /(?:"((?:[^"]|"")+)"|([^".\s]+))(\.|$)/suy;
  for (let at = 0; at < text.length; at = part.lastIndex) {
    part.lastIndex = at;
    const [, quoted, plain, end] = part.exec(text) ?? [];
    if (end === undefined) return `"${text}" is no name: quote parts that hold spaces, dots or quotes`;
    if (plain !== undefined && !/^[\p{Ll}\p{Lo}_][\p{Ll}\p{Lo}\d_$]*$/u.test(plain)) {
      return `put "${plain}" in double quotes: PostgreSQL reads it in lower case otherwise`;
    }
    found.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '.' && part.lastIndex === text.length) return `"${text}" ends with a dot`;
  }
  return found;
}

/** Short names of types, and what `format_type` calls them. Source: https://www.postgresql.org/docs/current/datatype.html */
const aliases: Readonly<Record<string, string>> = {
  int: 'integer',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  bool: 'boolean',
  float4: 'real',
  float8: 'double precision',
  decimal: 'numeric',
  varchar: 'character varying',
  char: 'character',
  varbit: 'bit varying',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  time: 'time without time zone',
  timetz: 'time with time zone',
};

/** The types of arguments as `oidvectortypes` writes them while only `pg_catalog` is searched. */
function types(text: string): string {
  return text
    .split(',')
    .map((one) => one.trim().replace(/\s+/g, ' '))
    .filter((one) => one !== '')
    .map((one) => {
      const [, name = one, brackets = ''] = /^(.*?)(\[\])?$/s.exec(one) ?? [];
      const bare = name.replace(/^pg_catalog\./, '');
      return `${aliases[bare] ?? bare}${brackets}`;
    })
    .join(', ');
}

const plainName = /^[a-z_][a-z0-9_$]*$/;

/** An identifier as SQL takes it: quoted only where it must be. */
const written = (name: string) => (plainName.test(name) ? name : quoted(name));

/** The name as `GRANT … ON` takes it, a column's without the column. */
export function inSql({ class: of, space, name, part }: ObjectName): string {
  if (of === 'large-object' || of === 'parameter') return name;
  const qualified = [space ?? [], name].flat().map(written).join('.');
  return of === 'function' ? `${qualified}(${part ?? ''})` : qualified;
}

/** One spelling for one object: with its class, quoted where needed. */
export function shown(object: ObjectName): string {
  const { class: of, space, name, part } = object;
  if (of === 'default') {
    return `default ${part ?? ''} of ${written(name)}${space === undefined ? '' : ` in schema ${written(space)}`}`;
  }
  return `${of} ${inSql(object)}${of === 'column' ? `.${written(part ?? '')}` : ''}`;
}

/** The statement that takes the rights back. */
export function revocation(object: ObjectName, privileges: readonly string[], from: string): string {
  const { class: of, space, name, part } = object;
  if (of === 'default' && isFuture(part)) {
    const where = space === undefined ? '' : ` IN SCHEMA ${quoted(space)}`;
    return `ALTER DEFAULT PRIVILEGES FOR ROLE ${quoted(name)}${where} REVOKE ${privileges.join(', ')} ON ${future[part]} FROM ${from};`;
  }
  const column = of === 'column' ? ` (${quoted(part ?? '')})` : '';
  const rights = privileges.map((one) => `${one}${column}`).join(', ');
  return `REVOKE ${rights} ON ${keywords[of]} ${inSql(object)} FROM ${from};`;
}
