import * as z from 'zod/mini';
import type { Kind, Some } from '../../src/connector.ts';

// source: https://redis.io/docs/latest/commands/acl-setuser/
const userName = z
  .string()
  .check(z.regex(/^[^\s\p{Cc}]{1,512}$/u, 'the name of an ACL user, without spaces'));

const aclUserRef = z.strictObject({
  name: userName,
  /** SHA-256 of its password, as `ACL GETUSER` shows it: the hunt then knows other users that take it. */
  passwordSha256: z.optional(z.string().check(z.regex(/^[0-9a-f]{64}$/, 'SHA-256, 64 hex digits'))),
  /** What it and its selectors could run, as `ACL GETUSER` shows it: `-@all +@read`. Without it, it could have made anything. */
  commands: z.optional(z.string()),
});
export type AclUserRef = z.infer<typeof aclUserRef>;

/**
 * Redis gives its users no id and no way to be renamed: the name is all there is. Nothing under the
 * name, and what bore it is gone; something under it is called alive, whoever made it.
 */
export const aclUser: Kind<AclUserRef> = {
  kind: 'redis/acl-user',
  title: 'Redis ACL user',
  role: 'credential',
  ref: aclUserRef,
  example: { name: 'tombstone-example' },
  needed: ['name'],
  id: ({ name }) => name,
  label: ({ name }) => name,
  requires: ['authenticates', 'in-flight', 'authorises'],
  killing: 'authenticates',
  mints: () => false,
  horizon: 'PT0S',
  fix: ({ name }) => `ACL DELUSER ${name}, then ACL SAVE (CONFIG REWRITE where there is no aclfile)`,
};

const sessionRef = z.strictObject({
  user: userName,
  /** `id` of `CLIENT LIST`. */
  id: z.int().check(z.minimum(1)),
});
export type SessionRef = z.infer<typeof sessionRef>;

/** One connection, by the user it authenticated as. Its id is never used twice while the server runs. */
export const session: Kind<SessionRef> = {
  kind: 'redis/session',
  title: 'Redis connection',
  role: 'credential',
  ref: sessionRef,
  example: { user: 'tombstone-example', id: Number.MAX_SAFE_INTEGER },
  needed: ['user', 'id'],
  id: ({ user, id }) => `${user}/${id}`,
  label: ({ user, id }) => `connection ${id} of ${user}`,
  requires: ['in-flight'],
  killing: 'in-flight',
  mints: () => false,
  horizon: 'PT0S',
  fix: ({ id }) => `CLIENT KILL ID ${id}`,
};

export const kinds: Some<Kind<unknown>> = [aclUser, session];
