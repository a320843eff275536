import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { askAccessor, c1, makeToken, revokeToken, useToken } from '../people.ts';
import type { Token } from '../people.ts';
import type { NaiveAnswer, Played, Scenario } from '../scenario.ts';
import { until } from '../wait.ts';
import type { World } from '../world.ts';

const loggedIn = z.object({
  auth: z.object({ client_token: z.string(), accessor: z.string(), entity_id: z.string() }),
});

export interface Person extends Token {
  readonly entityId: string;
}

/** The agent logs in with a password: its token acts for an entity. */
export async function logIn(world: World): Promise<Person> {
  const mount = world.unique('people');
  const password = world.planted.add(randomBytes(12).toString('hex'));
  await world.broker('POST', `sys/auth/${mount}`, { type: 'userpass' });
  await world.broker('POST', `auth/${mount}/users/agent`, { password, token_policies: ['agent'] });
  const answer = await world.call('POST', `auth/${mount}/login/agent`, { password }, '');
  const { client_token: value, accessor, entity_id: entityId } = loggedIn.parse(answer.json).auth;
  return { value, accessor, entityId };
}

const disable = (world: World, id: string, disabled = true) =>
  world.broker('POST', `identity/entity/id/${id}`, { disabled });

const merge = (world: World, from: string, to: string) =>
  world.broker('POST', 'identity/entity/merge', { from_entity_ids: [from], to_entity_id: to });

/** Whoever goes by the entity's own id. */
export async function askEntity(world: World, id: string): Promise<NaiveAnswer> {
  const { status } = await world.call('GET', `identity/entity/id/${id}`);
  return status === 200 ? 'still there' : 'gone';
}

/** Whoever takes every refusal for the end. */
async function askByUse(world: World, { value }: Token): Promise<NaiveAnswer> {
  return (await useToken(world, value)) === 'works' ? 'still there' : 'gone';
}

const revoked = (from: Date, person: Token): Played['grant'] => ({
  from,
  revokedAt: new Date(),
  credentials: [c1(person)],
});

const entitled = (from: Date, { entityId }: Person): Played['grant'] => ({
  from,
  revokedAt: new Date(),
  entitlements: [
    {
      id: 'e1',
      kind: 'vault/identity-entity',
      system: 'vault-prod',
      // a deleted entity tells nobody any more what it could do
      ref: { id: entityId, name: 'agent', policies: ['agent'] },
    },
  ],
});

const remove = (world: World, id: string) => world.broker('DELETE', `identity/entity/id/${id}`);
const without = (need: string): NonNullable<Scenario['blinded']> => ({
  without: need,
  expected: { grant: 'unproven', exit: 3, targets: { e1: 'unproven R-PERM' }, needs: need },
});

const byUse = 'asking OpenBao who one is, with the token';

