import { z } from 'zod';
import { askLease, c2, c3, dropLogin, oidOf, useLogin } from '../people.ts';
import type { Issued } from '../people.ts';
import type { Located } from '../record.ts';
import type { Scenario, Truth } from '../scenario.ts';
import { until } from '../wait.ts';
import type { World } from '../world.ts';
import { readers } from '../world.ts';
import { bySerial, byHandshake, certificateOf, giveCertificate } from './certificates.ts';
import { asksLease, byLogin } from './endings.ts';
import { showCertificate } from './handshake.ts';

const mountFacts = z.object({ data: z.object({ accessor: z.string() }) });
const login = z.object({
  lease_id: z.string(),
  data: z.object({ username: z.string(), password: z.string() }),
});
const secretId = z.object({ data: z.object({ secret_id: z.string(), secret_id_accessor: z.string() }) });
const roleId = z.object({ data: z.object({ role_id: z.string() }) });

const accessorOf = async (world: World, mount: string) =>
  mountFacts.parse(await world.broker('GET', `sys/mounts/${mount}`)).data.accessor;

/** A move goes on in the background after its answer. */
async function move(world: World, from: string, to: string, probe: string): Promise<void> {
  await world.broker('POST', 'sys/remount', { from, to });
  await until('the mount is moved', async () => (await world.call('GET', `${to}/${probe}`)).status === 200);
}

/** A database engine of its own, whose revocation does nothing. */
async function lendLogin(world: World): Promise<{ mount: string; from: Date; issued: Issued }> {
  const mount = world.unique('logins');
  const { superuser, port } = world.database;
  await world.broker('POST', `sys/mounts/${mount}`, { type: 'database' });
  await world.broker('POST', `${mount}/config/billing`, {
    plugin_name: 'postgresql-database-plugin',
    connection_url: `postgresql://{{username}}:{{password}}@127.0.0.1:${port}/postgres?sslmode=disable`,
    username: superuser.user,
    password: superuser.password,
    allowed_roles: '*',
  });
  await world.broker('POST', `${mount}/roles/agent`, {
    db_name: 'billing',
    creation_statements: [`CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' IN ROLE ${readers};`],
    revocation_statements: ['SELECT 1;'],
    default_ttl: '1h',
  });
  const from = new Date();
  const { lease_id: leaseId, data } = login.parse(await world.broker('GET', `${mount}/creds/agent`));
  const { username: user, password } = data;
  return { mount, from, issued: { leaseId, user, password, oid: await oidOf(world, user) } };
}

const lentRecord = ({ from, issued }: { from: Date; issued: Issued }) => {
  const { derivedFrom: _, ...lease } = c2(issued);
  return { from, revokedAt: new Date(), credentials: [lease, c3(issued)] };
};

interface Kept {
  readonly from: Date;
  readonly mount: string;
  readonly mountAccessor: string;
}

/** A secret in a store, and the store moved away under a name of its own. */
async function moveStore(world: World): Promise<Kept & { readonly to: string }> {
  const mount = world.unique('kv');
  await world.broker('POST', `sys/mounts/${mount}`, { type: 'kv', options: { version: '2' } });
  const from = new Date();
  const body = { data: { password: world.planted.add(`kept-in-${mount}`) } };
  const write = async () => (await world.call('POST', `${mount}/data/app`, body)).status === 200;
  // the server makes the store in the background
  await until('the store takes a secret', write);
  const mountAccessor = await accessorOf(world, mount);
  const to = `${mount}-moved`;
  await move(world, mount, to, 'metadata/app');
  return { from, mount, mountAccessor, to };
}

const secretAt = (mount: string, mountAccessor: string): Located => ({
  id: 'c1',
  kind: 'vault/kv-secret',
  system: 'vault-prod',
  ref: { mount, path: 'app', mountAccessor },
});

async function readSecret(world: World, mount: string): Promise<Truth> {
  const { status } = await world.call('GET', `${mount}/data/app`);
  if (status === 200) return 'works';
  if (status === 404) return 'refused';
  throw new Error(`reading the secret: ${status}`);
}

function kept({ from, mount, mountAccessor, to }: Kept & { readonly to: string }, world: World) {
  const grant = { from, revokedAt: new Date(), credentials: [secretAt(mount, mountAccessor)] };
  return {
    grant,
    async naive() {
      const { status } = await world.call('GET', `${mount}/metadata/app`);
      return status === 200 ? ('still there' as const) : ('gone' as const);
    },
    truth: () => readSecret(world, to),
    mend: async () => void (await world.broker('DELETE', `${to}/metadata/app`)),
    amended: () => ({ ...grant, credentials: [secretAt(to, mountAccessor)] }),
  };
}

const asksPath = 'reads the secret where it was put';
const readsMoved = 'reading it where the store is now';

