import { failed, inconclusive, z } from '../../src/connector.ts';
import type { Failure, Sibling, Source, Some } from '../../src/connector.ts';
import type { Question, RedisClient } from './client.ts';

// ── users ───────────────────────────────────────────────────────────────────────────────────────

export interface UserKey {
  readonly name: string;
}

/** A line of `ACL LIST`. */
export interface User {
  readonly name: string;
  readonly on: boolean;
  readonly nopass: boolean;
  /** SHA-256, hex. */
  readonly passwords: readonly string[];
  /** `+@read`, `+get`: of the user itself and of its selectors. */
  readonly allows: readonly string[];
  readonly line: string;
}

/** Flags and passwords stand before keys, channels and commands: ACLDescribeUser of src/acl.c, Redis 7.0. */
const userLine = /^user (\S+) (on|off)( .*)?$/s;

const user = z.string().transform((line, context): User => {
  const [, name, state, rest = ''] = userLine.exec(line) ?? [];
  if (name === undefined || state === undefined) {
    context.addIssue({ code: 'custom', message: 'no line of ACL LIST' });
    return z.NEVER;
  }
  const words = rest.split(' ').map((word) => word.replace(/^\(|\)$/g, ''));
  return {
    name,
    on: state === 'on',
    nopass: words.includes('nopass'),
    passwords: words.filter((word) => /^#[0-9a-f]{64}$/.test(word)).map((word) => word.slice(1)),
    allows: words.filter((word) => word.startsWith('+')),
    line,
  };
});

export const listUsers: Question<readonly User[]> = {
  command: ['ACL', 'LIST'],
  needs: '+acl|list',
  answer: z.array(user).min(1),
};

/**
 * Users by name, out of one list: the answer names whom it is about, which `ACL GETUSER` does not.
 *
 * Source: https://redis.io/docs/latest/commands/acl-list/
 */
export const users: Source<RedisClient, UserKey, User> = {
  id: 'redis/users',
  scope: () => 'node',
  name: ({ name }) => name,
  answers: (value, key) => value.name === key.name,
  siblings: (client, _scope, signal) => ownUser(client, signal, (name) => ({ name })),
  order: 'snapshot',
  async some(client, keys, signal) {
    const answered = await client.ask(listUsers, signal);
    if (failed(answered)) return answered;
    return keys.map((key) => {
      const value = answered.answer.find((one) => one.name === key.name);
      return value === undefined ? 'nothing' : { value };
    });
  },
  async *all(client, _scope, signal) {
    const answered = await client.ask(listUsers, signal);
    yield failed(answered) ? answered : { items: answered.answer, last: true };
  },
};

// ── connections ─────────────────────────────────────────────────────────────────────────────────

/** Connections of a user, one of them, or whatever has this id. */
export type SessionKey =
  | { readonly user: string; readonly id?: number | undefined }
  | { readonly user?: undefined; readonly id: number };

/** A line of `CLIENT LIST`. */
export interface Session {
  readonly id: number;
  readonly user: string;
  /** Seconds since it was opened. */
  readonly age: number;
  readonly from: string;
}

const clientLine = /^id=(\d+) addr=(\S*) .*\bage=(\d+) .* user=(\S+)(?: |$)/;

const session = z.string().transform((line, context): Session => {
  const [, id, from, age, name] = clientLine.exec(line) ?? [];
  if (id === undefined || name === undefined) {
    context.addIssue({ code: 'custom', message: 'no line of CLIENT LIST' });
    return z.NEVER;
  }
  return { id: Number(id), user: name, age: Number(age), from: from ?? '' };
});

export const listSessions: Question<readonly Session[]> = {
  command: ['CLIENT', 'LIST'],
  needs: '+client|list',
  // the last line ends too
  answer: z
    .string()
    .endsWith('\n')
    .transform((text) => text.slice(0, -1).split('\n'))
    .pipe(z.array(session).min(1)),
};

/**
 * Connections of every kind, subscribers and replicas too, by the user that they authenticated as
 * last. The verifier's own is among them.
 *
 * Source: https://redis.io/docs/latest/commands/client-list/
 */
export const sessions: Source<RedisClient, SessionKey, readonly Session[]> = {
  id: 'redis/sessions',
  scope: () => 'node',
  name: ({ user: name, id }) =>
    [name === undefined ? [] : `of ${name}`, id === undefined ? [] : `id ${id}`].flat().join(' '),
  answers: (rows, key) => rows.length > 0 && rows.every((row) => isAbout(row, key)),
  siblings: (client, _scope, signal) => ownUser(client, signal, (name) => ({ user: name })),
  order: 'snapshot',
  async some(client, keys: Some<SessionKey>, signal) {
    const answered = await client.ask(listSessions, signal);
    if (failed(answered)) return answered;
    return keys.map((key) => {
      const value = answered.answer.filter((row) => isAbout(row, key));
      return value.length === 0 ? 'nothing' : { value };
    });
  },
};

const isAbout = (row: Session, key: SessionKey) =>
  (key.user === undefined || row.user === key.user) && (key.id === undefined || row.id === key.id);

/** The verifier itself: it stands, and it is connected, for it asks. */
async function ownUser<K>(
  client: RedisClient,
  signal: AbortSignal,
  key: (name: string) => K,
): Promise<readonly Sibling<K>[] | Failure> {
  const name = await client.verifier(signal);
  if (typeof name !== 'string') return name;
  return name === ''
    ? inconclusive('R-ANSWER', 'the server did not say who asks')
    : [{ key: key(name), chosen: 'own' }];
}
