import type { Failure } from '../../src/connector.ts';
import { failed, inconclusive, z } from '../../src/connector.ts';
import type { Endpoint, VaultClient } from './client.ts';
import { ask } from './client.ts';

const keys = z.object({ keys: z.array(z.string().min(1)) });

/**
 * All names below a path, in as many pages as it takes: a policy may cap a page without a word
 * (`pagination_limit`), so `after` is sent until nothing comes any more.
 * https://openbao.org/docs/concepts/policies/
 */
export async function listAll(
  client: VaultClient,
  { path, needs }: { readonly path: string; readonly needs: string },
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<readonly string[] | Failure> {
  const endpoint: Endpoint<z.infer<typeof keys>> = {
    method: 'LIST',
    path,
    needs,
    data: keys,
    absent: { status: 404, text: '', form: 'plain' },
  };
  const seen = new Set<string>();
  for (;;) {
    const query = `after=${encodeURIComponent([...seen].at(-1) ?? '')}`;
    const found = await ask(client, endpoint, { namespace, query }, signal);
    if (found === 'nothing') return [...seen];
    if (failed(found)) return found;
    const ignored = /^Endpoint ignored these unrecognized parameters: \[(?:after|limit|after limit)\]$/;
    const strange = found.warnings.find((warning) => !ignored.test(warning));
    if (strange !== undefined)
      return inconclusive('R-PARTIAL', `the list of ${path} is not whole: ${strange}`);
    const again = found.value.keys.filter((key) => seen.has(key)).length;
    // a server that does not page answers with the same whole list again
    if (again > 0 && again === found.value.keys.length && again === seen.size) return [...seen];
    if (again > 0) return inconclusive('R-PARTIAL', `the pages of the list of ${path} overlap`);
    if (found.value.keys.length === 0) return [...seen];
    for (const key of found.value.keys) seen.add(key);
  }
}
