import type { Raw, Secret, Sibling, Source } from '../../src/connector.ts';
import { failed, inconclusive, z } from '../../src/connector.ts';
import type { Endpoint, TokenFacts, VaultClient } from './client.ts';
import { ask, settledToken, tokenFacts } from './client.ts';
import type { Place } from './place.ts';
import { endingOf, misplaced, placeOf, plainNamespace, scopeOf } from './place.ts';

/** https://openbao.org/api-docs/auth/token/#lookup-a-token-accessor */
const lookupAccessor: Endpoint<TokenFacts> = {
  method: 'POST',
  path: 'auth/token/lookup-accessor',
  needs: 'update auth/token/lookup-accessor',
  data: tokenFacts,
  absent: { status: 400, text: 'invalid accessor', form: 'either' },
};

export interface AccessorKey {
  readonly accessor: string;
  readonly namespace: string | undefined;
}

export const accessor: Source<VaultClient, AccessorKey, TokenFacts> = {
  id: 'vault/accessor',
  scope: (key) => scopeOf(accessorPlace(key)),
  name: (key) => key.accessor,
  answers: (value, key) => value.accessor === key.accessor,
  siblings: (client, scope) => Promise.resolve(knownAccessors(client, scope)),
  async one(client, key, signal) {
    const wrong = misplaced('accessor', accessorPlace(key), client.namespace);
    if (wrong !== undefined) return wrong;
    const { accessor: id, namespace } = key;
    return settledToken(await ask(client, lookupAccessor, { namespace, body: { accessor: id } }, signal));
  },
};

export function accessorPlace({ accessor: id, namespace }: AccessorKey): Place {
  return { namespace: named(namespace), ending: endingOf(id) };
}

function named(namespace: string | undefined): string | undefined {
  return namespace === undefined ? undefined : plainNamespace(namespace);
}

/** Accessors that live in this place: the configured control, then the verifier's own. */
export function knownAccessors(client: VaultClient, scope: string): readonly Sibling<AccessorKey>[] {
  const { namespace, ending } = placeOf(scope);
  const inPlace = (id: string | undefined): id is string =>
    id !== undefined && id !== '' && (ending === undefined || endingOf(id) === ending);
  const siblings: Sibling<AccessorKey>[] = [];
  const { accessor: control } = client.controls;
  if (inPlace(control)) siblings.push({ key: { accessor: control, namespace }, chosen: 'configured' });
  const own = client.own?.accessor;
  if (inPlace(own) && ownNamespace(client) === (namespace ?? client.namespace)) {
    siblings.push({ key: { accessor: own, namespace }, chosen: 'own' });
  }
  return siblings;
}

/** The namespace in which the verifier's token was made. */
export function ownNamespace(client: VaultClient): string | undefined {
  return client.own === undefined ? undefined : plainNamespace(client.own.namespace_path ?? '');
}

// ── tokens by their value ───────────────────────────────────────────────────────────────────────

const introspected = z.intersection(tokenFacts, z.object({ id: z.string() }));

/**
 * https://openbao.org/api-docs/auth/token/#lookup-a-token. A dead token is `bad token`, plain; the
 * wrapped `permission denied` of the same status is about the verifier.
 */
const lookupToken: Endpoint<z.infer<typeof introspected>> = {
  method: 'POST',
  path: 'auth/token/lookup',
  needs: 'update auth/token/lookup',
  data: introspected,
  absent: { status: 403, text: 'bad token', form: 'plain' },
};

export interface ValueKey {
  readonly secret: Secret;
  /** Stands for the value in evidence. */
  readonly name: string;
  readonly namespace: string | undefined;
}

/** The facts of a token, without the token. */
export interface Introspected {
  readonly name: string;
  readonly facts: TokenFacts;
}

export const tokenValue: Source<VaultClient, ValueKey, Introspected> = {
  id: 'vault/token-value',
  scope: ({ namespace }) => scopeOf({ namespace: named(namespace), ending: undefined }),
  name: (key) => key.name,
  answers: (value, key) => value.name === key.name,
  siblings(client, scope) {
    const { namespace } = placeOf(scope);
    const key = { secret: client.token, name: "the verifier's own token", namespace };
    return Promise.resolve([{ key, chosen: 'own' }]);
  },
  async one(client, { secret, name, namespace }, signal): Promise<Raw<Introspected>> {
    const found = await ask(client, lookupToken, { namespace, body: { token: secret } }, signal);
    if (found === 'nothing' || failed(found)) return found;
    const { id, ...facts } = found.value;
    if (id !== secret.reveal()) {
      return inconclusive('R-ANSWER', `asked for ${name}, the server answered about another token`);
    }
    const token = settledToken({ value: facts, warnings: found.warnings });
    if (token === 'nothing' || failed(token)) return token;
    return { value: { name, facts: token.value } };
  },
};