export const identities: readonly Scenario[] = [
  {
    name: 'entity-disabled',
    story: 'The broker disabled the entity: every use is refused, until somebody enables it again.',
    naive: { asks: 'whether the token is still taken', says: 'gone' },
    truth: { by: byUse, is: 'refused' },
    expected: { grant: 'dormant', exit: 1, targets: { c1: 'dormant R-DISABLED' } },
    async play(world) {
      const from = new Date();
      const agent = await logIn(world);
      await disable(world, agent.entityId);
      return {
        grant: revoked(from, agent),
        naive: () => askByUse(world, agent),
        truth: () => useToken(world, agent.value),
        revive: async () => void (await disable(world, agent.entityId, false)),
        mend: async () => void (await revokeToken(world, agent.accessor)),
      };
    },
  },
  {
    name: 'entity-disabled-batch-token',
    story: 'The same with a batch token of the entity, which cannot be revoked: it is dormant until it ends.',
    naive: { asks: 'whether the token is still taken', says: 'gone' },
    truth: { by: byUse, is: 'refused' },
    expected: { grant: 'dormant', exit: 1, targets: { c1: 'dormant R-DISABLED' } },
    async play(world) {
      const from = new Date();
      const agent = await logIn(world);
      const batch = await makeToken(world, { type: 'batch', ttl: '10s' }, agent.value);
      await disable(world, agent.entityId);
      return {
        grant: {
          ...revoked(from, agent),
          credentials: [
            {
              id: 'c1',
              kind: 'vault/token',
              system: 'vault-prod',
              ref: { policies: ['agent'] },
              secret: batch.value,
            },
          ],
        },
        naive: () => askByUse(world, batch),
        truth: () => useToken(world, batch.value),
        revive: async () => void (await disable(world, agent.entityId, false)),
        async mend() {
          await revokeToken(world, agent.accessor);
          await until('the batch token ends', async () => (await useToken(world, batch.value)) === 'refused');
        },
      };
    },
  },
  {
    name: 'entity-merged',
    story:
      'The entity was merged into another: under its own id it is no longer there, and its token works on.',
    naive: { asks: 'reads the entity', says: 'gone' },
    truth: { by: byUse, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'live R-ACTIVE' } },
    async play(world) {
      const from = new Date();
      const [agent, other] = [await logIn(world), await logIn(world)];
      await merge(world, agent.entityId, other.entityId);
      await revokeToken(world, other.accessor);
      return {
        grant: revoked(from, agent),
        naive: () => askEntity(world, agent.entityId),
        truth: () => useToken(world, agent.value),
        mend: async () => void (await revokeToken(world, agent.accessor)),
      };
    },
  },
  {
    name: 'entity-merged-and-disabled',
    story:
      'The entity was merged into another, which was then disabled: enabling that one brings the token back.',
    naive: { asks: "looks the token's accessor up", says: 'still there' },
    truth: { by: byUse, is: 'refused' },
    expected: { grant: 'dormant', exit: 1, targets: { c1: 'dormant R-DISABLED' } },
    async play(world) {
      const from = new Date();
      const [agent, other] = [await logIn(world), await logIn(world)];
      await merge(world, agent.entityId, other.entityId);
      await disable(world, other.entityId);
      return {
        grant: revoked(from, agent),
        naive: () => askAccessor(world, agent.accessor),
        truth: () => useToken(world, agent.value),
        revive: async () => void (await disable(world, other.entityId, false)),
        mend: async () => void (await revokeToken(world, agent.accessor)),
      };
    },
  },
  {
    name: 'entity-disabled-by-id',
    story:
      'The record names the entity, which was disabled: all its tokens are refused, and one write undoes it.',
    naive: { asks: 'whether the token is still taken', says: 'gone' },
    truth: { by: byUse, is: 'refused' },
    expected: { grant: 'dormant', exit: 1, targets: { e1: 'dormant R-DISABLED' } },
    blinded: without('read identity/entity/id/*'),
    async play(world) {
      const from = new Date();
      const agent = await logIn(world);
      await disable(world, agent.entityId);
      return {
        grant: entitled(from, agent),
        naive: () => askByUse(world, agent),
        truth: () => useToken(world, agent.value),
        revive: async () => void (await disable(world, agent.entityId, false)),
        mend: async () => void (await remove(world, agent.entityId)),
        clean: async () => void (await revokeToken(world, agent.accessor)),
      };
    },
  },
  {
    name: 'entity-deleted',
    story:
      'The entity was deleted: its token is looked up as if it lived, and is refused everywhere for good.',
    naive: { asks: "looks the token's accessor up", says: 'still there' },
    truth: { by: byUse, is: 'refused' },
    expected: { grant: 'gone', exit: 0, targets: { e1: 'gone' } },
    async play(world) {
      const from = new Date();
      const agent = await logIn(world);
      await remove(world, agent.entityId);
      return {
        grant: entitled(from, agent),
        naive: () => askAccessor(world, agent.accessor),
        truth: () => useToken(world, agent.value),
        clean: async () => void (await revokeToken(world, agent.accessor)),
      };
    },
  },
  {
    name: 'entity-merged-by-id',
    story:
      'The record names the entity, which was merged into another: its tokens have the rights of that one.',
    naive: { asks: 'reads the entity', says: 'gone' },
    truth: { by: byUse, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { e1: 'live R-STANDING' } },
    blinded: without('list identity/entity/id/*'),
    async play(world) {
      const from = new Date();
      const [agent, other] = [await logIn(world), await logIn(world)];
      await merge(world, agent.entityId, other.entityId);
      await revokeToken(world, other.accessor);
      return {
        grant: entitled(from, agent),
        naive: () => askEntity(world, agent.entityId),
        truth: () => useToken(world, agent.value),
        mend: async () => void (await remove(world, other.entityId)),
        clean: async () => void (await revokeToken(world, agent.accessor)),
      };
    },
  },
];
