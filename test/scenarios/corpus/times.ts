import {
  askAccessor,
  askLease,
  c1,
  endGrant,
  giveGrant,
  makeToken,
  revokedNow,
  revokeToken,
  useAny,
  useLogin,
  useToken,
} from '../people.ts';
import type { Grant } from '../people.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { until } from '../wait.ts';

const uses = (world: World, { agent, issued }: Grant) =>
  useAny(useToken(world, agent.value), useLogin(world, issued));
const byBoth = 'asking OpenBao with the token, and logging in';

export const times: readonly Scenario[] = [
  {
    name: 'not-revoked-yet',
    story: 'The task still runs: nobody has revoked anything.',
    naive: { asks: 'looks the lease up', says: 'still there' },
    truth: { by: byBoth, is: 'works' },
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: {
        c1: 'unproven R-NOT-REVOKED',
        c2: 'unproven R-NOT-REVOKED',
        c3: 'unproven R-NOT-REVOKED',
      },
      needs: 'the revocation, then a new run',
    },
    async play(world) {
      const grant = await giveGrant(world);
      return {
        grant: { ...revokedNow(grant), revokedAt: undefined },
        naive: () => askLease(world, grant.issued.leaseId),
        truth: () => uses(world, grant),
        mend: () => endGrant(world, grant),
        amended: () => revokedNow(grant),
      };
    },
  },
  {
    name: 'until-past-not-revoked',
    story: 'The hour is over, and nobody has revoked anything: what was issued lasts longer than the grant.',
    naive: { asks: 'whether the end of the grant is past', says: 'gone' },
    truth: { by: byBoth, is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: { c1: 'live R-ACTIVE', c2: 'live R-LISTED', c3: 'live R-ACTIVE' },
    },
    async play(world) {
      const grant = await giveGrant(world);
      const over = new Date(Date.now() + 500);
      await until('the grant is over', () => new Date() > over);
      return {
        grant: { ...revokedNow(grant), until: over, revokedAt: undefined },
        naive: () => Promise.resolve(new Date() > over ? 'gone' : 'still there'),
        truth: () => uses(world, grant),
        mend: () => endGrant(world, grant),
      };
    },
  },
  {
    name: 'expired-by-itself',
    story:
      'Nobody revoked anything, for nothing had to be: token, lease and login ended when their time was over.',
    naive: { asks: 'looks the lease up', says: 'gone' },
    truth: { by: byBoth, is: 'refused' },
    expected: { grant: 'gone', exit: 0, targets: { c1: 'gone', c2: 'gone', c3: 'gone' } },
    async play(world) {
      const grant = await giveGrant(world, { ttl: '1s' }, '2s');
      await until('everything has ended', async () => (await uses(world, grant)) === 'refused');
      await until(
        'the lease has ended',
        async () => (await askLease(world, grant.issued.leaseId)) === 'gone',
      );
      return {
        grant: { ...revokedNow(grant), until: new Date(), revokedAt: undefined },
        naive: () => askLease(world, grant.issued.leaseId),
        truth: () => uses(world, grant),
      };
    },
  },
  {
    name: 'broker-clock-ahead',
    story:
      "The broker's clock is ahead, so that an orphan token was made before the grant began, as the record tells it.",
    naive: { asks: "looks the token's accessor up", says: 'gone' },
    truth: { by: "asking OpenBao who one is, with the child's token", is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: { c1: 'gone', 'c1/created-in-window-1': 'live R-ACTIVE' },
    },
    async play(world) {
      const policies = ['orphan-maker'];
      const parent = await makeToken(world, { policies });
      const child = await makeToken(world, {}, parent.value, 'create-orphan');
      await revokeToken(world, parent.accessor);
      const from = new Date(Date.now() + 1_500);
      const over = new Date(from.getTime() + 100);
      await until(
        'the revocation, as the record tells it, is past',
        () => Date.now() > over.getTime() + 1_000,
      );
      return {
        grant: {
          from,
          revokedAt: over,
          credentials: [{ ...c1(parent), ref: { accessor: parent.accessor, policies } }],
        },
        configured: { audit: true },
        verifier: { skew: 'PT10S' },
        naive: () => askAccessor(world, parent.accessor),
        truth: () => useToken(world, child.value),
        mend: async () => void (await revokeToken(world, child.accessor)),
      };
    },
  },
];
