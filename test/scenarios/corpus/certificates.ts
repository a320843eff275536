import type { Located } from '../record.ts';
import type { NaiveAnswer, Played, Scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import type { Issued } from './handshake.ts';
import { issueCertificate, showCertificate } from './handshake.ts';
import { revokeLease } from '../people.ts';

interface Given {
  readonly from: Date;
  readonly mount: string;
  readonly mine: Issued;
}

type Settings = Readonly<Record<string, unknown>>;

/** The broker lets a PKI engine issue a certificate for the agent. */
export async function giveCertificate(world: World, role: Settings = {}): Promise<Given> {
  const mount = world.unique('pki');
  await world.broker('POST', `sys/mounts/${mount}`, { type: 'pki' });
  const root = { common_name: 'root', ttl: '24h', key_type: 'ec' };
  await world.broker('POST', `${mount}/root/generate/internal`, root);
  const usual = { allow_any_name: true, ttl: '1h', key_type: 'ec' };
  await world.broker('POST', `${mount}/roles/servers`, usual);
  await world.broker('POST', `${mount}/roles/agents`, { ...usual, ...role });
  const from = new Date();
  return { from, mount, mine: await issueCertificate(world, `${mount}/issue/agents`) };
}

export const certificateOf = ({ mount, mine }: Given, id = 'c1'): Located => ({
  id,
  kind: 'vault/pki-certificate',
  system: 'vault-prod',
  ref: { mount, serial: mine.serial },
});

const revoked = (given: Given): Played['grant'] => ({
  from: given.from,
  revokedAt: new Date(),
  credentials: [certificateOf(given)],
});

export const bySerial = (world: World, { mount, mine }: Given) =>
  world.broker('POST', `${mount}/revoke`, { serial_number: mine.serial });

async function ask(world: World, path: string): Promise<NaiveAnswer> {
  return (await world.call('GET', path)).status === 200 ? 'still there' : 'gone';
}

const asksCertificate = 'reads the certificate from the engine';
export const byHandshake = 'showing it to a server that asks the newest revocation list';
const self = 'read auth/token/lookup-self';

export const certificates: readonly Scenario[] = [
  {
    name: 'certificate-not-stored',
    story: 'The role has no_store: nobody has revoked the certificate, and the engine knows none such.',
    naive: { asks: asksCertificate, says: 'gone' },
    truth: { by: byHandshake, is: 'works' },
    expected: { grant: 'unproven', exit: 3, targets: { c1: 'unproven R-NOAPI' } },
    blinded: {
      without: self,
      expected: { grant: 'unproven', exit: 3, targets: { c1: 'unproven R-PERM' }, needs: self },
    },
    async play(world) {
      const given = await giveCertificate(world, { no_store: true });
      return {
        grant: revoked(given),
        naive: () => ask(world, `${given.mount}/cert/${given.mine.serial}`),
        truth: () => showCertificate(world, given.mount, given.mine),
        async mend() {
          const { certificate } = given.mine;
          await world.broker('POST', `${given.mount}/revoke`, { certificate });
        },
      };
    },
  },
  {
    name: 'certificate-revoked',
    story: 'The certificate was revoked, and the engine goes on to answer it: 200, with the time of its end.',
    naive: { asks: asksCertificate, says: 'still there' },
    truth: { by: byHandshake, is: 'refused' },
    expected: { grant: 'gone', exit: 0, targets: { c1: 'gone' } },
    async play(world) {
      const given = await giveCertificate(world);
      await bySerial(world, given);
      return {
        grant: revoked(given),
        naive: () => ask(world, `${given.mount}/cert/${given.mine.serial}`),
        truth: () => showCertificate(world, given.mount, given.mine),
      };
    },
  },
  {
    name: 'certificate-role-deleted',
    story: 'The broker deleted the role, so nobody gets another one; the certificate works on.',
    naive: { asks: 'reads the role', says: 'gone' },
    truth: { by: byHandshake, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'live R-LISTED' } },
    async play(world) {
      const given = await giveCertificate(world);
      await world.broker('DELETE', `${given.mount}/roles/agents`);
      return {
        grant: revoked(given),
        naive: () => ask(world, `${given.mount}/roles/agents`),
        truth: () => showCertificate(world, given.mount, given.mine),
        mend: async () => void (await bySerial(world, given)),
      };
    },
  },
  {
    name: 'certificate-revoked-by-its-lease',
    story: 'The role makes leases; the broker revoked the lease, and with it the certificate.',
    naive: { asks: asksCertificate, says: 'still there' },
    truth: { by: byHandshake, is: 'refused' },
    expected: { grant: 'gone', exit: 0, targets: { c1: 'gone', c2: 'gone' } },
    async play(world) {
      const given = await giveCertificate(world, { generate_lease: true });
      const { leaseId } = given.mine;
      await revokeLease(world, leaseId);
      const lease = { id: 'c1', kind: 'vault/lease', system: 'vault-prod', ref: { leaseId } };
      return {
        grant: {
          ...revoked(given),
          credentials: [lease, { ...certificateOf(given, 'c2'), derivedFrom: 'c1' }],
        },
        naive: () => ask(world, `${given.mount}/cert/${given.mine.serial}`),
        truth: () => showCertificate(world, given.mount, given.mine),
      };
    },
  },
];
