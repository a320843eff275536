import type { Failure, HttpAnswer, Source } from '../../../src/connector.ts';
import { failed, inconclusive, z } from '../../../src/connector.ts';
import type { Endpoint, VaultClient } from '../client.ts';
import { answered, exchange } from '../client.ts';
import { placeOf, scopeOf } from '../place.ts';

/** The device may stand at a path with slashes. */
export const hashNeeds = 'update sys/audit-hash/*';

/** What the server's configuration names of its log. */
export interface AuditLog {
  /** Path of the device, without slashes at its ends. */
  readonly device: string;
  /** Absolute path of its file on this machine. */
  readonly file: string;
}

export const noLog = inconclusive(
  'R-NOAPI',
  'the configuration names no audit log of the server',
  'the audit log of the server (auditLog in the configuration)',
);

export interface Hashed {
  readonly input: string;
  /** As the device writes it in the place of the input: `hmac-sha256:…` */
  readonly hash: string;
  /** Of the question itself: its entry in the log has the same. */
  readonly requestId: string;
  /** RFC 3339, of the server. */
  readonly serverAt?: string;
}

const hash = z.object({ hash: z.string().regex(/^hmac-sha256:[0-9a-f]{64}$/) });
const identified = z.looseObject({ request_id: z.string().min(1) });

/**
 * What a text becomes in the log of a device. Only the root namespace has devices.
 * https://openbao.org/api-docs/system/audit-hash/
 */
export async function hashOf(
  client: VaultClient,
  { device }: AuditLog,
  input: string,
  signal: AbortSignal,
): Promise<Hashed | Failure> {
  if (client.namespace !== '') {
    return inconclusive(
      'R-SCOPE',
      `audit devices are asked about in the root namespace, and this system is configured for ${client.namespace}`,
      'a system without a namespace, and the namespace in the record (ref.namespace)',
    );
  }
  const endpoint: Endpoint<z.infer<typeof hash>> = {
    method: 'POST',
    path: `sys/audit-hash/${device.split('/').map(encodeURIComponent).join('/')}`,
    needs: hashNeeds,
    data: hash,
  };
  const answer = await exchange(client, endpoint, { namespace: '', body: { input } }, signal);
  if (failed(answer)) return answer;
  if (isUnknownDevice(answer)) {
    return inconclusive('R-SCOPE', `the server has no audit device ${device}: 400 unknown audit backend`);
  }
  const found = answered(answer, endpoint);
  if (failed(found)) return found;
  if (found === 'nothing') return inconclusive('R-CHECK', 'audit-hash has no word for absent');
  const own = identified.safeParse(answer.json);
  if (!own.success) return inconclusive('R-ANSWER', 'a 200 of sys/audit-hash without its request_id');
  return {
    input,
    hash: found.value.hash,
    requestId: own.data.request_id,
    ...(answer.serverAt === undefined ? {} : { serverAt: answer.serverAt }),
  };
}

const unknownDevice = z.object({ errors: z.tuple([z.string().regex(/^unknown audit backend /)]) });
const isUnknownDevice = ({ status, json }: HttpAnswer): boolean =>
  status === 400 && unknownDevice.safeParse(json).success;

export interface HashKey {
  readonly input: string;
  readonly namespace: string | undefined;
}

/** A text is hashed the same as long as the device stands; two texts differ. */
export const auditHash: Source<VaultClient, HashKey, Hashed> = {
  id: 'vault/audit-hash',
  scope: ({ namespace }) => scopeOf({ namespace, ending: undefined }),
  name: (key) => key.input,
  answers: (value, key) => value.input === key.input,
  siblings: (client, scope) =>
    Promise.resolve([
      {
        key: { input: client.own?.accessor ?? 'of nobody', namespace: placeOf(scope).namespace },
        chosen: 'own',
      },
    ]),
  async one(client, { input }, signal) {
    if (client.auditLog === undefined) return noLog;
    const found = await hashOf(client, client.auditLog, input, signal);
    return failed(found) ? found : { value: found };
  },
};
