import { createSign, generateKeyPairSync } from 'node:crypto';
import { z } from 'zod';
import { revokeToken } from '../people.ts';
import type { Token } from '../people.ts';
import type { Played, Scenario, Truth } from '../scenario.ts';
import { begin } from '../wait.ts';
import type { World } from '../world.ts';
import { logIn } from './identities.ts';

const named = z.object({ data: z.object({ id: z.string() }) });
const loggedIn = z.object({
  auth: z.object({ client_token: z.string(), accessor: z.string(), entity_id: z.string() }),
});
const mounted = z.object({ data: z.record(z.string(), z.looseObject({ accessor: z.string().optional() })) });
const members = z.object({ data: z.object({ member_entity_ids: z.array(z.string()).nullable() }) });

/** A policy that lets its bearer read it: what a group gives. */
export async function writeReadable(world: World): Promise<string> {
  const name = world.unique('ledger');
  const policy = `path "sys/policies/acl/${name}" { capabilities = ["read"] }`;
  await world.broker('POST', `sys/policies/acl/${name}`, { policy });
  return name;
}

export async function readWith(
  world: World,
  { value }: Pick<Token, 'value'>,
  policy: string,
): Promise<Truth> {
  const { status, text } = await world.call('GET', `sys/policies/acl/${policy}`, undefined, value);
  if (status === 200) return 'works';
  if (status === 403) return 'refused';
  throw new Error(`reading ${policy}: ${status} ${text}`);
}

async function makeGroup(world: World, body: object): Promise<string> {
  const answer = await world.broker('POST', 'identity/group', { name: world.unique('group'), ...body });
  return named.parse(answer).data.id;
}

const change = (world: World, group: string, body: object) =>
  world.broker('POST', `identity/group/id/${group}`, body);

const membership = (from: Date, groupId: string, entityId: string): Played['grant'] => ({
  from,
  revokedAt: new Date(),
  entitlements: [
    { id: 'e1', kind: 'vault/identity-group-membership', system: 'vault-prod', ref: { groupId, entityId } },
  ],
});

async function askMembers(world: World, group: string, entity: string) {
  const { data } = members.parse((await world.call('GET', `identity/group/id/${group}`)).json);
  return (data.member_entity_ids ?? []).includes(entity) ? ('still there' as const) : ('gone' as const);
}

/** A directory whose tokens say which groups their bearer is in. */
async function openDirectory(world: World, group: string) {
  const mount = world.unique('directory');
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  await world.broker('POST', `sys/auth/${mount}`, { type: 'jwt' });
  await world.broker('POST', `auth/${mount}/config`, {
    jwt_validation_pubkeys: [publicKey.export({ type: 'spki', format: 'pem' })],
  });
  await world.broker('POST', `auth/${mount}/role/agent`, {
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: ['openbao'],
    groups_claim: 'groups',
  });
  const accessor = mounted.parse((await world.call('GET', 'sys/auth')).json).data[`${mount}/`]?.accessor;
  const alias = { name: 'payments', mount_accessor: accessor, canonical_id: group };
  const { id } = named.parse(await world.broker('POST', 'identity/group-alias', alias)).data;
  return {
    alias: `identity/group-alias/id/${id}`,
    async logIn(groups: readonly string[]) {
      const now = Math.floor(Date.now() / 1_000);
      const claims = { sub: 'agent', aud: 'openbao', iat: now - 5, nbf: now - 5, exp: now + 600, groups };
      const signed = [{ alg: 'RS256', typ: 'JWT' }, claims]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
      const jwt = `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
      const answer = await world.call(
        'POST',
        `auth/${mount}/login`,
        { role: 'agent', jwt: world.planted.add(jwt) },
        '',
      );
      const { client_token: value, accessor: of, entity_id: entityId } = loggedIn.parse(answer.json).auth;
      return { value, accessor: of, entityId };
    },
  };
}

const byReading = "reading what the group's policy lets its members read";

export const groups: readonly Scenario[] = [
  {
    name: 'group-member-removed',
    story: 'The broker took the entity out of the group: its token is refused there at once.',
    naive: { asks: 'looks for the entity among the members of the group', says: 'gone' },
    truth: { by: byReading, is: 'refused' },
    expected: { grant: 'gone', exit: 0, targets: { e1: 'gone' } },
    async play(world) {
      const policy = await writeReadable(world);
      const from = await begin();
      const agent = await logIn(world);
      const group = await makeGroup(world, { policies: [policy], member_entity_ids: [agent.entityId] });
      await change(world, group, { member_entity_ids: [] });
      return {
        grant: membership(from, group, agent.entityId),
        naive: () => askMembers(world, group, agent.entityId),
        truth: () => readWith(world, agent, policy),
        clean: async () => void (await revokeToken(world, agent.accessor)),
      };
    },
  },
  {
    name: 'group-member-through-another',
    story: 'The entity was taken out of the group, and is still in another one that is a member of it.',
    naive: { asks: 'looks for the entity among the members of the group', says: 'gone' },
    truth: { by: byReading, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { e1: 'live R-STANDING' } },
    blinded: {
      without: 'read identity/group/id/*',
      expected: {
        grant: 'unproven',
        exit: 3,
        targets: { e1: 'unproven R-PERM' },
        needs: 'read identity/group/id/*',
      },
    },
    async play(world) {
      const policy = await writeReadable(world);
      const from = await begin();
      const agent = await logIn(world);
      const inner = await makeGroup(world, { member_entity_ids: [agent.entityId] });
      const group = await makeGroup(world, {
        policies: [policy],
        member_entity_ids: [agent.entityId],
        member_group_ids: [inner],
      });
      await change(world, group, { member_entity_ids: [] });
      return {
        grant: membership(from, group, agent.entityId),
        naive: () => askMembers(world, group, agent.entityId),
        truth: () => readWith(world, agent, policy),
        mend: async () => void (await change(world, inner, { member_entity_ids: [] })),
        clean: async () => void (await revokeToken(world, agent.accessor)),
      };
    },
  },
  {
    name: 'group-of-a-directory',
    story:
      "The group's link to the directory was cut: who came by it stays a member until the next login or renewal.",
    naive: { asks: 'reads the alias that links the group to the directory', says: 'gone' },
    truth: { by: byReading, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { e1: 'live R-LISTED' } },
    async play(world) {
      const policy = await writeReadable(world);
      const from = await begin();
      const group = await makeGroup(world, { type: 'external', policies: [policy] });
      const directory = await openDirectory(world, group);
      const agent = await directory.logIn(['payments']);
      await world.broker('DELETE', directory.alias);
      return {
        grant: membership(from, group, agent.entityId),
        naive: async () =>
          (await world.call('GET', directory.alias)).status === 200 ? 'still there' : 'gone',
        truth: () => readWith(world, agent, policy),
        mend: async () => void (await world.call('POST', 'auth/token/renew-self', {}, agent.value)),
        clean: async () => void (await revokeToken(world, agent.accessor)),
      };
    },
  },
];
