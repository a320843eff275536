import { z } from 'zod';
import { makeToken, revokeToken } from '../people.ts';
import type { Token } from '../people.ts';
import type { Located } from '../record.ts';
import type { NaiveAnswer, Played, Scenario, Truth } from '../scenario.ts';
import { until } from '../wait.ts';
import type { World } from '../world.ts';

interface Given {
  readonly from: Date;
  readonly mount: string;
  /** A reader, who outlives the grant: what stands can be read by whoever may. */
  readonly reader: Token;
}

const path = 'app/db';

/** The broker puts a password into a store, for the agent to read. */
async function give(world: World, versions = 1): Promise<Given> {
  const mount = world.unique('kv');
  await world.broker('POST', `sys/mounts/${mount}`, { type: 'kv', options: { version: '2' } });
  await world.broker('POST', `sys/policies/acl/${mount}`, {
    policy: `path "${mount}/data/*" { capabilities = ["read"] }`,
  });
  const from = new Date();
  const body = { data: { password: world.planted.add(`kept-in-${mount}`) } };
  const write = () => world.call('POST', `${mount}/data/${path}`, body);
  // the server makes the store in the background
  await until('the store takes a secret', async () => (await write()).status === 200);
  for (let more = 1; more < versions; more += 1) await write();
  return { from, mount, reader: await makeToken(world, { policies: [mount] }) };
}

const read = (world: World, { mount, reader }: Given, version: number) =>
  world.call('GET', `${mount}/data/${path}?version=${version}`, undefined, reader.value);

const readable = z.object({ data: z.object({ data: z.record(z.string(), z.string()) }) });

async function use(world: World, given: Given, version: number): Promise<Truth> {
  const { status, json, text } = await read(world, given, version);
  if (status === 200 && readable.safeParse(json).success) return 'works';
  if (status === 404) return 'refused';
  throw new Error(`reading version ${version}: ${status} ${text}`);
}

async function ask(world: World, given: Given): Promise<NaiveAnswer> {
  return (await world.call('GET', `${given.mount}/data/${path}`)).status === 200 ? 'still there' : 'gone';
}

const secretOf = ({ mount }: Given, version?: number): Located => ({
  id: 'c1',
  kind: 'vault/kv-secret',
  system: 'vault-prod',
  ref: { mount, path, ...(version === undefined ? {} : { version }) },
});

const revoked = (given: Given, version?: number): Played['grant'] => ({
  from: given.from,
  revokedAt: new Date(),
  credentials: [secretOf(given, version)],
});

const remove = ({ broker }: World, { mount }: Given) => broker('DELETE', `${mount}/metadata/${path}`);
const metadata = 'read +/metadata/*';
const asks = 'reads the secret';

export const kvSecrets: readonly Scenario[] = [
  {
    name: 'kv-soft-deleted',
    story: 'The broker deleted the secret, which marks it: undelete brings it back.',
    naive: { asks, says: 'gone' },
    truth: { by: 'reading the version', is: 'refused' },
    expected: { grant: 'dormant', exit: 1, targets: { c1: 'dormant R-DISABLED' } },
    blinded: {
      without: metadata,
      expected: { grant: 'unproven', exit: 3, targets: { c1: 'unproven R-PERM' }, needs: metadata },
    },
    async play(world) {
      const given = await give(world);
      await world.broker('DELETE', `${given.mount}/data/${path}`);
      return {
        grant: revoked(given),
        naive: () => ask(world, given),
        truth: () => use(world, given, 1),
        revive: async () =>
          void (await world.broker('POST', `${given.mount}/undelete/${path}`, { versions: [1] })),
        mend: async () => void (await remove(world, given)),
        clean: async () => void (await revokeToken(world, given.reader.accessor)),
      };
    },
  },
  {
    name: 'kv-older-version-left',
    story: 'The newest version was destroyed; the one before it can be read by its number.',
    naive: { asks, says: 'gone' },
    truth: { by: 'reading the version before', is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'live R-LISTED' } },
    async play(world) {
      const given = await give(world, 2);
      await world.broker('POST', `${given.mount}/destroy/${path}`, { versions: [2] });
      return {
        grant: revoked(given),
        naive: () => ask(world, given),
        truth: () => use(world, given, 1),
        mend: async () => void (await remove(world, given)),
        clean: async () => void (await revokeToken(world, given.reader.accessor)),
      };
    },
  },
  {
    name: 'kv-version-destroyed',
    story: 'The version that was given is destroyed; the next one, of another task, stands.',
    naive: { asks, says: 'still there' },
    truth: { by: 'reading the version', is: 'refused' },
    expected: { grant: 'gone', exit: 0, targets: { c1: 'gone' } },
    async play(world) {
      const given = await give(world, 2);
      await world.broker('POST', `${given.mount}/destroy/${path}`, { versions: [1] });
      return {
        grant: revoked(given, 1),
        naive: () => ask(world, given),
        truth: () => use(world, given, 1),
        clean: async () => void (await revokeToken(world, given.reader.accessor)),
      };
    },
  },
];
