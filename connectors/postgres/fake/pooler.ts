import type { FakeWorld } from './world.ts';

/** A pooler in front of the world, as PgBouncer 1.18 is one: it authenticates for itself. */
export interface FakePooler {
  /** `auth_file`: whom it knows itself, with the passwords that it was given. */
  readonly users: Map<string, string>;
  /** Does it look all others up in the server (`auth_query` over `pg_shadow`)? */
  asks: boolean;
  /** Users for whom it has a connection to the server open, whatever became of their password since. */
  readonly connected: Set<string>;
}

/** What it holds a login against: a password, none that fits, or the words that it refuses with at once. */
export function knownTo(
  { users, asks }: FakePooler,
  world: FakeWorld,
  user: string,
): { readonly password: string | undefined } | { readonly refused: string } {
  const kept = users.get(user);
  if (kept !== undefined || !asks) return { password: kept };
  const role = world.roles.find((one) => one.name === user);
  // pg_shadow shows roles that may log in
  return role?.login === true ? { password: role.password } : { refused: 'no such user' };
}

/** Why the server takes no login that the pooler makes for this user, in the server's words. */
export function refusedBehind(pooler: FakePooler, world: FakeWorld, user: string): string | undefined {
  const role = world.roles.find((one) => one.name === user);
  if (role !== undefined && pooler.connected.has(user)) return undefined;
  const { password } = { password: undefined, ...knownTo(pooler, world, user) };
  if (role === undefined || role.password !== password) {
    return `password authentication failed for user "${user}"`;
  }
  return role.login ? undefined : `role "${user}" is not permitted to log in`;
}
