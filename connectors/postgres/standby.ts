import * as z from 'zod/mini';
import type { Kind } from '../../src/connector.ts';

const standbyRef = z.strictObject({
  /** The slot, or the application name, under which the primary lists its stream. */
  name: z.string().check(z.minLength(1)),
  /** The address that it streams to. */
  from: z.optional(z.string()),
});
export type StandbyRef = z.infer<typeof standbyRef>;

/** Whoever takes the log of the cluster and is not configured: sessions there are seen by nobody here. */
export const standby: Kind<StandbyRef> = {
  kind: 'postgres/standby',
  title: 'PostgreSQL standby that is not configured',
  role: 'entitlement',
  ref: standbyRef,
  example: { name: 'tombstone-example', from: '192.0.2.1' },
  needed: ['name'],
  id: ({ name, from }) => [name, from ?? []].flat().join(' at '),
  label: ({ name, from }) => `standby ${name}${from === undefined ? '' : ` at ${from}`}`,
  requires: ['in-flight'],
  killing: 'in-flight',
  mints: () => false,
  horizon: 'PT0S',
  fix: ({ name }) =>
    `endpoints: [{ via: standby, name: ${JSON.stringify(name)}, url: … }] in the configuration`,
};
