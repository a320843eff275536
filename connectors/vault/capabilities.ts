import type { Failure, Raw, Secret, Source } from '../../src/connector.ts';
import { failed, z } from '../../src/connector.ts';
import type { Endpoint, Found, VaultClient } from './client.ts';
import { ask } from './client.ts';
import { plainNamespace, scopeOf } from './place.ts';

/** Does the server take the token at all? */
export interface Usable {
  readonly name: string;
  readonly usable: boolean;
}

/** Any path will do: whether the token is taken at all is the same for all. */
const anywhere = 'auth/token/lookup-self';
const capabilities = z.object({ [anywhere]: z.array(z.string()).min(1) });
type Capabilities = z.infer<typeof capabilities>;

/**
 * What a token may do. Where its entity is disabled or does not stand, `invalid token`, wrapped, while
 * the look-up of the same token answers with its record. By its value, a token that never was is told
 * with the same words: ask this only about one that was looked up.
 * https://openbao.org/api-docs/system/capabilities-accessor/
 */
const byAccessor: Endpoint<Capabilities> = {
  method: 'POST',
  path: 'sys/capabilities-accessor',
  needs: 'update sys/capabilities-accessor',
  data: capabilities,
  absent: { status: 400, text: 'invalid token', form: 'either' },
};
/** https://openbao.org/api-docs/system/capabilities/ */
const byValue: Endpoint<Capabilities> = {
  ...byAccessor,
  path: 'sys/capabilities',
  needs: 'update sys/capabilities',
};

export interface UsableKey {
  /** The accessor, or what stands for the value in evidence. */
  readonly name: string;
  readonly secret?: Secret;
  readonly namespace: string | undefined;
}

export const usable: Source<VaultClient, UsableKey, Usable> = {
  id: 'vault/usable',
  scope: ({ namespace }) =>
    scopeOf({
      namespace: namespace === undefined ? undefined : plainNamespace(namespace),
      ending: undefined,
    }),
  name: (key) => key.name,
  answers: (value, key) => value.name === key.name,
  // both answers are values: nothing here is ever claimed absent
  siblings: () => Promise.resolve([]),
  async one(client, { name, secret, namespace }, signal): Promise<Raw<Usable>> {
    const paths = [anywhere];
    const found: Found<Capabilities> | 'nothing' | Failure =
      secret === undefined
        ? await ask(client, byAccessor, { namespace, body: { accessor: name, paths } }, signal)
        : await ask(client, byValue, { namespace, body: { token: secret, paths } }, signal);
    if (found !== 'nothing' && failed(found)) return found;
    return { value: { name, usable: found !== 'nothing' } };
  },
};
