import { askLease, defineRole, dropLogin, endGrant, giveGrant, revokedNow, useLogin } from '../people.ts';
import type { Scenario } from '../scenario.ts';
import { goneAll, allGone, loginLive, asksLease, byLogin, told, honest } from './endings.ts';

export const statements: readonly Scenario[] = [
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
];
