import { inconclusive, instantMs, z } from '../../src/connector.ts';
import type { Context, Failure, Scope } from '../../src/connector.ts';
import type { VaultClient } from './client.ts';
import { plainNamespace } from './place.ts';

export type LookContext = Context<VaultClient>;

/** What a look starts from, in the one namespace in which all of it stands. */
export interface LookScope extends Scope {
  /** undefined is the configured one. */
  readonly namespace: string | undefined;
}

const placed = z.looseObject({ namespace: z.string().optional() });

/** Policies count from their namespace, and so does every list: a look covers one. */
export function inOnePlace(scope: Scope): LookScope | Failure {
  const places = new Set(
    scope.targets.map(({ ref }) => {
      const parsed = placed.safeParse(ref);
      return parsed.success && parsed.data.namespace !== undefined
        ? plainNamespace(parsed.data.namespace)
        : undefined;
    }),
  );
  if (places.size < 2) return { ...scope, namespace: [...places][0] };
  return inconclusive(
    'R-NOAPI',
    `what the grant gave stands in ${places.size} namespaces, and a look covers one`,
    'a system of the configuration for each namespace, and the targets below their own',
  );
}

/** A capture asks what stood before any grant: about all of time. */
export const ofAllTime = ({ from }: Pick<LookContext['window'], 'from'>): boolean =>
  (instantMs(from) ?? 0) <= 0;
