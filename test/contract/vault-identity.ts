import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Call, Stage, Subject } from './vault.ts';

const named = z.object({ data: z.object({ id: z.string() }) });
const listed = z.object({ data: z.object({ keys: z.array(z.string()) }) });
const identified = z.object({ data: z.object({ role_id: z.string() }) });
const unique = (what: string): string => `${what}-${randomBytes(9).toString('hex')}`;

/** Entities that a world still asks about. */
const kept = new Set<string>();

/** Where an entity is absent all others are read: those that other worlds left behind only cost time. */
async function sweepOut(call: Call, stage: Stage): Promise<void> {
  const answer = await stage.api('LIST', 'identity/entity/id');
  if (answer.status === 404) return;
  for (const id of listed.parse(answer.json).data.keys.filter((one) => !kept.has(one))) {
    await call(stage, 'DELETE', `identity/entity/id/${id}`);
  }
}

const make = async (call: Call, stage: Stage, path: string, body: object = {}): Promise<string> =>
  named.parse(await call(stage, 'POST', path, { name: unique('made'), ...body })).data.id;

const groupOf = (ref: unknown) => z.object({ groupId: z.string() }).parse(ref).groupId;
const entityOf = (ref: unknown) => z.object({ id: z.string() }).parse(ref).id;

/** Worlds for what stands under `identity/`, for policies, and for roles of auth mounts. */
export const identitySubjects = (call: Call): Readonly<Record<string, Subject>> => ({
  'vault/identity-entity': {
    async create(stage) {
      await sweepOut(call, stage);
      const id = await make(call, stage, 'identity/entity');
      kept.add(id);
      const end = async () => {
        kept.delete(id);
        await call(stage, 'DELETE', `identity/entity/id/${id}`);
      };
      return { target: { ref: { id } }, tokens: [], end };
    },
    asks: ({ path }, { ref }) => path === `/v1/identity/entity/id/${entityOf(ref)}`,
  },
  'vault/identity-group-membership': {
    async create(stage) {
      const entityId = await make(call, stage, 'identity/entity');
      const groupId = await make(call, stage, 'identity/group', { member_entity_ids: [entityId] });
      const end = () => call(stage, 'POST', `identity/group/id/${groupId}`, { member_entity_ids: [] });
      return { target: { ref: { groupId, entityId } }, tokens: [], end };
    },
    asks: ({ path }, { ref }) => path === `/v1/identity/group/id/${groupOf(ref)}`,
  },
  'vault/policy': {
    async create(stage) {
      const name = unique('granted');
      await call(stage, 'POST', `sys/policies/acl/${name}`, {
        policy: 'path "kv/data/app" { capabilities = ["read"] }',
      });
      return {
        target: { ref: { name } },
        tokens: [],
        end: () => call(stage, 'DELETE', `sys/policies/acl/${name}`),
      };
    },
    asks: ({ path }) => path.startsWith('/v1/sys/policies/acl/granted-'),
  },
  'vault/auth-role': {
    async create(stage) {
      const mount = `auth/${unique('approle')}`;
      const role = `${mount}/role/ci`;
      await call(stage, 'POST', `sys/${mount}`, { type: 'approle' });
      await call(stage, 'POST', role, {});
      const { role_id: roleId } = identified.parse(await call(stage, 'GET', `${role}/role-id`)).data;
      return {
        target: { ref: { mount, name: 'ci', roleId } },
        tokens: [],
        end: () => call(stage, 'DELETE', role),
      };
    },
    asks: ({ path }) => /\/role\/ci(?:\/role-id)?$/.test(path),
  },
  'vault/auth-role of a user': {
    async create(stage) {
      const [mount, secret] = [`auth/${unique('people')}`, unique('password')];
      await call(stage, 'POST', `sys/${mount}`, { type: 'userpass' });
      await call(stage, 'POST', `${mount}/users/ann`, { password: secret });
      return {
        target: { ref: { mount, name: 'ann' }, secret },
        tokens: [],
        end: () => call(stage, 'DELETE', `${mount}/users/ann`),
      };
    },
    asks: ({ path }) => path.endsWith('/users/ann'),
  },
});
