import type { Raw, Source } from '../../src/connector.ts';
import { failed, inconclusive, z } from '../../src/connector.ts';
import type { Endpoint, VaultClient } from './client.ts';
import { ask } from './client.ts';
import { namedSource } from './named.ts';
import { placeOf, plainNamespace, scopeOf } from './place.ts';

export const readSshRoles = 'read +/roles/*';
export const readSshAuthority = 'read +/config/ca';

/** A role of an SSH engine, by which keys are signed. https://openbao.org/api-docs/secret/ssh/#read-role */
export const sshRole = namedSource({
  id: 'vault/ssh-role',
  engine: 'ssh',
  folder: 'roles',
  needs: readSshRoles,
  facts: z.object({ key_type: z.string() }).readonly(),
  docs: 'https://openbao.org/api-docs/secret/ssh/#read-role',
});

/** The key by which an engine signs. */
export interface SshAuthority {
  readonly asked: string;
  /** As it stands in a certificate: base64. */
  readonly key: string;
}

export interface SshAuthorityKey {
  readonly mount: string;
  readonly namespace: string | undefined;
  /** `again` before and after it: no cache in between may answer both, so they differ by a word that servers ignore. */
  readonly turn: 'once' | 'again';
}

/** https://openbao.org/api-docs/secret/ssh/#read-public-key-authenticated */
const readAuthority = (mount: string): Endpoint<{ readonly public_key: string }> => ({
  method: 'GET',
  path: `${mount}/config/ca`,
  needs: readSshAuthority,
  data: z.object({ public_key: z.string() }),
});

const nameOf = ({ mount, turn }: SshAuthorityKey): string =>
  turn === 'once' ? `${mount}/config/ca` : `${mount}/config/ca, again`;

/** Nothing is absent here: what a certificate says counts only if this key signed it. */
export const sshAuthority: Source<VaultClient, SshAuthorityKey, SshAuthority> = {
  id: 'vault/ssh-authority',
  scope({ mount, namespace }) {
    const at = namespace === undefined ? undefined : plainNamespace(namespace);
    return `${scopeOf({ namespace: at, ending: undefined })} ${mount}`;
  },
  name: nameOf,
  answers: (value, key) => value.asked === nameOf(key),
  siblings(_client, scope) {
    const [place = '', mount = ''] = scope.split(' ');
    const key = { mount, namespace: placeOf(place).namespace, turn: 'again' } as const;
    return Promise.resolve([{ key, chosen: 'own' }]);
  },
  async one(client, key, signal): Promise<Raw<SshAuthority>> {
    const asked = { namespace: key.namespace, query: key.turn === 'again' ? 'turn=again' : '' };
    const found = await ask(client, readAuthority(key.mount), asked, signal);
    if (found === 'nothing' || failed(found)) return found;
    const [, text = ''] = found.value.public_key.trim().split(/\s+/);
    return text === ''
      ? inconclusive('R-ANSWER', `what ${key.mount}/config/ca answers is no public key`)
      : { value: { asked: nameOf(key), key: text } };
  },
};
