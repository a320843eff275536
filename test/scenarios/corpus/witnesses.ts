import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  askAccessor,
  c1,
  c2,
  c3,
  defineRole,
  dropLogin,
  issue,
  makeToken,
  revokeLease,
  revokeToken,
  useAny,
  useLogin,
  useToken,
} from '../people.ts';
import type { Issued, Token } from '../people.ts';
import type { Located } from '../record.ts';
import type { Played, Scenario } from '../scenario.ts';
import { until } from '../wait.ts';
import type { World } from '../world.ts';
import { leaseGone } from './endings.ts';

const asksAccessor = { asks: "looks the token's accessor up", says: 'gone' } as const;
const policies = ['agent', 'orphan-maker'];
const byChild = "asking OpenBao who one is, with the child's token";

/** As the record names it, with all that it carried. */
const carrying = (token: Token): Located => ({ ...c1(token), ref: { accessor: token.accessor, policies } });

/** The agent may make tokens that nobody lists; here it makes one, of a few seconds. */
async function agentWithBatch(world: World, ttl: string) {
  const from = new Date();
  const agent = await makeToken(world, { policies });
  const batch = await makeToken(world, { type: 'batch', ttl }, agent.value, 'create-orphan');
  return { from, agent, batch };
}

const ended = async (world: World, { value }: Token): Promise<void> => {
  await until('the token ends', async () => (await useToken(world, value)) === 'refused');
  // whole seconds are all that the clock of the server tells, and one is left for its being set
  await sleep(2_100);
};

const tokenOnly = (from: Date, agent: Token): Played['grant'] => ({
  from,
  revokedAt: new Date(),
  credentials: [carrying(agent)],
});

/** The record, once somebody looked: with the lease and the login behind it. */
const withLogin = (from: Date, agent: Token, issued: Issued): Played['grant'] => ({
  from,
  revokedAt: new Date(),
  credentials: [carrying(agent), c2(issued), c3(issued)],
});

/** What only the audit log of the server knows. */
export const witnesses: readonly Scenario[] = [
  {
    name: 'batch-orphan-unwitnessed',
    story: 'A batch orphan that nobody wrote down, and nobody lets the verifier read the audit log.',
    naive: asksAccessor,
    truth: { by: byChild, is: 'works' },
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: { c1: 'gone', 'hunt:vault-prod': 'unproven R-NOAPI' },
      says: 'the audit log of the server (auditLog in the configuration)',
    },
    async play(world) {
      const { from, agent, batch } = await agentWithBatch(world, '4s');
      await revokeToken(world, agent.accessor);
      return {
        grant: tokenOnly(from, agent),
        verifier: { audit: undefined },
        configured: { audit: true },
        naive: () => askAccessor(world, agent.accessor),
        truth: () => useToken(world, batch.value),
        mend: () => ended(world, batch),
      };
    },
  },
  {
    name: 'batch-orphan-leased',
    story:
      'With the batch orphan the agent asked for a login: its lease has no token that would end it when the agent is revoked.',
    naive: asksAccessor,
    truth: { by: 'logging in with the name and the password', is: 'works' },
    expected: {
      grant: 'live',
      exit: 1,
      targets: { c1: 'gone', 'hunt:vault-prod/leased-in-window-1': 'live R-LISTED' },
    },
    blinded: {
      without: 'update sys/audit-hash/*',
      expected: {
        grant: 'unproven',
        exit: 3,
        targets: { c1: 'gone', 'hunt:vault-prod': 'unproven R-PERM' },
        needs: 'update sys/audit-hash/*',
      },
    },
    async play(world) {
      const role = await defineRole(world);
      const { from, agent, batch } = await agentWithBatch(world, '8s');
      const issued = await issue(world, role, batch.value);
      await revokeToken(world, agent.accessor);
      return {
        grant: tokenOnly(from, agent),
        configured: { audit: true },
        naive: () => askAccessor(world, agent.accessor),
        truth: () => useLogin(world, issued),
        async mend() {
          await revokeLease(world, issued.leaseId);
          await leaseGone(world, issued.leaseId);
          await ended(world, batch);
        },
        amended: () => withLogin(from, agent, issued),
      };
    },
  },
  {
    name: 'lease-undeclared',
    story:
      'The record names the token alone. It asked for a login, whose lease ended with it; the revocation statement does nothing.',
    naive: asksAccessor,
    truth: { by: 'logging in with the name and the password', is: 'works' },
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: { c1: 'gone', 'hunt:vault-prod/leased-in-window-1': 'unproven R-DERIVED' },
    },
    async play(world) {
      const from = new Date();
      const role = await defineRole(world, { revocation: ['SELECT 1;'] });
      const agent = await makeToken(world, { policies });
      const issued = await issue(world, role, agent.value);
      await revokeToken(world, agent.accessor);
      await leaseGone(world, issued.leaseId);
      return {
        grant: tokenOnly(from, agent),
        configured: { audit: true },
        naive: () => askAccessor(world, agent.accessor),
        truth: () => useLogin(world, issued),
        mend: () => dropLogin(world, issued.user),
        amended: () => withLogin(from, agent, issued),
      };
    },
  },
  {
    name: 'audit-log-behind',
    story: 'The grant ended honestly; what the verifier reads is a copy of the audit log of an hour ago.',
    naive: asksAccessor,
    truth: { by: 'asking OpenBao who one is, with the token', is: 'refused' },
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: { c1: 'gone', 'hunt:vault-prod': 'unproven R-CONTROL' },
      says: 'does not show what the verifier asked a moment ago',
    },
    async play(world) {
      const folder = mkdtempSync(join(tmpdir(), 'tombstone-log-'));
      const from = new Date();
      const agent = await makeToken(world, { policies });
      const child = await makeToken(world, {}, agent.value);
      await revokeToken(world, agent.accessor);
      const file = join(folder, 'audit.log');
      copyFileSync(world.bao.auditFile, file);
      return {
        grant: tokenOnly(from, agent),
        verifier: { audit: { file } },
        configured: { audit: true },
        naive: () => askAccessor(world, agent.accessor),
        truth: () => useAny(useToken(world, agent.value), useToken(world, child.value)),
        mend: () => Promise.resolve(),
        clean: () => Promise.resolve(rmSync(folder, { recursive: true })),
      };
    },
  },
];
