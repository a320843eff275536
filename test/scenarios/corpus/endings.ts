import {
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
  useLogin,
} from '../people.ts';
import type { Grant, Issued, RoleOptions } from '../people.ts';
import type { Expectation, Played, Scenario } from '../scenario.ts';
import { until } from '../wait.ts';
import type { World } from '../world.ts';
import { makers, readers } from '../world.ts';

export const goneAll = { c1: 'gone', c2: 'gone', c3: 'gone' } as const;
export const allGone: Expectation = { grant: 'gone', exit: 0, targets: goneAll };
export const loginLive: Expectation = {
  grant: 'live',
  exit: 1,
  targets: { ...goneAll, c3: 'live R-ACTIVE' },
};
export const leaseLive: Expectation = {
  grant: 'live',
  exit: 1,
  targets: { c2: 'live R-LISTED', c3: 'live R-ACTIVE' },
};
export const asksLease = { asks: 'looks the lease up', says: 'gone' } as const;
export const asksToken = { asks: 'looks the accessor of the token up', says: 'gone' } as const;
export const byLogin = 'logging in with the name and the password';

/** The broker ends the grant as always; what the engine does with that is the story. */
export function told(
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

export function honest(options: RoleOptions): Scenario['play'] {
  const tell = told(options);
  return async (world) => {
    const { mend: _, ...played } = await tell(world);
    return played;
  };
}

/** The broker asked for the login itself: no token of the agent is in the story. */
export async function lent(
  world: World,
  options: RoleOptions,
): Promise<{ role: string; from: Date; issued: Issued }> {
  const from = new Date();
  const role = await defineRole(world, options);
  return { role, from, issued: await issue(world, role) };
}

/** The revocation answered an error, which the broker did not read. */
export function unheard(world: World, from: Date, issued: Issued, repair: () => Promise<unknown>): Played {
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
export async function ownTable(world: World, { issued }: Grant): Promise<void> {
  await world.database.sql(`CREATE TABLE public.${world.unique('own')} ()`, [], issued);
}

export const owner: RoleOptions = { groups: [readers, makers] };

/** After a failed attempt OpenBao keeps the lease, with its time over, and tries again 16 seconds later. */
export async function retrying(world: World, { issued }: Grant): Promise<void> {
  await until('the lease is being retried', async () => {
    const { text } = await world.call('POST', 'sys/leases/lookup', { lease_id: issued.leaseId });
    return text.includes('"ttl":0');
  });
}

export const dropFailed = (world: World, { issued }: Grant) =>
  until('the DROP fails', () => world.database.log().includes(`role "${issued.user}" cannot be dropped`));

export const leaseGone = (world: World, leaseId: string) =>
  until('the lease ends', async () => (await askLease(world, leaseId)) === 'gone');
