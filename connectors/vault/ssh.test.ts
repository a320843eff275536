import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from '../../src/connector.ts';
import type { Made, Stage } from './asking.fixture.ts';
import { asking, makeVerifier } from './asking.fixture.ts';
import { sshCertificateTime } from './checks/ssh-certificate.ts';
import { sshRoleRecord } from './checks/ssh-role.ts';
import { certify, keys } from './fake/ssh.ts';
import { sshCertificate } from './kinds/ssh.ts';
import { parseSshCertificate } from './ssh-certificate.ts';
import { stages } from './stages.fixture.ts';

const signedData = z.object({ data: z.object({ serial_number: z.string(), signed_key: z.string() }) });
const live = { saw: 'present', state: 'active', reason: 'R-LISTED' };
const serial = Buffer.from('57da29b169c4cdcc', 'hex');
const seconds = (ms: number) => Math.floor((Date.now() + ms) / 1_000);

for (const { name, runs, start } of stages) {
  describe.runIf(runs)(`SSH engines on ${name}`, () => {
    const mine = keys();
    let stage: Stage;
    let verifier: Made;
    beforeAll(async () => {
      stage = await start();
      verifier = await makeVerifier(stage);
      await mount('ssh', { key_type: 'ed25519' });
      await mount('own', {
        generate_signing_key: false,
        private_key: mine.key.export({ type: 'pkcs8', format: 'pem' }),
        public_key: `ssh-ed25519 ${mine.blob.toString('base64')}`,
      });
    });
    afterAll(() => stage.stop());

    async function mount(path: string, authority: object) {
      await stage.api('POST', `sys/mounts/${path}`, { type: 'ssh' });
      const { status } = await stage.api('POST', `${path}/config/ca`, {
        generate_signing_key: true,
        ...authority,
      });
      expect(status).toBe(200);
      const role = {
        key_type: 'ca',
        allow_user_certificates: true,
        allowed_users: '*',
        default_user: 'deploy',
      };
      await stage.api('POST', `${path}/roles/agent`, { ...role, ttl: '1h' });
    }
    const issue = async (path = 'ssh') => {
      const { json } = await stage.api('POST', `${path}/issue/agent`, { key_type: 'ed25519' });
      const { serial_number, signed_key: certificate } = signedData.parse(json).data;
      return { mount: path, serial: serial_number, certificate };
    };
    const look = async (ref: object) => {
      await using asks = asking(stage.address, verifier.value);
      return await asks.ask(sshCertificateTime, sshCertificate.ref.parse({ mount: 'own', ...ref }));
    };
    const certified = (until: number, signer = mine) => ({
      serial: serial.toString('hex'),
      certificate: certify({ serial, until, signer }),
    });

    it('sign certificates that live until their end, whatever becomes of the role', async () => {
      const given = await issue();
      expect(await look(given)).toMatchObject({ ...live, bound: { basis: 'credential' } });
      await stage.api('DELETE', 'ssh/roles/agent');
      expect(await look(given)).toMatchObject(live);
    });

    it('sign them with any key, by their own signature', async () => {
      const kinds = name.includes('real') ? ['ssh-rsa', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp521'] : [];
      for (const key_type of kinds) {
        await mount(key_type, { key_type });
        expect(await look(await issue(key_type))).toMatchObject(live);
      }
    });

    it('know of no certificate that is over, but what it says itself', async () => {
      const over = certified(seconds(-200_000));
      expect(await look(over)).toMatchObject({ saw: 'ended', how: 'expired', controls: [{}, {}] });
      expect(await look({ ...over, serial: BigInt(`0x${over.serial}`).toString() })).toMatchObject({
        saw: 'ended',
      });
      expect(await look(certified(seconds(-60_000)))).toMatchObject({ saw: 'ended', how: 'expired' });
      expect(await look(certified(seconds(60_000)))).toMatchObject(live);
    });

    it('are not those that signed it, by its word alone', async () => {
      const over = certified(seconds(-200_000));
      const [type = '', text = ''] = over.certificate.split(' ');
      const bytes = Buffer.from(text, 'base64');
      bytes.writeUInt8(bytes.readUInt8(60) ^ 1, 60);
      for (const ref of [
        certified(seconds(-200_000), keys()),
        { ...over, mount: 'ssh' },
        { ...over, serial: '1' },
        { ...over, certificate: `${type} ${bytes.toString('base64')}` },
        { ...over, certificate: `${type} ${text.slice(0, 80)}` },
      ]) {
        expect(await look(ref)).toMatchObject({ saw: 'inconclusive', reason: 'R-IDENTITY' });
      }
    });

    it('prove nothing without the certificate', async () => {
      expect(await look({ serial: '57da29b169c4cdcc' })).toMatchObject({
        reason: 'R-NOAPI',
        needs: expect.stringContaining('ref.certificate'),
      });
    });

    it('have roles, which stand or do not', async () => {
      await using asks = asking(stage.address, verifier.value);
      const ref = { mount: 'own', name: 'agent' };
      expect(await asks.ask(sshRoleRecord, ref)).toMatchObject({ ...live, value: 'stands, of type ca' });
      await stage.api('DELETE', 'own/roles/agent');
      expect(await asks.ask(sshRoleRecord, ref)).toMatchObject({ saw: 'absent', controls: [{}, {}] });
    });
  });
}

it('reads nothing else as a certificate', () => {
  const certificate = certify({ serial, until: seconds(0), signer: keys() });
  expect(parseSshCertificate(certificate)).toMatchObject({ genuine: true, keyId: 'vault-fake' });
  for (const line of [
    '',
    'ssh-ed25519 AAAA',
    certificate.slice(0, -4),
    `${certificate.split(' ')[0]} AAAA`,
  ]) {
    expect(parseSshCertificate(line)).toBeUndefined();
  }
});
