import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from '../../src/connector.ts';
import type { Made, Stage } from './asking.fixture.ts';
import { asking, makeVerifier } from './asking.fixture.ts';
import { pkiCertificateRecord } from './checks/pki-certificate.ts';
import { certificateOf } from './fake/der.ts';
import { pkiCertificate } from './kinds/pki-certificate.ts';
import { stages } from './stages.fixture.ts';
import { startFakeVault } from './vault.fake.ts';

const issuedData = z.object({ data: z.object({ serial_number: z.string(), certificate: z.string() }) });
const live = { saw: 'present', state: 'active', reason: 'R-LISTED', bound: { basis: 'credential' } };
const revoked = {
  saw: 'ended',
  how: 'revoked',
  family: 'whole',
  controls: [{ form: 'sighting', of: 'ca' }, { form: 'sighting' }],
};
const unknown = { saw: 'inconclusive', reason: 'R-NOAPI' };

async function mountPki({ api }: Pick<Stage, 'api'>, mount: string): Promise<void> {
  await api('POST', `sys/mounts/${mount}`, { type: 'pki' });
  await api('POST', `${mount}/root/generate/internal`, { common_name: 'root', ttl: '24h', key_type: 'ec' });
  const role = { allow_any_name: true, ttl: '1h', key_type: 'ec' };
  await api('POST', `${mount}/roles/kept`, role);
  await api('POST', `${mount}/roles/unkept`, { ...role, no_store: true });
}

async function issue({ api }: Pick<Stage, 'api'>, path = 'pki/issue/kept') {
  const { json } = await api('POST', path, { common_name: 'agent.example' });
  const { serial_number: serial, certificate } = issuedData.parse(json).data;
  return { serial, certificate };
}

for (const { name, runs, start } of stages) {
  describe.runIf(runs)(`certificates on ${name}`, () => {
    let stage: Stage;
    let verifier: Made;
    beforeAll(async () => {
      stage = await start();
      verifier = await makeVerifier(stage);
      await mountPki(stage, 'pki');
    });
    afterAll(() => stage.stop());

    const look = async (serial: string, more: object = {}) => {
      await using asks = asking(stage.address, verifier.value);
      return await asks.ask(pkiCertificateRecord, { mount: 'pki', serial, ...more });
    };

    it('is live until it is revoked, and stays readable then', async () => {
      const { serial } = await issue(stage);
      expect(await look(serial)).toMatchObject({ ...live, value: expect.stringContaining('valid until') });
      await stage.api('DELETE', 'pki/roles/other');
      await stage.api('POST', 'pki/revoke', { serial_number: serial });
      expect((await stage.api('GET', `pki/cert/${serial}`)).status).toBe(200);
      expect(await look(serial)).toMatchObject(revoked);
      expect(await look(serial.replaceAll(':', '-').toUpperCase())).toMatchObject(revoked);
      expect(await look(serial.replaceAll(':', ''))).toMatchObject(revoked);
    });

    it('is unproven where its role kept no copy: until it is revoked by itself', async () => {
      const { serial, certificate } = await issue(stage, 'pki/issue/unkept');
      expect(await look(serial)).toMatchObject({
        ...unknown,
        needs: expect.stringContaining('certificate='),
      });
      expect(await look('00:11:22')).toMatchObject(unknown);
      await stage.api('POST', 'pki/revoke', { certificate });
      expect(await look(serial)).toMatchObject(revoked);
    });

    it('is another one where its digest differs', async () => {
      const { serial } = await issue(stage);
      expect(await look(serial, { sha256: '0'.repeat(64) })).toMatchObject({ reason: 'R-IDENTITY' });
    });

    it('is not called over while servers are named that accept it', async () => {
      const { serial } = await issue(stage);
      await stage.api('POST', 'pki/revoke', { serial_number: serial });
      expect(await look(serial, { endpoints: ['db.example:5432'] })).toMatchObject({
        ...unknown,
        detail: expect.stringContaining('db.example:5432'),
        bound: { basis: 'credential' },
      });
    });

    it('is unproven where the mount has no issuer or is none', async () => {
      await stage.api('POST', 'sys/mounts/bare', { type: 'pki' });
      await using asks = asking(stage.address, verifier.value);
      for (const mount of ['bare', 'nowhere']) {
        expect(await asks.ask(pkiCertificateRecord, { mount, serial: '00:11' })).toMatchObject({
          saw: 'inconclusive',
        });
      }
    });
  });
}

