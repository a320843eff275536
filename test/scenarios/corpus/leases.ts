import { askLease, dropLogin, endGrant, giveGrant, revokedNow, useLogin } from '../people.ts';
import type { Grant, RoleOptions } from '../people.ts';
import type { Expectation, Played, Scenario } from '../scenario.ts';
import type { World } from '../world.ts';

const allGone: Expectation = { grant: 'gone', exit: 0, targets: { c1: 'gone', c2: 'gone', c3: 'gone' } };
const loginLive: Expectation = {
  grant: 'live',
  exit: 1,
  targets: { c1: 'gone', c2: 'gone', c3: 'live R-ACTIVE' },
};
const asksLease = { asks: 'sys/leases/lookup of the lease', says: 'gone' } as const;
const byLogin = 'log in with the name and password';

/** Lease and login of a grant, asked and used the usual way. */
const usual = (world: World, grant: Grant) => ({
  grant: revokedNow(grant),
  naive: () => askLease(world, grant.issued.leaseId),
  truth: () => useLogin(world, grant.issued),
});

/** The broker ends the grant as always; whatever the engine does with it is the story. */
async function ended(world: World, options: RoleOptions, before?: (grant: Grant) => Promise<unknown>) {
  const grant = await giveGrant(world, options);
  await before?.(grant);
  await endGrant(world, grant);
  return grant;
}

const withLogin =
  (options: RoleOptions, before?: (world: World, grant: Grant) => Promise<unknown>) =>
  async (world: World): Promise<Played> => {
    const grant = await ended(world, options, (given) => before?.(world, given) ?? Promise.resolve());
    return { ...usual(world, grant), mend: () => dropLogin(world, grant.issued.user) };
  };

const honest =
  (options: RoleOptions) =>
  async (world: World): Promise<Played> =>
    usual(world, await ended(world, options));

export const leases: readonly Scenario[] = [
  {
    name: 'honest-revocation',
    story: 'The broker revokes lease and token, and the engine drops the login.',
    naive: asksLease,
    truth: { by: byLogin, is: 'refused' },
    expected: allGone,
    play: honest({}),
  },
  {
    name: 'statement-does-nothing',
    story: 'The revocation statement is `SELECT 1;`: it succeeds, and the login stays.',
    naive: asksLease,
    truth: { by: byLogin, is: 'works' },
    expected: loginLive,
    play: withLogin({ revocation: ['SELECT 1;'] }),
  },
];
