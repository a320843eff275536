import * as z from 'zod/mini';

/** The longest name that PostgreSQL keeps: longer ones are cut silently (NAMEDATALEN - 1 bytes). */
const nameBytes = 63;

/** A role's name as `pg_roles` shows it. */
export const roleName = z.string().check(
  z.minLength(1),
  z.refine((name) => !name.includes('\0'), 'a role name has no NUL in it'),
  z.refine(
    (name) => Buffer.byteLength(name) <= nameBytes,
    `PostgreSQL cuts names after ${nameBytes} bytes: write the name as pg_roles shows it`,
  ),
);

/** An object id of PostgreSQL: 1 to 2^32 - 1. */
export const oid = z.int().check(z.minimum(1), z.maximum(4_294_967_295));

/** What a role may do beyond its privileges: with any of them it can make what outlives it. */
export const attribute = z.enum(['SUPERUSER', 'CREATEROLE', 'CREATEDB', 'REPLICATION', 'BYPASSRLS']);
export type Attribute = z.infer<typeof attribute>;