describe('the end of its time', () => {
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const dated = (serial: string, until: number) =>
    certificateOf({
      serial: serial.replaceAll(':', ''),
      issuer: 'root',
      subject: 'agent',
      from: until - 3_600_000,
      until,
      key,
      signer: key,
    });

  /** A server on which the certificate ended so many milliseconds ago. */
  async function ended(ago: number, asSerial?: string) {
    const fake = await startFakeVault();
    try {
      await mountPki(fake, 'pki');
      const { serial } = await issue(fake);
      const certificate = dated(asSerial ?? serial, Date.now() - ago);
      fake.fault(
        ({ path }) => path === `pki/cert/${serial}`,
        (_request, response) =>
          response
            .writeHead(200, { 'content-type': 'application/json' })
            .end(JSON.stringify({ data: { certificate, revocation_time: 0, revocation_time_rfc3339: '' } })),
      );
      await using asks = asking(fake.address, fake.rootToken);
      return await asks.ask(pkiCertificateRecord, { mount: 'pki', serial });
    } finally {
      await fake.stop();
    }
  }

  it('is the end of the certificate, when the clock of the server is past it', async () => {
    expect(await ended(200_000)).toMatchObject({ saw: 'ended', how: 'expired', family: 'whole' });
    expect(await ended(60_000)).toMatchObject({ saw: 'ended', how: 'expired' });
    expect(await ended(-60_000)).toMatchObject({ saw: 'present', state: 'active' });
  });

  it('counts only for the certificate that was asked for', async () => {
    expect(await ended(200_000, '4a:bc')).toMatchObject({ saw: 'inconclusive' });
  });
});

describe('a certificate that the engine does not keep', () => {
  const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const [mine, other] = [newKey(), newKey()];
  const issuer = { issuer: 'root', signer: mine, from: Date.now() - 86_400_000 };
  const serial = '4a:bc:de';

  async function given(
    until: number,
    { signer = mine, as = serial }: { signer?: typeof mine; as?: string } = {},
  ) {
    const own = { ...issuer, signer: mine };
    const root = certificateOf({
      ...own,
      serial: '4a',
      subject: 'root',
      until: Date.now() + 86_400_000,
      key: mine,
      authority: true,
    });
    const certificate = certificateOf({
      ...own,
      signer,
      serial: as.replaceAll(':', ''),
      subject: 'agent',
      until,
      key: other,
    });
    const fake = await startFakeVault();
    try {
      await mountPki(fake, 'pki');
      fake.fault(
        ({ path }) => path === 'pki/cert/ca',
        (_request, response) =>
          response
            .writeHead(200, { 'content-type': 'application/json' })
            .end(JSON.stringify({ data: { certificate: root, revocation_time: 0 } })),
      );
      await using asks = asking(fake.address, fake.rootToken);
      const ref = pkiCertificate.ref.parse({ mount: 'pki', serial, certificate });
      return await asks.ask(pkiCertificateRecord, ref);
    } finally {
      await fake.stop();
    }
  }

  it('is over by its own content, where the issuer of the engine signed it', async () => {
    expect(await given(Date.now() - 200_000)).toMatchObject({
      saw: 'ended',
      how: 'expired',
      controls: [{ of: 'ca' }, { of: 'ca' }],
    });
  });

  it('is unproven until then', async () => {
    expect(await given(Date.now() + 3_600_000)).toMatchObject({
      ...unknown,
      bound: { basis: 'credential' },
    });
  });

  it('counts only with that signature, and with its serial', async () => {
    expect(await given(Date.now() - 200_000, { signer: other })).toMatchObject({ reason: 'R-IDENTITY' });
    expect(await given(Date.now() - 200_000, { as: '4a:bc:df' })).toMatchObject({ saw: 'inconclusive' });
  });
});

describe('the locator of a certificate', () => {
  it.each(['', 'zz', '1', '46:bf:', 'ca', '../ca'])('is not the serial %j', (serial) => {
    expect(pkiCertificate.ref.safeParse({ mount: 'pki', serial }).success).toBe(false);
  });

  it('is the same however the serial is written', () => {
    const ids = ['46:BF:97', '46-bf-97', '46bf97'].map((serial) =>
      pkiCertificate.id({ mount: 'pki', serial }),
    );
    expect(new Set(ids).size).toBe(1);
    expect(pkiCertificate.fix({ mount: 'pki', serial: '46:bf' })).toBe(
      'bao write pki/revoke serial_number=46:bf',
    );
  });
});
