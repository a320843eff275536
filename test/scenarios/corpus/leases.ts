import {
  askAccessor,
  askLease,
  c1,
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
  useLogin,
} from '../people.ts';
import type { Scenario } from '../scenario.ts';
import { until } from '../wait.ts';
import {
  loginLive,
  leaseLive,
  asksLease,
  asksToken,
  byLogin,
  told,
  lent,
  unheard,
  expectStatus,
  ownTable,
  owner,
  retrying,
  dropFailed,
  leaseGone,
} from './endings.ts';

const auditLog =
  "the broker's audit log: name in the record what it made for this subject, and ask again when the others have ended";

export const leases: readonly Scenario[] = [
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
      targets: { c1: 'gone', 'hunt:billing-db': 'unproven R-ORIGIN' },
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
  {
    name: 'second-login-undeclared',
    story: 'The agent asked the engine for a second login, and the record names only the first.',
    naive: asksLease,
    truth: { by: 'logging in with the second name and password', is: 'works' },
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: { c1: 'gone', c2: 'gone', c3: 'gone', 'hunt:billing-db': 'unproven R-ORIGIN' },
      needs: auditLog,
    },
    blinded: {
      without: 'SELECT on pg_catalog.pg_auth_members',
      expected: {
        grant: 'unproven',
        exit: 3,
        targets: { c1: 'gone', c2: 'gone', c3: 'gone', 'hunt:billing-db': 'unproven R-PERM' },
        needs: 'SELECT on pg_catalog.pg_auth_members',
      },
    },
    async play(world) {
      const grant = await giveGrant(world);
      const second = await issue(world, grant.role, grant.agent.value);
      await revokeLease(world, grant.issued.leaseId);
      await defineRole(world, { revocation: ['SELECT 1;'] }, grant.role);
      await revokeToken(world, grant.agent.accessor);
      await leaseGone(world, second.leaseId);
      return {
        grant: revokedNow(grant),
        naive: () => askLease(world, grant.issued.leaseId),
        truth: () => useLogin(world, second),
        mend: () => dropLogin(world, second.user),
      };
    },
  },
  {
    name: 'first-login-undeclared',
    story: 'The agent asked the engine for two logins, and the record names only the second.',
    naive: asksLease,
    truth: { by: 'logging in with the second name and password', is: 'works' },
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: { c1: 'gone', c2: 'gone', c3: 'gone', 'hunt:billing-db': 'unproven R-ORIGIN' },
      needs: auditLog,
    },
    blinded: {
      without: 'SELECT on pg_catalog.pg_auth_members',
      expected: {
        grant: 'unproven',
        exit: 3,
        targets: { c1: 'gone', c2: 'gone', c3: 'gone', 'hunt:billing-db': 'unproven R-PERM' },
        needs: 'SELECT on pg_catalog.pg_auth_members',
      },
    },
    async play(world) {
      const grant = await giveGrant(world);
      const second = await issue(world, grant.role, grant.agent.value);
      await revokeLease(world, second.leaseId);
      await defineRole(world, { revocation: ['SELECT 1;'] }, grant.role);
      await revokeToken(world, grant.agent.accessor);
      await leaseGone(world, grant.issued.leaseId);
      return {
        grant: { ...revokedNow(grant), credentials: [c1(grant.agent), c2(second), c3(second)] },
        naive: () => askLease(world, second.leaseId),
        truth: () => useLogin(world, grant.issued),
        mend: () => dropLogin(world, grant.issued.user),
      };
    },
  },
];
