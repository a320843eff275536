import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { askAccessor, c1, makeToken, revokeToken, useAny, useToken } from '../people.ts';
import type { Token } from '../people.ts';
import type { Located } from '../record.ts';
import type { Expectation, NaiveAnswer, Played, Scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { until } from '../wait.ts';

const asksAccessor = { asks: "looks the token's accessor up", says: 'gone' } as const;
const byUse = 'asking OpenBao who one is, with the token';
const byChild = "asking OpenBao who one is, with the child's token";
const list = 'list,sudo auth/token/accessors';
const found: Expectation = {
  grant: 'live',
  exit: 1,
  targets: { c1: 'gone', 'c1/created-in-window-1': 'live R-ACTIVE' },
};

interface Family {
  readonly from: Date;
  /** Where the child was made. */
  readonly path: 'create' | 'create-orphan';
  readonly parent: Token;
  readonly child: Token;
}

/** The agent makes itself a token; then the broker revokes the agent's. */
async function family(
  world: World,
  path: 'create' | 'create-orphan',
  body: object = {},
  revoke = revokeToken,
): Promise<Family> {
  const from = new Date();
  const parent = await makeToken(world, { policies: [policyFor(path)] });
  const child = await makeToken(world, body, parent.value, path);
  const { status, text } = await revoke(world, parent.accessor);
  if (status !== 204) throw new Error(`the parent was not revoked: ${status} ${text}`);
  return { from, path, parent, child };
}

const policyFor = (path: Family['path']) => (path === 'create' ? 'agent' : 'orphan-maker');

/** As the record names it, with what it carried. */
const named = (token: Token, path: Family['path'], id = 'c1'): Located => ({
  ...c1(token, id),
  ref: { accessor: token.accessor, policies: [policyFor(path)] },
});

const both = ({ from, path, parent, child }: Family): Played['grant'] => ({
  from,
  revokedAt: new Date(),
  credentials: [named(parent, path), { ...named(child, path, 'c2'), derivedFrom: 'c1' }],
});

const parentOnly = ({ from, path, parent }: Family): Played['grant'] => ({
  from,
  revokedAt: new Date(),
  credentials: [named(parent, path)],
});

/** Who could make orphans is gone only by the word of the audit log. */
const witnessed = { audit: true } as const;

const ends = async (world: World, { value }: Token) => {
  await until('the token ends', async () => (await useToken(world, value)) === 'refused');
  // whole seconds are all that the clock of the server tells, and one is left for its being set
  await sleep(2_100);
};

const revokes =
  (world: World, { accessor }: Token) =>
  async () =>
    void (await revokeToken(world, accessor));

/** A batch token has no accessor: the record keeps its digest, and refers to its value. */
const batch = ({ child: { value }, path }: Family): Located => ({
  id: 'c2',
  kind: 'vault/token',
  system: 'vault-prod',
  ref: { sha256: createHash('sha256').update(value).digest('hex'), policies: [policyFor(path)] },
  derivedFrom: 'c1',
  secret: value,
});

/** Whoever goes by accessors asks with the empty one that a batch token has. */
const asksBatch = (world: World, token: Token): Promise<NaiveAnswer> => askAccessor(world, token.accessor);

export const tokens: readonly Scenario[] = [
  {
    name: 'token-and-child-revoked',
    story: 'The agent made itself an ordinary child token; it ends with its parent.',
    naive: asksAccessor,
    truth: { by: byChild, is: 'refused' },
    expected: { grant: 'gone', exit: 0, targets: { c1: 'gone', c2: 'gone' } },
    async play(world) {
      const made = await family(world, 'create');
      return {
        grant: both(made),
        naive: () => askAccessor(world, made.parent.accessor),
        truth: () => useAny(useToken(world, made.parent.value), useToken(world, made.child.value)),
      };
    },
  },
  {
    name: 'orphan-child-declared',
    story: 'The agent made itself an orphan token, which the record names: it outlives its parent.',
    naive: asksAccessor,
    truth: { by: byChild, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', c2: 'live R-ACTIVE' } },
    blinded: {
      without: 'update auth/token/lookup-accessor',
      expected: {
        grant: 'unproven',
        exit: 3,
        targets: { c1: 'unproven R-PERM', c2: 'unproven R-PERM' },
        needs: 'update auth/token/lookup-accessor',
      },
    },
    async play(world) {
      const made = await family(world, 'create-orphan');
      return {
        configured: witnessed,
        grant: both(made),
        naive: () => askAccessor(world, made.parent.accessor),
        truth: () => useToken(world, made.child.value),
        mend: revokes(world, made.child),
      };
    },
  },
  {
    name: 'orphan-child-undeclared',
    story: 'The agent made itself an orphan token, and nobody knows of it.',
    naive: asksAccessor,
    truth: { by: byChild, is: 'works' },
    expected: found,
    blinded: {
      without: list,
      expected: { grant: 'unproven', exit: 3, targets: { c1: 'unproven R-PERM' }, needs: list },
    },
    async play(world) {
      const made = await family(world, 'create-orphan');
      return {
        configured: witnessed,
        grant: parentOnly(made),
        naive: () => askAccessor(world, made.parent.accessor),
        truth: () => useToken(world, made.child.value),
        mend: revokes(world, made.child),
      };
    },
  },
  {
    name: 'revoke-orphan',
    story: 'The broker used revoke-orphan, which ends the token and lets its children live.',
    naive: asksAccessor,
    truth: { by: byChild, is: 'works' },
    expected: found,
    async play(world) {
      const revoke = async () => {
        const { status, text } = await world.call('POST', 'auth/token/revoke-orphan', {
          token: parent.value,
        });
        return { status, text, json: undefined };
      };
      const from = new Date();
      const parent = await makeToken(world, { policies: ['agent'] });
      const child = await makeToken(world, {}, parent.value);
      const { status, text } = await revoke();
      if (status !== 204) throw new Error(`the parent was not revoked: ${status} ${text}`);
      return {
        grant: parentOnly({ from, path: 'create', parent, child }),
        naive: () => askAccessor(world, parent.accessor),
        truth: () => useToken(world, child.value),
        mend: revokes(world, child),
      };
    },
  },
  {
    name: 'batch-child',
    story: 'The agent made itself a batch token, which ends with its parent.',
    naive: { asks: 'looks up the accessor, which a batch token has not', says: 'gone' },
    truth: { by: byChild, is: 'refused' },
    expected: { grant: 'gone', exit: 0, targets: { c1: 'gone', c2: 'gone' } },
    async play(world) {
      const made = await family(world, 'create', { type: 'batch' });
      return {
        grant: { ...both(made), credentials: [named(made.parent, made.path), batch(made)] },
        naive: () => asksBatch(world, made.child),
        truth: () => useToken(world, made.child.value),
      };
    },
  },
  {
    name: 'batch-orphan',
    story: 'The agent made itself a batch orphan: no accessor, in no list, and nobody can revoke it.',
    naive: { asks: 'looks up the accessor, which a batch token has not', says: 'gone' },
    truth: { by: byChild, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', c2: 'live R-ACTIVE' } },
    blinded: {
      without: 'update auth/token/lookup',
      expected: {
        grant: 'unproven',
        exit: 3,
        targets: { c1: 'gone', c2: 'unproven R-PERM' },
        needs: 'update auth/token/lookup',
      },
    },
    async play(world) {
      const made = await family(world, 'create-orphan', { type: 'batch', ttl: '6s' });
      return {
        configured: witnessed,
        grant: { ...both(made), credentials: [named(made.parent, made.path), batch(made)] },
        naive: () => asksBatch(world, made.child),
        truth: () => useToken(world, made.child.value),
        mend: () => ends(world, made.child),
      };
    },
  },
  {
    name: 'batch-orphan-undeclared',
    story: 'The same batch orphan, which nobody wrote into the record: the audit log tells of it.',
    naive: asksAccessor,
    truth: { by: byChild, is: 'works' },
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: { c1: 'gone', 'hunt:vault-prod': 'unproven R-DERIVED' },
      says: 'an orphan batch token at',
    },
    blinded: {
      without: 'update sys/audit-hash/*',
      expected: {
        grant: 'unproven',
        exit: 3,
        targets: { c1: 'gone', 'hunt:vault-prod': 'unproven R-PERM' },
        needs: 'update sys/audit-hash/*',
      },
    },
    async play(world) {
      const made = await family(world, 'create-orphan', { type: 'batch', ttl: '4s' });
      return {
        configured: witnessed,
        grant: parentOnly(made),
        naive: () => askAccessor(world, made.parent.accessor),
        truth: () => useToken(world, made.child.value),
        mend: () => ends(world, made.child),
      };
    },
  },
  {
    name: 'periodic-token',
    story:
      'The broker asked for one second and wrote that down; the token is periodic, and renewable for ever.',
    naive: { asks: 'whether the time it asked for is over', says: 'gone' },
    truth: { by: byUse, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'live R-ACTIVE' } },
    async play(world) {
      const from = new Date();
      const token = await makeToken(world, { policies: ['agent'], ttl: '1s', period: '1h' });
      const over = new Date(from.getTime() + 1_500);
      await until('the second is over', () => new Date() > over);
      return {
        grant: {
          from,
          revokedAt: over,
          credentials: [{ ...c1(token), expiresAt: over.toISOString() }],
        },
        naive: () => Promise.resolve(new Date() > over ? 'gone' : 'still there'),
        truth: () => useToken(world, token.value),
        mend: revokes(world, token),
      };
    },
  },
  {
    name: 'user-deleted-token-lives',
    story: 'The agent logged in by userpass; the broker deleted the user and left its token.',
    naive: { asks: 'reads the user', says: 'gone' },
    truth: { by: byUse, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'live R-ACTIVE' } },
    async play(world) {
      const mount = world.unique('userpass');
      const user = `auth/${mount}/users/agent`;
      const password = world.planted.add(randomBytes(12).toString('hex'));
      await world.broker('POST', `sys/auth/${mount}`, { type: 'userpass' });
      await world.broker('POST', user, { password, token_policies: ['agent'] });
      const from = new Date();
      const answer = await world.call('POST', `auth/${mount}/login/agent`, { password }, '');
      const { client_token: value, accessor } = z
        .object({ auth: z.object({ client_token: z.string(), accessor: z.string() }) })
        .parse(answer.json).auth;
      await world.broker('DELETE', user);
      return {
        grant: { from, revokedAt: new Date(), credentials: [c1({ value, accessor })] },
        naive: async () => ((await world.call('GET', user)).status === 200 ? 'still there' : 'gone'),
        truth: () => useToken(world, value),
        mend: revokes(world, { value, accessor }),
      };
    },
  },
];
