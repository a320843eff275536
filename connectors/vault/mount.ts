import type { Failure } from '../../src/connector.ts';
import { failed, inconclusive, z } from '../../src/connector.ts';
import type { Endpoint, VaultClient } from './client.ts';
import { ask } from './client.ts';

const mountFacts = z.object({
  type: z.string(),
  path: z.string(),
  /** Made with the mount, moves with it, and is never given to another. */
  accessor: z.string(),
  options: z.record(z.string(), z.string()).nullable(),
});
export type MountFacts = z.infer<typeof mountFacts>;

/** A mount as a locator names it. */
export interface MountKey {
  readonly mount: string;
  /** Of the mount at grant time, where the record gives it. */
  readonly mountAccessor: string | undefined;
  readonly namespace: string | undefined;
}

/**
 * What is mounted here: an absence below it counts only if it is the mount of the grant. It is told to
 * whoever may do something at `below`, and takes no permission of its own.
 * https://openbao.org/api-docs/system/internal-ui-mounts/
 */
export async function mountAt(
  client: VaultClient,
  { mount, mountAccessor, namespace }: MountKey,
  below: { readonly path: string; readonly needs: string },
  signal: AbortSignal,
): Promise<MountFacts | Failure> {
  const endpoint: Endpoint<MountFacts> = {
    method: 'GET',
    path: `sys/internal/ui/mounts/${mount}/${below.path}`,
    needs: below.needs,
    data: mountFacts,
  };
  const found = await ask(client, endpoint, { namespace }, signal);
  if (found === 'nothing') return inconclusive('R-CHECK', 'a mount has no word for absent');
  if (failed(found)) return found;
  const { path, accessor } = found.value;
  // auth mounts are told without their first part
  if (path !== `${mount.replace(/^auth\//, '')}/`) {
    return inconclusive('R-SCOPE', `${path} is mounted there, not ${mount}/`);
  }
  if (mountAccessor !== undefined && accessor !== mountAccessor) {
    return inconclusive(
      'R-IDENTITY',
      `the mount at ${mount}/ is another one (${accessor}) than that of the grant (${mountAccessor}): it was moved, or disabled and made anew`,
      'the path to which the mount was moved, in the record',
    );
  }
  return found.value;
}

/** Keys that differ in their mount alone are two keys. */
export function namedAt(name: string, { mountAccessor }: Pick<MountKey, 'mountAccessor'>): string {
  return mountAccessor === undefined ? name : `${name} (${mountAccessor})`;
}
