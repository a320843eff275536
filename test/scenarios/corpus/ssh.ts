import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { certify, keys } from '../../../connectors/vault/fake/ssh.ts';
import type { SshSigner } from '../../../connectors/vault/fake/ssh.ts';
import type { Located } from '../record.ts';
import type { Scenario, Truth } from '../scenario.ts';
import type { World } from '../world.ts';

const issued = z.object({
  data: z.object({ serial_number: z.string(), signed_key: z.string(), private_key: z.string() }),
});

interface Given {
  readonly from: Date;
  readonly mount: string;
  readonly signer: SshSigner;
  readonly serial: string;
  readonly privateKey: string;
  readonly certificate: string;
}

/** The agent has a key made and signed for the user `deploy`, for an hour. */
async function give(world: World): Promise<Given> {
  const [mount, signer] = [world.unique('ssh'), keys()];
  const pem = signer.key.export({ type: 'pkcs8', format: 'pem' }).toString();
  await world.broker('POST', `sys/mounts/${mount}`, { type: 'ssh' });
  await world.broker('POST', `${mount}/config/ca`, {
    generate_signing_key: false,
    private_key: world.planted.add(pem),
    public_key: `ssh-ed25519 ${signer.blob.toString('base64')}`,
  });
  await world.broker('POST', `${mount}/roles/agent`, {
    key_type: 'ca',
    allow_user_certificates: true,
    allowed_users: 'deploy',
    default_user: 'deploy',
    ttl: '1h',
  });
  const from = new Date();
  const answer = await world.broker('POST', `${mount}/issue/agent`, { key_type: 'ed25519' });
  const { serial_number: serial, signed_key: certificate, private_key } = issued.parse(answer).data;
  return { from, mount, signer, serial, certificate, privateKey: world.planted.add(private_key) };
}

const run = promisify(execFile);

/** Signs with the key, and lets OpenSSH say whether a server that trusts the authority takes the certificate. */
async function use({ signer, privateKey }: Given, certificate: string): Promise<Truth> {
  const home = await mkdtemp(join(tmpdir(), 'tombstone-ssh-'));
  const at = (name: string) => join(home, name);
  try {
    await writeFile(at('key'), privateKey, { mode: 0o600 });
    await writeFile(at('key-cert.pub'), `${certificate.trim()}\n`);
    await writeFile(at('trusted'), `deploy cert-authority ssh-ed25519 ${signer.blob.toString('base64')}\n`);
    await writeFile(at('text'), 'opening balance\n');
    await run('ssh-keygen', ['-Y', 'sign', '-f', at('key-cert.pub'), '-n', 'file', at('text')]);
    const [who, what] = [
      ['-f', at('trusted'), '-I', 'deploy'],
      ['-n', 'file', '-s', at('text.sig')],
    ];
    const verified = run('ssh-keygen', ['-Y', 'verify', ...who, ...what]);
    verified.child.stdin?.end(await readFile(at('text')));
    await verified;
    return 'works';
  } catch (error) {
    const { stderr } = z.object({ stderr: z.string() }).parse(error);
    if (stderr.includes('Certificate invalid: expired')) return 'refused';
    throw error;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

const certificateOf = ({ mount, serial }: Given, certificate: string | undefined): Located => ({
  id: 'c1',
  kind: 'vault/ssh-certificate',
  system: 'vault-prod',
  ref: { mount, serial, ...(certificate === undefined ? {} : { certificate }) },
});

const record = (given: Given, certificate: string | undefined) => ({
  from: given.from,
  revokedAt: new Date(),
  credentials: [certificateOf(given, certificate)],
  entitlements: [
    { id: 'e1', kind: 'vault/ssh-role', system: 'vault-prod', ref: { mount: given.mount, name: 'agent' } },
  ],
});

/** The same certificate an hour and more later: no story waits so long. */
function later({ signer, serial, certificate }: Given): string {
  const [, text = ''] = certificate.split(' ');
  const bytes = Buffer.from(text, 'base64');
  // type and nonce, then the key: each after its length
  let at = 0;
  for (let field = 0; field < 2; field += 1) at += 4 + bytes.readUInt32BE(at);
  return certify({
    serial: Buffer.from(serial.padStart(16, '0'), 'hex'),
    holder: bytes.subarray(at + 4, at + 36),
    until: Math.floor(Date.now() / 1_000) - 3_600,
    signer,
  });
}

const by = 'signing with its key, for a verifier that trusts the engine (OpenSSH)';
const authority = 'read +/config/ca';
const roles = 'read +/roles/*';
const notGiven = 'the certificate itself in the record (ref.certificate): it is public';

function told(named: boolean): Scenario['play'] {
  return async (world) => {
    const given = await give(world);
    const role = `${given.mount}/roles/agent`;
    await world.broker('DELETE', role);
    let now = given.certificate;
    return {
      grant: record(given, named ? now : undefined),
      naive: async () => ((await world.call('GET', role)).status === 404 ? 'gone' : 'still there'),
      truth: () => use(given, now),
      async mend() {
        now = later(given);
      },
      amended: () => record(given, now),
    };
  };
}

export const sshEngines: readonly Scenario[] = [
  {
    name: 'ssh-role-deleted',
    story: 'The broker deleted the role; the certificate that it signed is taken until its end.',
    naive: { asks: 'reads the role', says: 'gone' },
    truth: { by, is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'live R-LISTED', e1: 'gone' } },
    blinded: {
      without: authority,
      expected: {
        grant: 'unproven',
        exit: 3,
        targets: { c1: 'unproven R-PERM', e1: 'gone' },
        needs: authority,
      },
    },
    play: told(true),
  },
  {
    name: 'ssh-certificate-not-kept',
    story: 'The same, and the record has no more than the serial of the certificate: the engine knows none.',
    naive: { asks: 'reads the role', says: 'gone' },
    truth: { by, is: 'works' },
    expected: {
      grant: 'unproven',
      exit: 3,
      targets: { c1: 'unproven R-NOAPI', e1: 'gone' },
      needs: notGiven,
    },
    play: told(false),
  },
  {
    name: 'ssh-role-left',
    story: 'The certificate is over, and the role that signed it stands: the next one is a command away.',
    naive: { asks: 'compares the end of the certificate with the clock', says: 'gone' },
    truth: { by: 'having another key made and signed', is: 'works' },
    expected: { grant: 'live', exit: 1, targets: { c1: 'gone', e1: 'live R-LISTED' } },
    blinded: {
      without: roles,
      expected: {
        grant: 'unproven',
        exit: 3,
        targets: { c1: 'gone', e1: 'unproven R-PERM' },
        needs: roles,
      },
    },
    async play(world) {
      const given = await give(world);
      return {
        grant: record(given, later(given)),
        naive: () => Promise.resolve('gone'),
        async truth() {
          const key = { key_type: 'ed25519' };
          const { status, text } = await world.call('POST', `${given.mount}/issue/agent`, key);
          if (status === 200) return 'works';
          if (status === 400 && text.includes('unknown role')) return 'refused';
          throw new Error(`signing: ${status} ${text}`);
        },
        mend: async () => void (await world.broker('DELETE', `${given.mount}/roles/agent`)),
      };
    },
  },
];
