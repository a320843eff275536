import type { Failure, Page, Source } from '../../src/connector.ts';
import { failed, inconclusive, z } from '../../src/connector.ts';
import type { Endpoint, VaultClient } from './client.ts';
import { ask } from './client.ts';
import { placeOf, scopeOf } from './place.ts';
import type { AccessorKey } from './sources.ts';
import { accessorPlace, knownAccessors, ownNamespace } from './sources.ts';

const keys = z.object({ keys: z.array(z.string().min(1)) });

/** https://openbao.org/api-docs/auth/token/#list-accessors. An empty list is a 404 without a text. */
const listAccessors: Endpoint<z.infer<typeof keys>> = {
  method: 'LIST',
  path: 'auth/token/accessors',
  needs: 'list,sudo auth/token/accessors',
  data: keys,
  absent: { status: 404, text: '', form: 'plain' },
};

export interface ListedAccessor {
  readonly accessor: string;
  /** The verifier's own token. */
  readonly own: boolean;
}

/** Every token of a namespace that has an accessor: batch tokens have none. */
export const accessors: Source<VaultClient, AccessorKey, ListedAccessor> = {
  id: 'vault/accessors',
  scope: (key) => scopeOf(accessorPlace(key)),
  name: (key) => key.accessor,
  answers: (value, key) => value.accessor === key.accessor,
  siblings: (client, scope) => Promise.resolve(knownAccessors(client, scope)),
  order: 'snapshot',
  async *all(client, scope, signal) {
    const seen = new Set<string>();
    for (;;) {
      const page = await nextPage(client, placeOf(scope).namespace, seen, signal);
      yield page;
      if (failed(page) || page.last) return;
    }
  },
};

async function nextPage(
  client: VaultClient,
  namespace: string | undefined,
  seen: Set<string>,
  signal: AbortSignal,
): Promise<Page<ListedAccessor> | Failure> {
  const after = [...seen].at(-1) ?? '';
  const query = `after=${encodeURIComponent(after)}`;
  const found = await ask(client, listAccessors, { namespace, query }, signal);
  if (found === 'nothing') return whole(client, namespace, seen, []);
  if (failed(found)) return found;
  const paging = pagingOf(found.warnings);
  if (failed(paging)) return paging;
  const listed = found.value.keys;
  const again = listed.filter((id) => seen.has(id)).length;
  // a server that knows neither paging nor the warning answers with the same whole list again
  if (again > 0 && again === listed.length && again === seen.size) return whole(client, namespace, seen, []);
  if (again > 0) return inconclusive('R-PARTIAL', 'the pages of the list of accessors overlap');
  for (const id of listed) seen.add(id);
  const items = listed.map((id) => ({ accessor: id, own: id === client.own?.accessor }));
  return paging === 'none' || listed.length === 0
    ? whole(client, namespace, seen, items)
    : { items, last: false };
}

/** A list from which a policy has filtered (`list_scan_response_keys_filter_path`) may lack the verifier too. */
function whole(
  client: VaultClient,
  namespace: string | undefined,
  seen: ReadonlySet<string>,
  items: readonly ListedAccessor[],
): Page<ListedAccessor> | Failure {
  const own = client.own?.accessor ?? '';
  const here = ownNamespace(client) === (namespace ?? client.namespace);
  return own === '' || !here || seen.has(own)
    ? { items, last: true }
    : inconclusive(
        'R-PARTIAL',
        "the list of accessors lacks the verifier's own token: a policy filters it",
        'list,sudo auth/token/accessors without list_scan_response_keys_filter_path',
      );
}

/**
 * A policy may cap pages without a word (`pagination_limit`), so `after` is always sent: a server that
 * says it ignored the parameter does not page. Any other warning of this list is an entry that was
 * left out of it ("found an accessor entry that could not be successfully decoded").
 * https://openbao.org/docs/concepts/policies/
 */
function pagingOf(warnings: readonly string[]): 'none' | 'perhaps' | Failure {
  const ignored = /^Endpoint ignored these unrecognized parameters: \[(?:after|limit|after limit)\]$/;
  const other = warnings.find((warning) => !ignored.test(warning));
  if (other !== undefined) return inconclusive('R-PARTIAL', `the list of accessors is not whole: ${other}`);
  return warnings.some((warning) => warning.includes('after')) ? 'none' : 'perhaps';
}
