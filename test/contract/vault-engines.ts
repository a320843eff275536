import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { certify, keys } from '../../connectors/vault/fake/ssh.ts';
import type { ContractTarget } from '../../src/testing.ts';
import type { RunningPostgres } from '../servers/postgres.ts';
import type { Stage, Subject } from './vault.ts';

/** What the set-ups of all subjects use. */
export interface Tools {
  call(stage: Stage, method: string, path: string, body?: unknown): Promise<unknown>;
  unique(what: string): string;
}

const issued = z.object({ data: z.object({ serial_number: z.string() }) });
const rotated = z.object({ data: z.object({ last_vault_rotation: z.string() }) });
const nameOf = ({ ref }: ContractTarget) => z.object({ name: z.string() }).parse(ref).name;
const serialOf = ({ ref }: ContractTarget) => z.object({ serial: z.string() }).parse(ref).serial;

/** Things that engines keep: certificates, keys, the passwords of standing logins. */
export function engineSubjects({ call, unique }: Tools): Readonly<Record<string, Subject>> {
  return {
    'vault/pki-certificate': {
      async create(stage) {
        const mount = unique('pki');
        await call(stage, 'POST', `sys/mounts/${mount}`, { type: 'pki' });
        const root = { common_name: 'root', ttl: '24h', key_type: 'ec' };
        await call(stage, 'POST', `${mount}/root/generate/internal`, root);
        const role = { allow_any_name: true, ttl: '1h', key_type: 'ec' };
        await call(stage, 'POST', `${mount}/roles/agent`, role);
        const certificate = await call(stage, 'POST', `${mount}/issue/agent`, { common_name: 'a.example' });
        const { serial_number: serial } = issued.parse(certificate).data;
        return {
          target: { ref: { mount, serial } },
          tokens: [],
          end: () => call(stage, 'POST', `${mount}/revoke`, { serial_number: serial }),
        };
      },
      asks: ({ path }, target) => path.endsWith(`/cert/${serialOf(target)}`),
    },
    'vault/transit-key': keySubject(undefined),
    'vault/transit-key of one version': keySubject(1),
    'vault/ssh-role': {
      async create(stage) {
        const mount = unique('ssh');
        await call(stage, 'POST', `sys/mounts/${mount}`, { type: 'ssh' });
        const role = { key_type: 'ca', allow_user_certificates: true, allowed_users: '*' };
        await call(stage, 'POST', `${mount}/roles/agent`, role);
        return {
          target: { ref: { mount, name: 'agent' } },
          tokens: [],
          end: () => call(stage, 'DELETE', `${mount}/roles/agent`),
        };
      },
      asks: ({ path }) => path.endsWith('/roles/agent'),
    },
    'vault/ssh-certificate': {
      async create(stage) {
        const [mount, signer] = [unique('ssh'), keys()];
        await call(stage, 'POST', `sys/mounts/${mount}`, { type: 'ssh' });
        await call(stage, 'POST', `${mount}/config/ca`, {
          generate_signing_key: false,
          private_key: signer.key.export({ type: 'pkcs8', format: 'pem' }),
          public_key: `ssh-ed25519 ${signer.blob.toString('base64')}`,
        });
        const serial = randomBytes(8);
        const until = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;
        const ref = {
          mount,
          serial: serial.toString('hex'),
          certificate: certify({ serial, signer, until: until(3_600) }),
        };
        return {
          target: { ref },
          tokens: [],
          // nothing ends it but time, which no test waits for: the same certificate, an hour older
          async end() {
            ref.certificate = certify({ serial, signer, until: until(-3_600) });
          },
        };
      },
      asks: ({ path }) => path.endsWith('/config/ca'),
    },
    'vault/database-static-role': {
      async create(stage) {
        const [mount, name] = [unique('database'), unique('login').replaceAll('-', '_')];
        await call(stage, 'POST', `sys/mounts/${mount}`, { type: 'database' });
        const database = await stage.database?.();
        if (database !== undefined) await connect(stage, mount, name, database);
        const role = { db_name: 'billing', username: name, rotation_period: '24h' };
        await call(stage, 'POST', `${mount}/static-roles/${name}`, role);
        const password = await call(stage, 'GET', `${mount}/static-creds/${name}`);
        const { last_vault_rotation: rotatedAt } = rotated.parse(password).data;
        return {
          target: { ref: { mount, name, username: name, database: 'billing', rotatedAt } },
          tokens: [],
          async end() {
            // the instants of the record are told to the millisecond
            await new Promise((later) => setTimeout(later, 5));
            await call(stage, 'POST', `${mount}/rotate-role/${name}`);
          },
        };
      },
      asks: ({ path }, target) => path.endsWith(`/static-roles/${nameOf(target)}`),
    },
  };

  function keySubject(version: number | undefined): Subject {
    return {
      async create(stage) {
        const mount = unique('transit');
        await call(stage, 'POST', `sys/mounts/${mount}`, { type: 'transit' });
        await call(stage, 'POST', `${mount}/keys/agent`, {});
        await call(stage, 'POST', `${mount}/keys/agent/rotate`, {});
        const config = (body: object) => call(stage, 'POST', `${mount}/keys/agent/config`, body);
        return {
          target: { ref: { mount, name: 'agent', ...(version === undefined ? {} : { version }) } },
          tokens: [],
          async end() {
            if (version === undefined) {
              await config({ deletion_allowed: true });
              return call(stage, 'DELETE', `${mount}/keys/agent`);
            }
            await config({ min_decryption_version: version + 1, min_encryption_version: version + 1 });
            const trim = { min_available_version: version + 1 };
            return call(stage, 'POST', `${mount}/keys/agent/trim`, trim);
          },
        };
      },
      asks: ({ path }) => path.endsWith('/keys/agent'),
    };
  }

  async function connect(
    stage: Stage,
    mount: string,
    login: string,
    { sql, port, superuser }: RunningPostgres,
  ) {
    await sql(`CREATE ROLE ${login} LOGIN`);
    await call(stage, 'POST', `${mount}/config/billing`, {
      plugin_name: 'postgresql-database-plugin',
      connection_url: `postgresql://{{username}}:{{password}}@127.0.0.1:${port}/postgres?sslmode=disable`,
      username: superuser.user,
      password: superuser.password,
      allowed_roles: '*',
    });
  }
}

/** Lists that only look for a better control. */
export const engineIdle = {
  why: 'looks for another key or role as the control; without one a name that was never made is the control',
  is: ({ path }: { readonly path: string }) =>
    /^\/v1\/[\w-]+\/(?:keys|roles|static-roles)\?list=true$/.test(path),
};
