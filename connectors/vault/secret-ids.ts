import type { Raw, Source } from '../../src/connector.ts';
import { failed, inconclusive, z } from '../../src/connector.ts';
import { isAbsence } from './answers.ts';
import type { Endpoint, VaultClient } from './client.ts';
import { answered, exchange } from './client.ts';
import type { MountKey } from './mount.ts';
import { mountAt, namedAt } from './mount.ts';
import { listAll } from './paged.ts';
import { placeOf, plainNamespace, scopeOf } from './place.ts';

const secretIdFacts = z
  .object({
    secret_id_accessor: z.string(),
    creation_time: z.string(),
    /** The year 1: it never expires. */
    expiration_time: z.string(),
    /** 0: without limit. */
    secret_id_num_uses: z.number().int(),
  })
  .readonly();
type SecretIdFacts = z.infer<typeof secretIdFacts>;

export interface SecretId {
  readonly facts: SecretIdFacts;
  /** The role under which it stands. */
  readonly role: string;
}

/** Its mount is `auth/approle`. */
export interface SecretIdKey extends MountKey {
  readonly role: string;
  readonly accessor: string;
}

export const lookUpSecretIds = 'update auth/+/role/+/secret-id-accessor/lookup';
// with its slash: a rule for what lies below would win over one without
export const listRoles = 'list auth/+/role/';
export const listSecretIds = 'list auth/+/role/+/secret-id/';

const neverIssued = '00000000-0000-0000-0000-000000000000';

/**
 * A secret id by its accessor. The mount keeps an index of accessors for all its roles, and each role
 * its own secret ids: one that is in the index and not under the role that was asked is an empty 204,
 * until the mount is tidied. Where the role does not exist (500) every other role is asked.
 */
export const secretId: Source<VaultClient, SecretIdKey, SecretId> = {
  id: 'vault/secret-id',
  scope: ({ mount, role, namespace }) =>
    `${scopeOf({ namespace: namespace === undefined ? undefined : plainNamespace(namespace), ending: undefined })} ${mount} ${role}`,
  name: (key) => namedAt(key.accessor, key),
  answers: (value, key) => value.facts.secret_id_accessor === key.accessor,
  siblings: () => Promise.resolve([]),
  // the words for absent repeat the accessor that was asked for; without the right to ask it is 403
  stranger: {
    key(scope) {
      const [place = '', mount = '', role = ''] = scope.split(' ');
      const { namespace } = placeOf(place);
      return { mount, role, accessor: neverIssued, mountAccessor: undefined, namespace };
    },
    docs: 'https://openbao.org/api-docs/auth/approle/#read-approle-secret-id-accessor',
  },
  async one(client, key, signal): Promise<Raw<SecretId>> {
    const first = await under(client, key, key.role, signal);
    const found = first === 'no role' ? await amongRoles(client, key, signal) : first;
    if (found !== 'nothing' || key.mountAccessor === undefined) return found;
    const below = { path: `role/${key.role}/secret-id-accessor/lookup`, needs: lookUpSecretIds };
    const mounted = await mountAt(client, key, below, signal);
    return failed(mounted) ? mounted : found;
  },
};

/** https://openbao.org/api-docs/auth/approle/#read-approle-secret-id-accessor */
async function under(
  client: VaultClient,
  { mount, accessor, namespace }: SecretIdKey,
  role: string,
  signal: AbortSignal,
): Promise<Raw<SecretId> | 'no role'> {
  const endpoint: Endpoint<SecretIdFacts> = {
    method: 'POST',
    path: `${mount}/role/${encodeURIComponent(role)}/secret-id-accessor/lookup`,
    needs: lookUpSecretIds,
    data: secretIdFacts,
    absent: {
      status: 404,
      text: `failed to find accessor entry for secret_id_accessor: ${JSON.stringify(accessor)}`,
      form: 'data',
    },
  };
  const answer = await exchange(
    client,
    endpoint,
    { namespace, body: { secret_id_accessor: accessor } },
    signal,
  );
  if (failed(answer)) return answer;
  if (answer.status === 204 && answer.json === undefined) {
    return inconclusive(
      'R-ANSWER',
      `${mount} knows the accessor, and not under the role ${role}: 204`,
      `the role that it was made for; or, where that role was deleted, a tidy: ${mount}/tidy/secret-id`,
    );
  }
  const missing = `role ${JSON.stringify(role)} does not exist`;
  if (isAbsence(answer, { status: 500, text: missing, form: 'either' })) return 'no role';
  const found = answered(answer, endpoint);
  return found === 'nothing' || failed(found) ? found : { value: { facts: found.value, role } };
}

/** Its role does not exist: was it deleted, or was it another's name? */
async function amongRoles(
  client: VaultClient,
  key: SecretIdKey,
  signal: AbortSignal,
): Promise<Raw<SecretId>> {
  const list = { path: `${key.mount}/role`, needs: listRoles };
  const roles = await listAll(client, list, key.namespace, signal);
  if (failed(roles)) return roles;
  for (const role of roles) {
    const seen = await under(client, key, role, signal);
    if (seen !== 'no role' && seen !== 'nothing') return seen;
  }
  const again = await listAll(client, list, key.namespace, signal);
  if (failed(again)) return again;
  return again.every((role) => roles.includes(role))
    ? 'nothing'
    : inconclusive('R-PARTIAL', `roles were made at ${key.mount} while they were asked`);
}
