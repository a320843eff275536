import { z } from 'zod';
import { askAccessor, c1, dropLogin, makeToken, oidOf, revokeToken, useLogin } from '../people.ts';
import type { Token } from '../people.ts';
import type { Located } from '../record.ts';
import type { Played, Scenario } from '../scenario.ts';
import { begin } from '../wait.ts';
import type { World } from '../world.ts';
import { byLogin } from './endings.ts';

interface Given {
  readonly from: Date;
  readonly agent: Token;
  /** The login, and the static role of the same name. */
  readonly user: string;
  readonly oid: number;
  readonly password: string;
  readonly rotatedAt: string;
}

const read = z.object({ data: z.object({ password: z.string(), last_vault_rotation: z.string() }) });

/** A standing login, whose password the engine changes and the agent reads. */
async function give(world: World): Promise<Given> {
  const user = world.unique('standing');
  await world.database.sql(`CREATE ROLE ${user} LOGIN`);
  await world.broker('POST', `database/static-roles/${user}`, {
    db_name: 'billing',
    username: user,
    rotation_period: '24h',
  });
  await world.broker('POST', `sys/policies/acl/${user}`, {
    policy: `path "database/static-creds/${user}" { capabilities = ["read"] }`,
  });
  const from = await begin();
  const agent = await makeToken(world, { policies: [user] });
  const answer = await world.call('GET', `database/static-creds/${user}`, undefined, agent.value);
  const { password, last_vault_rotation: rotatedAt } = read.parse(answer.json).data;
  return { from, agent, user, oid: await oidOf(world, user), password, rotatedAt };
}

const passwordOf = ({ user, rotatedAt }: Given): Located => ({
  id: 'c2',
  kind: 'vault/database-static-role',
  system: 'vault-prod',
  ref: { mount: 'database', name: user, username: user, database: 'billing', rotatedAt },
  derivedFrom: 'c1',
});

const revoked = (given: Given): Played['grant'] => ({
  from: given.from,
  revokedAt: new Date(),
  credentials: [
    { ...c1(given.agent), ref: { accessor: given.agent.accessor, policies: [given.user] } },
    passwordOf(given),
  ],
});

const statics = 'read +/static-roles/*';

export const staticRoles: readonly Scenario[] = [
  {
    name: 'static-password-outlives-its-token',
    story:
      'The token that read the password was revoked; there is no lease, and nobody changed the password.',
    naive: { asks: 'looks the accessor of the token up', says: 'gone' },
    truth: { by: byLogin, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', c2: 'live R-LISTED' } },
    blinded: {
      without: statics,
      expected: {
        grant: 'unproven',
        exit: 3,
        targets: { c1: 'gone', c2: 'unproven R-PERM' },
        needs: statics,
      },
    },
    async play(world) {
      const given = await give(world);
      await revokeToken(world, given.agent.accessor);
      return {
        grant: revoked(given),
        naive: () => askAccessor(world, given.agent.accessor),
        truth: () => useLogin(world, given),
        mend: async () => void (await world.broker('POST', `database/rotate-role/${given.user}`)),
        clean: () => forget(world, given),
      };
    },
  },
  {
    name: 'static-role-deleted',
    story: 'The static role was deleted, which leaves its login with the last password.',
    naive: { asks: 'reads the static role', says: 'gone' },
    truth: { by: byLogin, is: 'works' },
    expected: { grant: 'unproven', exit: 3, targets: { c1: 'gone', c2: 'unproven R-DERIVED' } },
    async play(world) {
      const given = await give(world);
      await world.broker('DELETE', `database/static-roles/${given.user}`);
      await revokeToken(world, given.agent.accessor);
      const grant = revoked(given);
      const { user: name, oid } = given;
      const login = { id: 'c2', kind: 'postgres/role', system: 'billing-db', ref: { name, oid } };
      return {
        grant,
        async naive() {
          const { status } = await world.call('GET', `database/static-roles/${given.user}`);
          return status === 404 ? 'gone' : 'still there';
        },
        truth: () => useLogin(world, given),
        mend: () => dropLogin(world, given.user),
        amended: () => ({
          ...grant,
          credentials: [...(grant.credentials ?? []).slice(0, 1), { ...login, derivedFrom: 'c1' }],
        }),
      };
    },
  },
];

async function forget(world: World, { user }: Given): Promise<void> {
  await world.broker('DELETE', `database/static-roles/${user}`);
  await dropLogin(world, user);
}
