import {
  askAccessor,
  askLease,
  c2,
  c3,
  defineRole,
  dropLogin,
  endGrant,
  giveGrant,
  issue,
  revokedNow,
  revokeLease,
  revokeToken,
  until,
  useLogin,
} from '../people.ts';
import type { Grant, Issued, RoleOptions } from '../people.ts';
import type { Expectation, Played, Scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { makers, readers } from '../world.ts';

const goneAll = { c1: 'gone', c2: 'gone', c3: 'gone' } as const;
const allGone: Expectation = { grant: 'gone', exit: 0, targets: goneAll };
const loginLive: Expectation = { grant: 'live', exit: 1, targets: { ...goneAll, c3: 'live R-ACTIVE' } };
const leaseLive: Expectation = {
  grant: 'live',
  exit: 1,
  targets: { c2: 'live R-LISTED', c3: 'live R-ACTIVE' },
};
const asksLease = { asks: 'looks the lease up', says: 'gone' } as const;
const asksToken = { asks: 'looks the accessor of the token up', says: 'gone' } as const;
const byLogin = 'logging in with the name and the password';

/** The broker ends the grant as always; what the engine does with that is the story. */
function told(
  options: RoleOptions,
  happens: (world: World, grant: Grant) => Promise<unknown> = endGrant,
): (world: World) => Promise<Played & { mend(): Promise<void> }> {
  return async (world) => {
    const grant = await giveGrant(world, options);
    await happens(world, grant);
    return {
      grant: revokedNow(grant),
      naive: () => askLease(world, grant.issued.leaseId),
      truth: () => useLogin(world, grant.issued),
      async mend() {
        await dropLogin(world, grant.issued.user);
      },
    };
  };
}

function honest(options: RoleOptions): Scenario['play'] {
  const tell = told(options);
  return async (world) => {
    const { mend: _, ...played } = await tell(world);
    return played;
  };
}

/** The broker asked for the login itself: no token of the agent is in the story. */
async function lent(
  world: World,
  options: RoleOptions,
): Promise<{ role: string; from: Date; issued: Issued }> {
  const from = new Date();
  const role = await defineRole(world, options);
  return { role, from, issued: await issue(world, role) };
}

/** The revocation answered an error, which the broker did not read. */
function unheard(world: World, from: Date, issued: Issued, repair: () => Promise<unknown>): Played {
  const { derivedFrom: _, ...lease } = c2(issued);
  return {
    grant: { from, revokedAt: new Date(), credentials: [lease, c3(issued)] },
    naive: () => askLease(world, issued.leaseId),
    truth: () => useLogin(world, issued),
    async mend() {
      await repair();
      expectStatus(await revokeLease(world, issued.leaseId), 204);
    },
  };
}

export function expectStatus({ status, text }: { status: number; text: string }, wanted: number): void {
  if (status !== wanted) throw new Error(`the story needs a ${wanted}, the server said ${status} ${text}`);
}

/** The agent's table keeps its role from being dropped. */
async function ownTable(world: World, { issued }: Grant): Promise<void> {
  await world.database.sql(`CREATE TABLE public.${world.unique('own')} ()`, [], issued);
}

const owner: RoleOptions = { groups: [readers, makers] };

/** After a failed attempt OpenBao keeps the lease, with its time over, and tries again 16 seconds later. */
async function retrying(world: World, { issued }: Grant): Promise<void> {
  await until('the lease is being retried', async () => {
    const { text } = await world.call('POST', 'sys/leases/lookup', { lease_id: issued.leaseId });
    return text.includes('"ttl":0');
  });
}

const dropFailed = (world: World, { issued }: Grant) =>
  until('the DROP fails', () => world.database.log().includes(`role "${issued.user}" cannot be dropped`));

const leaseGone = (world: World, leaseId: string) =>
  until('the lease ends', async () => (await askLease(world, leaseId)) === 'gone');

export const leases: readonly Scenario[] = [
  {
    name: 'honest-revocation',
    story: 'The broker revokes lease and token, and the engine drops the login.',
    naive: asksLease,
    truth: { by: byLogin, is: 'refused' },
    expected: allGone,
    blinded: {
      without: 'read auth/token/lookup-self',
      expected: {
        grant: 'unproven',
        exit: 3,
        targets: { c1: 'unproven R-PERM', c2: 'unproven R-PERM', c3: 'gone' },
        needs: 'read auth/token/lookup-self',
      },
    },
    play: honest({}),
  },
  {
    name: 'statement-does-nothing',
    story: 'The revocation statement is `SELECT 1;`: it succeeds, and the login stays.',
    naive: asksLease,
    truth: { by: byLogin, is: 'works' },
    expected: loginLive,
    blinded: {
      without: 'SELECT on pg_catalog.pg_roles',
      expected: {
        grant: 'unproven',
        exit: 3,
        targets: { ...goneAll, c3: 'unproven R-PERM' },
        needs: 'SELECT on pg_catalog.pg_roles',
      },
    },
    play: told({ revocation: ['SELECT 1;'] }),
  },
  {
    name: 'statement-nologin',
    story: 'The revocation statement only sets NOLOGIN: password and memberships are kept.',
    naive: asksLease,
    truth: { by: byLogin, is: 'refused' },
    expected: { grant: 'dormant', exit: 1, targets: { ...goneAll, c3: 'dormant R-DISABLED' } },
    blinded: {
      without: 'EXECUTE on function pg_catalog.pg_control_system()',
      expected: {
        grant: 'unproven',
        exit: 3,
        targets: { ...goneAll, c3: 'unproven R-PERM' },
        needs: 'EXECUTE on function pg_catalog.pg_control_system()',
      },
    },
    async play(world) {
      const grant = await giveGrant(world, { revocation: ['ALTER ROLE "{{name}}" NOLOGIN;'] });
      await endGrant(world, grant);
      return {
        grant: revokedNow(grant),
        naive: () => askLease(world, grant.issued.leaseId),
        truth: () => useLogin(world, grant.issued),
        async revive() {
          await world.database.sql(`ALTER ROLE "${grant.issued.user}" LOGIN`);
        },
        async mend() {
          await dropLogin(world, grant.issued.user);
        },
      };
    },
  },
  {
    name: 'statement-drops-another',
    story: 'The revocation statement drops a role of another name, if it exists.',
    naive: asksLease,
    truth: { by: byLogin, is: 'works' },
    expected: loginLive,
    play: told({ revocation: ['DROP ROLE IF EXISTS "other";'] }),
  },
  {
    name: 'statements-empty-list',
    story: 'The revocation statements are `[]`: no hole, for then the engine drops the login itself.',
    naive: asksLease,
    truth: { by: byLogin, is: 'refused' },
    expected: allGone,
    play: honest({ revocation: [] }),
  },
  {
    name: 'statements-empty-text',
    story: 'The revocation statements are `[""]`, which is stored as `[]`: no hole either.',
    naive: asksLease,
    truth: { by: byLogin, is: 'refused' },
    expected: allGone,
    play: honest({ revocation: [''] }),
  },
  {
    name: 'role-edited-after-issue',
    story: 'The role was sound at issue; before the revocation its statement became `SELECT 1;`.',
    naive: asksLease,
    truth: { by: byLogin, is: 'works' },
    expected: loginLive,
    play: told({}, async (world, grant) => {
      await defineRole(world, { revocation: ['SELECT 1;'] }, grant.role);
      await endGrant(world, grant);
    }),
  },
  {
    name: 'db-name-switched',
    story:
      'The role was pointed at another server after the issue: the login is dropped there, where it never was.',
    naive: { asks: 'looks the lease up, and the login in pg_roles where the role now points', says: 'gone' },
    truth: { by: byLogin, is: 'works' },
    expected: loginLive,
    async play(world) {
      const grant = await giveGrant(world);
      await defineRole(world, { connection: 'elsewhere' }, grant.role);
      await endGrant(world, grant);
      return {
        grant: revokedNow(grant),
        async naive() {
          const rows = await world.other.sql('select 1 from pg_roles where rolname = $1', [
            grant.issued.user,
          ]);
          return rows.length > 0 ? 'still there' : askLease(world, grant.issued.leaseId);
        },
        truth: () => useLogin(world, grant.issued),
        async mend() {
          await dropLogin(world, grant.issued.user);
        },
      };
    },
  },
  {
    name: 'statement-errors',
    story: 'The revocation statement fails, the revocation answers 400, and the broker does not read it.',
    naive: { asks: 'looks the lease up', says: 'still there' },
    truth: { by: byLogin, is: 'works' },
    expected: leaseLive,
    async play(world) {
      const { role, from, issued } = await lent(world, { revocation: ['DROP ROLE "no_such_role_x";'] });
      expectStatus(await revokeLease(world, issued.leaseId), 400);
      return unheard(world, from, issued, () => defineRole(world, {}, role));
    },
  },
  {
    name: 'connection-deleted',
    story: "The engine's connection was deleted before the revocation, which answers 400.",
    naive: { asks: 'looks the lease up', says: 'still there' },
    truth: { by: byLogin, is: 'works' },
    expected: leaseLive,
    async play(world) {
      const connection = world.unique('connection');
      await world.connect(connection, world.wire.port);
      const { from, issued } = await lent(world, { connection });
      await world.broker('DELETE', `database/config/${connection}`);
      expectStatus(await revokeLease(world, issued.leaseId), 400);
      return unheard(world, from, issued, () => world.connect(connection, world.wire.port));
    },
  },
  {
    name: 'database-down-at-revoke',
    story: 'The database was down when the lease was revoked (400); it is back, and nothing tries again.',
    naive: { asks: 'looks the lease up', says: 'still there' },
    truth: { by: byLogin, is: 'works' },
    expected: leaseLive,
    async play(world) {
      const { from, issued } = await lent(world, {});
      world.wire.set('cut');
      const answer = await revokeLease(world, issued.leaseId);
      world.wire.set('through');
      expectStatus(answer, 400);
      return unheard(world, from, issued, () => Promise.resolve());
    },
  },
  {
    name: 'database-down-at-token-revoke',
    story:
      'The database was down when the token was revoked (204): the token is gone, its lease waits for a retry.',
    naive: asksToken,
    truth: { by: byLogin, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', c2: 'live R-LISTED', c3: 'live R-ACTIVE' } },
    async play(world) {
      const grant = await giveGrant(world);
      const before = world.wire.refused();
      world.wire.set('cut');
      expectStatus(await revokeToken(world, grant.agent.accessor), 204);
      await retrying(world, grant);
      let refused = -1;
      await until('the first attempt fails', async () => {
        const now = world.wire.refused();
        const settled = now > before && now === refused;
        refused = now;
        if (!settled) await new Promise((done) => setTimeout(done, 200));
        return settled;
      });
      world.wire.set('through');
      return {
        grant: revokedNow(grant),
        naive: () => askAccessor(world, grant.agent.accessor),
        truth: () => useLogin(world, grant.issued),
        async mend() {
          await revokeLease(world, grant.issued.leaseId);
          await leaseGone(world, grant.issued.leaseId);
        },
      };
    },
  },
  {
    name: 'revoke-force',
    story:
      'The login owns a table, so its DROP fails; the broker helps itself with revoke-force, which answers 204.',
    naive: asksLease,
    truth: { by: byLogin, is: 'works' },
    expected: loginLive,
    play: told(owner, async (world, grant) => {
      await ownTable(world, grant);
      expectStatus(await revokeLease(world, grant.issued.leaseId), 400);
      await world.broker('POST', `sys/leases/revoke-force/database/creds/${grant.role}`);
      await revokeToken(world, grant.agent.accessor);
    }),
  },
  {
    name: 'tidy-forgets-a-lease',
    story: 'A lease whose DROP fails is being retried; `sys/leases/tidy` deletes it and logs it as revoked.',
    naive: asksLease,
    truth: { by: byLogin, is: 'works' },
    expected: loginLive,
    play: told(owner, async (world, grant) => {
      await ownTable(world, grant);
      expectStatus(await revokeToken(world, grant.agent.accessor), 204);
      await retrying(world, grant);
      await dropFailed(world, grant);
      await world.broker('POST', 'sys/leases/tidy');
      await leaseGone(world, grant.issued.leaseId);
    }),
  },
  {
    name: 'token-revoked-login-owns-table',
    story:
      'The token is revoked (204) while the login owns a table: the lease is over, stands, and is retried.',
    naive: asksToken,
    truth: { by: byLogin, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', c2: 'live R-LISTED', c3: 'live R-ACTIVE' } },
    blinded: {
      without: 'update sys/leases/lookup',
      expected: {
        grant: 'live',
        exit: 1,
        targets: { c1: 'gone', c2: 'unproven R-PERM', c3: 'live R-ACTIVE' },
        needs: 'update sys/leases/lookup',
      },
    },
    async play(world) {
      const grant = await giveGrant(world, owner);
      await ownTable(world, grant);
      expectStatus(await revokeToken(world, grant.agent.accessor), 204);
      await retrying(world, grant);
      await dropFailed(world, grant);
      return {
        grant: revokedNow(grant),
        naive: () => askAccessor(world, grant.agent.accessor),
        truth: () => useLogin(world, grant.issued),
        async mend() {
          await world.database.sql(`DROP OWNED BY "${grant.issued.user}"`);
          await revokeLease(world, grant.issued.leaseId);
          await leaseGone(world, grant.issued.leaseId);
        },
      };
    },
  },
  {
    name: 'lease-without-its-login',
    story: 'The record names the lease, but not the login that it made in the database.',
    naive: asksLease,
    truth: { by: byLogin, is: 'works' },
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: { c1: 'gone', c2: 'unproven R-DERIVED' },
      needs: 'that principal as a credential of its own, with derivedFrom: c2',
    },
    async play(world) {
      const grant = await giveGrant(world, { revocation: ['SELECT 1;'] });
      await endGrant(world, grant);
      const whole = revokedNow(grant);
      return {
        grant: { ...whole, credentials: grant.credentials.slice(0, 2) },
        naive: () => askLease(world, grant.issued.leaseId),
        truth: () => useLogin(world, grant.issued),
        async mend() {
          await dropLogin(world, grant.issued.user);
        },
        amended: () => whole,
      };
    },
  },
  {
    name: 'database-system-not-looked-at',
    story: 'The record says that the database was touched, and names nothing in it.',
    naive: asksLease,
    truth: { by: byLogin, is: 'works' },
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: { c1: 'gone', 'coverage:billing-db': 'unproven R-NOAPI' },
    },
    async play(world) {
      const grant = await giveGrant(world, { revocation: ['SELECT 1;'] });
      await endGrant(world, grant);
      const whole = revokedNow(grant);
      return {
        grant: { ...whole, credentials: grant.credentials.slice(0, 1), systems: ['billing-db'] },
        naive: () => askLease(world, grant.issued.leaseId),
        truth: () => useLogin(world, grant.issued),
        async mend() {
          await dropLogin(world, grant.issued.user);
        },
        amended: () => whole,
      };
    },
  },
];