export const mounts: readonly Scenario[] = [
  {
    name: 'mount-disabled',
    story:
      'The engine was disabled as a whole, which revoked its leases by statements that do nothing (204).',
    naive: asksLease,
    truth: { by: byLogin, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c2: 'gone', c3: 'live R-ACTIVE' } },
    async play(world) {
      const lent = await lendLogin(world);
      await world.broker('DELETE', `sys/mounts/${lent.mount}`);
      return {
        grant: lentRecord(lent),
        naive: () => askLease(world, lent.issued.leaseId),
        truth: () => useLogin(world, lent.issued),
        mend: () => dropLogin(world, lent.issued.user),
      };
    },
  },
  {
    name: 'mount-moved-with-leases',
    story: 'The engine was moved, which ends its leases by statements that do nothing.',
    naive: asksLease,
    truth: { by: byLogin, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c2: 'gone', c3: 'live R-ACTIVE' } },
    async play(world) {
      const lent = await lendLogin(world);
      await move(world, lent.mount, `${lent.mount}-moved`, 'roles/agent');
      await until('the lease ends', async () => (await askLease(world, lent.issued.leaseId)) === 'gone');
      return {
        grant: lentRecord(lent),
        naive: () => askLease(world, lent.issued.leaseId),
        truth: () => useLogin(world, lent.issued),
        mend: () => dropLogin(world, lent.issued.user),
      };
    },
  },
  {
    name: 'certificate-lease-ended-by-a-move',
    story: 'The PKI engine was moved: the lease ended, and the certificate that it stood for did not.',
    naive: asksLease,
    truth: { by: byHandshake, is: 'works' },
    expected: { grant: 'unproven', exit: 3, targets: { c1: 'gone', c2: 'unproven R-SCOPE' } },
    async play(world) {
      const given = await giveCertificate(world, { generate_lease: true });
      const { leaseId } = given.mine;
      const moved = { ...given, mount: `${given.mount}-moved` };
      await move(world, given.mount, moved.mount, `cert/${given.mine.serial}`);
      const lease = { id: 'c1', kind: 'vault/lease', system: 'vault-prod', ref: { leaseId } };
      const record = (one: typeof given) => ({
        from: given.from,
        revokedAt: new Date(),
        credentials: [lease, { ...certificateOf(one, 'c2'), derivedFrom: 'c1' }],
      });
      return {
        grant: record(given),
        naive: () => askLease(world, leaseId),
        truth: () => showCertificate(world, moved.mount, given.mine),
        mend: async () => void (await bySerial(world, moved)),
        amended: () => record(moved),
      };
    },
  },
  {
    name: 'kv-store-moved',
    story: 'The store was moved to another path, and the secret with it.',
    naive: { asks: asksPath, says: 'gone' },
    truth: { by: readsMoved, is: 'works' },
    expected: { grant: 'unproven', exit: 3, targets: { c1: 'unproven R-SCOPE' } },
    play: async (world) => kept(await moveStore(world), world),
  },
  {
    name: 'kv-store-moved-and-replaced',
    story: 'The store was moved, and a new and empty one stands at its path.',
    naive: { asks: asksPath, says: 'gone' },
    truth: { by: readsMoved, is: 'works' },
    expected: { grant: 'unproven', exit: 3, targets: { c1: 'unproven R-IDENTITY' } },
    async play(world) {
      const moved = await moveStore(world);
      await world.broker('POST', `sys/mounts/${moved.mount}`, { type: 'kv', options: { version: '2' } });
      const ready = async () =>
        (await world.call('POST', `${moved.mount}/data/other`, { data: { x: 'y' } })).status === 200;
      await until('the new store takes a secret', ready);
      return kept(moved, world);
    },
  },
  {
    name: 'approle-moved-and-replaced',
    story: 'The AppRole mount was moved, with its secret ids, and a new one stands at its path.',
    naive: { asks: 'looks its accessor up', says: 'gone' },
    truth: { by: 'logging in where the mount is now', is: 'works' },
    expected: { grant: 'unproven', exit: 3, targets: { c1: 'unproven R-IDENTITY' } },
    async play(world) {
      const [mount, to] = [`auth/${world.unique('approle')}`, `auth/${world.unique('moved')}`];
      await world.broker('POST', `sys/${mount}`, { type: 'approle' });
      const { data } = mountFacts.parse(await world.broker('GET', `sys/${mount}`));
      await world.broker('POST', `${mount}/role/agent`, { token_policies: ['agent'], token_type: 'batch' });
      const { role_id } = roleId.parse(await world.broker('GET', `${mount}/role/agent/role-id`)).data;
      const from = new Date();
      const answer = await world.broker('POST', `${mount}/role/agent/secret-id`, {});
      const { secret_id, secret_id_accessor: accessor } = secretId.parse(answer).data;
      world.planted.add(secret_id);
      await move(world, mount, to, 'role/agent');
      await world.broker('POST', `sys/${mount}`, { type: 'approle' });
      const record = (at: string) => ({
        from,
        revokedAt: new Date(),
        credentials: [
          {
            id: 'c1',
            kind: 'vault/approle-secret-id',
            system: 'vault-prod',
            ref: { mount: at, role: 'agent', accessor, mountAccessor: data.accessor, policies: ['agent'] },
          },
        ],
      });
      const lookUp = { secret_id_accessor: accessor };
      return {
        grant: record(mount),
        async naive() {
          const path = `${mount}/role/agent/secret-id-accessor/lookup`;
          return (await world.call('POST', path, lookUp)).status === 200 ? 'still there' : 'gone';
        },
        async truth() {
          const { status, text } = await world.call('POST', `${to}/login`, { role_id, secret_id }, '');
          if (status === 200) return 'works';
          if (status === 400) return 'refused';
          throw new Error(`login: ${status} ${text}`);
        },
        mend: async () =>
          void (await world.broker('POST', `${to}/role/agent/secret-id-accessor/destroy`, lookUp)),
        amended: () => record(to),
      };
    },
  },
];
