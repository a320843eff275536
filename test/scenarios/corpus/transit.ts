import { z } from 'zod';
import { makeToken, revokeToken } from '../people.ts';
import type { Token } from '../people.ts';
import type { Located } from '../record.ts';
import type { NaiveAnswer, Played, Scenario, Truth } from '../scenario.ts';
import type { World } from '../world.ts';

interface Given {
  readonly from: Date;
  readonly mount: string;
  /** Made with version 1 of the key. */
  readonly ciphertext: string;
  /** May decrypt, and outlives the grant. */
  readonly user: Token;
}

const encrypted = z.object({ data: z.object({ ciphertext: z.string() }) });

/** The broker makes a key of two versions, for the agent to decrypt with. */
async function give(world: World): Promise<Given> {
  const mount = world.unique('transit');
  await world.broker('POST', `sys/mounts/${mount}`, { type: 'transit' });
  await world.broker('POST', `sys/policies/acl/${mount}`, {
    policy: `path "${mount}/decrypt/*" { capabilities = ["update"] }`,
  });
  const from = new Date();
  await world.broker('POST', `${mount}/keys/agent`);
  const plaintext = Buffer.from('opening balance').toString('base64');
  const answer = await world.broker('POST', `${mount}/encrypt/agent`, { plaintext });
  await world.broker('POST', `${mount}/keys/agent/rotate`);
  const { ciphertext } = encrypted.parse(answer).data;
  return { from, mount, ciphertext, user: await makeToken(world, { policies: [mount] }) };
}

const decrypt = (world: World, { mount, ciphertext, user }: Given) =>
  world.call('POST', `${mount}/decrypt/agent`, { ciphertext }, user.value);

async function use(world: World, given: Given): Promise<Truth> {
  const { status, text } = await decrypt(world, given);
  if (status === 200) return 'works';
  const ended = /soft-deleted|disallowed by policy|encryption key not found/.test(text);
  if (status === 400 && ended) return 'refused';
  throw new Error(`decrypting: ${status} ${text}`);
}

async function ask(world: World, given: Given): Promise<NaiveAnswer> {
  return (await decrypt(world, given)).status === 200 ? 'still there' : 'gone';
}

const keyOf = ({ mount }: Given, version?: number): Located => ({
  id: 'c1',
  kind: 'vault/transit-key',
  system: 'vault-prod',
  ref: { mount, name: 'agent', ...(version === undefined ? {} : { version }) },
});

const revoked = (given: Given, version?: number): Played['grant'] => ({
  from: given.from,
  revokedAt: new Date(),
  credentials: [keyOf(given, version)],
});

const asks = 'decrypts with the key';
const by = 'decrypting what was encrypted in the grant';
const keys = 'read +/keys/*';

export const transitKeys: readonly Scenario[] = [
  {
    name: 'transit-soft-deleted',
    story: 'The broker deleted the key softly: everything is refused, and one write restores it.',
    naive: { asks, says: 'gone' },
    truth: { by, is: 'refused' },
    expected: { grant: 'dormant', exit: 1, targets: { c1: 'dormant R-DISABLED' } },
    blinded: {
      without: keys,
      expected: { grant: 'unproven', exit: 3, targets: { c1: 'unproven R-PERM' }, needs: keys },
    },
    async play(world) {
      const given = await give(world);
      const path = `${given.mount}/keys/agent`;
      await world.broker('DELETE', `${path}/soft-delete`);
      return {
        grant: revoked(given),
        naive: () => ask(world, given),
        truth: () => use(world, given),
        revive: async () => void (await world.broker('POST', `${path}/soft-delete-restore`)),
        async mend() {
          await world.broker('POST', `${path}/config`, { deletion_allowed: true });
          await world.broker('DELETE', path);
        },
        clean: async () => void (await revokeToken(world, given.user.accessor)),
      };
    },
  },
  {
    name: 'transit-version-below-minimum',
    story: 'The version was put below min_decryption_version, which anybody who may can lower again.',
    naive: { asks, says: 'gone' },
    truth: { by, is: 'refused' },
    expected: { grant: 'dormant', exit: 1, targets: { c1: 'dormant R-DISABLED' } },
    async play(world) {
      const given = await give(world);
      const path = `${given.mount}/keys/agent`;
      await world.broker('POST', `${path}/config`, { min_decryption_version: 2 });
      return {
        grant: revoked(given, 1),
        naive: () => ask(world, given),
        truth: () => use(world, given),
        revive: async () =>
          void (await world.broker('POST', `${path}/config`, { min_decryption_version: 1 })),
        async mend() {
          const both = { min_decryption_version: 2, min_encryption_version: 2 };
          await world.broker('POST', `${path}/config`, both);
          await world.broker('POST', `${path}/trim`, { min_available_version: 2 });
        },
        clean: async () => void (await revokeToken(world, given.user.accessor)),
      };
    },
  },
];
