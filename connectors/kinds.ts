import type { Kind } from '../src/connector.ts';

/** By the id of the connector, each loaded when a record first names it: `record check` runs at every save. */
export const kinds: Readonly<Record<string, () => Promise<{ readonly kinds: readonly Kind<unknown>[] }>>> = {
  aws: () => import('./aws/kinds.ts'),
  postgres: () => import('./postgres/kinds.ts'),
  redis: () => import('./redis/kinds.ts'),
  vault: () => import('./vault/kinds.ts'),
};
