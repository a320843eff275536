import type { Failure } from '../../src/connector.ts';
import { inconclusive } from '../../src/connector.ts';

/**
 * Where an id lives. Ids of child namespaces end in `.<namespace id>`; those of the root namespace have
 * no ending. Asked in another namespace a lease is simply "invalid", so the place is part of every scope.
 * https://openbao.org/docs/concepts/namespaces/
 */
export interface Place {
  /** undefined: the configured one; '' the root namespace. */
  readonly namespace: string | undefined;
  readonly ending: string | undefined;
}

/** Without slashes at its ends; the servers take `root` as the name of the root namespace. */
export function plainNamespace(path: string): string {
  const plain = path.replace(/^\/+|\/+$/g, '');
  return plain === 'root' ? '' : plain;
}

/** Is this namespace the configured one, or below it? */
export function within(configured: string, asked: string): boolean {
  return configured === '' || asked === configured || asked.startsWith(`${configured}/`);
}

/** The namespace id at the end of an accessor or a lease id. */
export function endingOf(id: string): string | undefined {
  const last = id.slice(id.lastIndexOf('/') + 1);
  const at = last.lastIndexOf('.');
  return at === -1 || at === last.length - 1 ? undefined : last.slice(at + 1);
}

/** `team-a/.kYm3X`, `/` for the root namespace, `*\/` for the configured one. */
export function scopeOf({ namespace, ending }: Place): string {
  const path = namespace === undefined ? '*/' : `${namespace}/`;
  return ending === undefined ? path : `${path}.${ending}`;
}

export function placeOf(scope: string): Place {
  const at = scope.lastIndexOf('/');
  const namespace = scope.slice(0, at);
  const ending = scope.slice(at + 2);
  return {
    namespace: namespace === '*' ? undefined : namespace,
    ending: ending === '' ? undefined : ending,
  };
}

/** An id of the root namespace asked for in a child, or the other way round, would be "absent" anywhere. */
export function misplaced(what: string, place: Place, configured: string): Failure | undefined {
  const namespace = place.namespace ?? configured;
  if (namespace === '' && place.ending !== undefined) {
    return inconclusive(
      'R-SCOPE',
      `the ${what} ends in .${place.ending}: it belongs to a namespace, and none is named`,
      'the namespace, in the record (ref.namespace) or in the configuration (namespace)',
    );
  }
  if (namespace !== '' && place.ending === undefined) {
    return inconclusive(
      'R-SCOPE',
      `the ${what} has no namespace ending: it belongs to the root namespace, not to ${namespace}`,
    );
  }
  return undefined;
}
