import * as z from 'zod/mini';
import type { Kind } from '../../src/connector.ts';
import { oid } from './names.ts';
import { quoted } from './quoted.ts';

/** Classes of objects that a subject can leave behind. */
export const leftClass = z.enum([
  'table',
  'function',
  'schema',
  'type',
  'language',
  'database',
  'tablespace',
  'rule',
  'trigger',
  'policy',
  'default-privileges',
  'event-trigger',
  'publication',
  'subscription',
  'foreign-server',
  'foreign-data-wrapper',
  'user-mapping',
  'large-object',
  'replication-slot',
  'prepared-transaction',
]);
export type LeftClass = z.infer<typeof leftClass>;

/** Classes whose objects have no OID: a name is all that they have. */
export const unnumbered: ReadonlySet<LeftClass> = new Set(['replication-slot', 'prepared-transaction']);

/** Classes that every database shows, whichever the record names. */
export const clusterWide: ReadonlySet<LeftClass> = new Set([...unnumbered, 'database', 'tablespace']);

const objectRef = z
  .strictObject({
    database: z.string().check(z.minLength(1)),
    class: leftClass,
    oid: z.optional(oid),
    name: z.optional(z.string().check(z.regex(/^[^\p{Cc}\p{Cf}]+$/u, 'a name without control characters'))),
  })
  .check(
    z.superRefine((ref, context) => {
      const issue = (path: string, message: string) =>
        context.addIssue({ code: 'custom', path: [path], message });
      if (unnumbered.has(ref.class)) {
        if (ref.oid !== undefined) issue('oid', `a ${ref.class} has no oid: it is known by its name`);
        if (ref.name === undefined) issue('name', `a ${ref.class} is known by its name alone`);
      } else if (ref.oid === undefined && ref.name === undefined) {
        issue('oid', 'an object is known by its oid');
      }
    }),
  );
export type ObjectRef = z.infer<typeof objectRef>;

const drops: Readonly<Partial<Record<LeftClass, (ref: ObjectRef, what: string) => string>>> = {
  'large-object': ({ oid: id = 0 }) => `SELECT lo_unlink(${id});`,
  'replication-slot': (_ref, what) => `SELECT pg_drop_replication_slot(${literal(what)});`,
  'user-mapping': ({ database }, what) =>
    `DROP USER MAPPING FOR ${what.replace(' on server ', ' SERVER ')}; -- in the database ${quoted(database)}`,
  // `for role owner in schema reporting on tables`: the entries are what the finding names
  'default-privileges': ({ database }, what) =>
    `ALTER DEFAULT PRIVILEGES ${what.replace(/ on ([a-z ]+)$/, (_whole, of: string) => ` REVOKE ALL ON ${of.toUpperCase()} FROM …`)}; -- in the database ${quoted(database)}`,
  'prepared-transaction': ({ database }, what) =>
    `ROLLBACK PREPARED ${literal(what)}; -- in the database ${quoted(database)}`,
};

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** Something that the subject made or owned, and that stands by itself: it acts on when its maker is gone. */
export const object: Kind<ObjectRef> = {
  kind: 'postgres/object',
  title: 'PostgreSQL object',
  role: 'entitlement',
  ref: objectRef,
  example: { database: 'postgres', class: 'function', oid: 4_294_967_295 },
  needed: ['database', 'class', 'oid'],
  id: ({ database, class: of, oid: id, name }) =>
    unnumbered.has(of) ? `${of}/${name ?? ''}` : id === undefined ? undefined : `${database}/${of}/${id}`,
  label: ({ database, class: of, oid: id, name }) =>
    [of, name ?? [], id === undefined ? [] : `(oid ${id})`, `in ${database}`].flat().join(' '),
  requires: ['entitled'],
  killing: 'entitled',
  mints: () => false,
  horizon: 'PT0S',
  fix(ref) {
    const what = ref.name ?? `(the ${ref.class} of oid ${ref.oid ?? 0})`;
    const word = ref.class.replaceAll('-', ' ').toUpperCase();
    return (
      drops[ref.class]?.(ref, what) ?? `DROP ${word} ${what}; -- in the database ${quoted(ref.database)}`
    );
  },
};
