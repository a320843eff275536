import { createHash } from 'node:crypto';
import { z } from 'zod';
import { c1, makeToken, revokeToken, useToken } from '../people.ts';
import type { Token } from '../people.ts';
import type { NaiveAnswer, Played, Scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { readWith, writeReadable } from './groups.ts';

const written = z.object({ data: z.object({ policy: z.string() }) });

interface Given {
  readonly from: Date;
  readonly policy: string;
  readonly sha256: string;
  readonly text: string;
  readonly agent: Token;
}

/** The broker writes a policy for the task, and a token that names it. */
async function give(world: World): Promise<Given> {
  const from = new Date();
  const policy = await writeReadable(world);
  const text = (await textOf(world, policy)) ?? '';
  const agent = await makeToken(world, { policies: [policy] });
  return { from, policy, text, sha256: digest(text), agent };
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

async function textOf(world: World, policy: string): Promise<string | undefined> {
  const { status, json } = await world.call('GET', `sys/policies/acl/${policy}`);
  return status === 200 ? written.parse(json).data.policy : undefined;
}

const revoked = ({ from, policy, sha256, text, agent }: Given): Played['grant'] => ({
  from,
  revokedAt: new Date(),
  credentials: [{ ...c1(agent), ref: { accessor: agent.accessor, policies: [policy] } }],
  // the broker writes and removes it with the grant: what it said stands in the record alone
  entitlements: [
    { id: 'e1', kind: 'vault/policy', system: 'vault-prod', ref: { name: policy, sha256, text } },
  ],
});

/** Whoever goes by the text that was granted. */
async function askText(world: World, { policy, text }: Given): Promise<NaiveAnswer> {
  return (await textOf(world, policy)) === text ? 'still there' : 'gone';
}

const remove = (world: World, { policy }: Given) => world.broker('DELETE', `sys/policies/acl/${policy}`);

export const policies: readonly Scenario[] = [
  {
    name: 'policy-deleted-token-lives',
    story: 'The broker deleted the policy; the token that names it stands, and waits for one of that name.',
    naive: { asks: 'reads the policy', says: 'gone' },
    truth: { by: 'asking OpenBao who one is, with the token', is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'live R-ACTIVE', e1: 'gone' } },
    blinded: {
      without: 'read sys/policies/acl/*',
      expected: {
        grant: 'live',
        exit: 1,
        targets: { c1: 'live R-ACTIVE', e1: 'unproven R-PERM' },
        needs: 'read sys/policies/acl/*',
      },
    },
    async play(world) {
      const given = await give(world);
      await remove(world, given);
      return {
        grant: revoked(given),
        naive: () => askText(world, given),
        truth: () => useToken(world, given.agent.value),
        mend: async () => void (await revokeToken(world, given.agent.accessor)),
      };
    },
  },
  {
    name: 'policy-written-anew',
    story:
      'The policy was deleted, and another team wrote one of the same name: the old token has its rights.',
    naive: { asks: 'whether a policy with the text of the grant stands', says: 'gone' },
    truth: { by: 'reading what the new policy lets its bearer read, with the old token', is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'live R-ACTIVE', e1: 'live R-STANDING' } },
    async play(world) {
      const given = await give(world);
      await remove(world, given);
      await world.broker('POST', `sys/policies/acl/${given.policy}`, {
        policy: 'path "sys/policies/acl/*" { capabilities = ["read", "list"] }',
      });
      return {
        grant: revoked(given),
        naive: () => askText(world, given),
        truth: () => readWith(world, given.agent, given.policy),
        async mend() {
          await revokeToken(world, given.agent.accessor);
          await remove(world, given);
        },
      };
    },
  },
];
