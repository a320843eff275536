import type { Failure, Raw, Sibling, Source } from '../../src/connector.ts';
import { failed, inconclusive, z } from '../../src/connector.ts';
import type { Endpoint, VaultClient } from './client.ts';
import { ask } from './client.ts';
import type { Place } from './place.ts';
import { endingOf, misplaced, placeOf, plainNamespace, scopeOf } from './place.ts';
import { accessor } from './sources.ts';

const leaseFacts = z
  .object({
    id: z.string(),
    path: z.string().optional(),
    issue_time: z.string(),
    /** null: it never ends by itself. */
    expire_time: z.string().nullable(),
    /** Seconds; 0 or less while its revocation is tried again and again. */
    ttl: z.number(),
    renewable: z.boolean(),
    /** Set once the server gave up: the lease is irrevocable. OpenBao since 2.6. */
    revoke_error: z.string().optional(),
  })
  .readonly();
export type LeaseFacts = z.infer<typeof leaseFacts>;

/** https://openbao.org/api-docs/system/leases/#read-lease */
const lookupLease: Endpoint<LeaseFacts> = {
  method: 'POST',
  path: 'sys/leases/lookup',
  needs: 'update sys/leases/lookup',
  data: leaseFacts,
  absent: { status: 400, text: 'invalid lease', form: 'plain' },
};

export interface LeaseKey {
  readonly leaseId: string;
  readonly namespace: string | undefined;
}

export const lease: Source<VaultClient, LeaseKey, LeaseFacts> = {
  id: 'vault/lease',
  scope: (key) => scopeOf(leasePlace(key)),
  name: (key) => key.leaseId,
  answers: (value, key) => value.id === key.leaseId,
  siblings: knownLeases,
  // 400 "invalid lease" needs the right to ask: without it the same call is 403, live or not
  stranger: {
    key(scope) {
      const { namespace, ending } = placeOf(scope);
      const leaseId = `tombstone/never-issued/000000000000000000000000`;
      return { leaseId: ending === undefined ? leaseId : `${leaseId}.${ending}`, namespace };
    },
    docs: 'https://openbao.org/api-docs/system/leases/#read-lease',
  },
  async one(client, key, signal): Promise<Raw<LeaseFacts>> {
    const place = leasePlace(key);
    const wrong = misplaced('lease id', place, client.namespace) ?? (await foreign(client, place, signal));
    if (wrong !== undefined) return wrong;
    const { leaseId, namespace } = key;
    const found = await ask(client, lookupLease, { namespace, body: { lease_id: leaseId } }, signal);
    return found === 'nothing' || failed(found) ? found : { value: found.value };
  },
};

function leasePlace({ leaseId, namespace }: LeaseKey): Place {
  return {
    namespace: namespace === undefined ? undefined : plainNamespace(namespace),
    ending: endingOf(leaseId),
  };
}

/**
 * A lease of one namespace is "invalid" in every other, and so is a never-issued one: only an accessor
 * that lives there, with the same ending, shows that ending and namespace belong together.
 */
async function foreign(client: VaultClient, place: Place, signal: AbortSignal): Promise<Failure | undefined> {
  if (place.ending === undefined) return undefined;
  const namespace = place.namespace ?? client.namespace;
  const { own } = client;
  const home = own !== undefined && plainNamespace(own.namespace_path ?? '') === namespace;
  if (home && own.accessor !== '') {
    if (endingOf(own.accessor) === place.ending) return undefined;
    return inconclusive(
      'R-SCOPE',
      `the lease ends in .${place.ending}; ids of ${namespace} end in .${endingOf(own.accessor) ?? ''}`,
    );
  }
  const control = client.controls.accessor;
  if (control !== undefined && endingOf(control) === place.ending && accessor.one !== undefined) {
    const seen = await accessor.one(client, { accessor: control, namespace: place.namespace }, signal);
    if (seen !== 'nothing' && failed(seen)) return seen;
    if (seen !== 'nothing' && seen.value.accessor === control) return undefined;
  }
  return inconclusive(
    'R-CONTROL',
    `nothing shows that ids of the namespace ${namespace} end in .${place.ending}`,
    'controls.accessor: the accessor of a living token of that namespace, or a verifier token made there',
  );
}

const keys = z.object({ keys: z.array(z.string().min(1)) });

/** https://openbao.org/api-docs/system/leases/#list-leases */
function listLeases(path: string): Endpoint<z.infer<typeof keys>> {
  return {
    method: 'LIST',
    path: `sys/leases/lookup/${path.split('/').map(encodeURIComponent).join('/')}`,
    needs: `list,sudo sys/leases/lookup/${path}`,
    data: keys,
    absent: { status: 404, text: '', form: 'plain' },
  };
}

/** Leases that live in this place: the configured control, else leases of logins like the verifier's own. */
async function knownLeases(
  client: VaultClient,
  scope: string,
  signal: AbortSignal,
): Promise<readonly Sibling<LeaseKey>[]> {
  const { namespace, ending } = placeOf(scope);
  const { lease: control } = client.controls;
  if (control !== undefined && endingOf(control) === ending) {
    return [{ key: { leaseId: control, namespace }, chosen: 'configured' }];
  }
  const path = client.own?.path ?? '';
  if (!path.startsWith('auth/') || client.unlistable.has(scope)) return [];
  const found = await ask(client, listLeases(path), { namespace }, signal);
  if (found === 'nothing') return [];
  if (failed(found)) {
    // not a right that the verifier needs: without a sibling the never-issued lease is the control
    if (found.reason === 'R-PERM') client.unlistable.add(scope);
    return [];
  }
  return found.value.keys
    .filter((key) => !key.endsWith('/') && endingOf(key) === ending)
    .slice(0, 3)
    .map((key) => ({ key: { leaseId: `${path}/${key}`, namespace }, chosen: 'own' as const }));
}
