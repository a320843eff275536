import * as z from 'zod';
import type { Connector, Kind } from '../../src/connector.ts';
import { inconclusive, secret, textFile } from '../../src/connector.ts';
import type { ConnectorLookup } from '../../src/config/load.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import type { Problem } from '../../src/model/errors.ts';
import { UsageError } from '../../src/model/errors.ts';

const boxConfig = z.strictObject({
  address: z.string().regex(/^https?:\/\/./, 'an http or https address belongs here'),
  token: secret(),
  namespace: z.string().optional(),
  caFile: textFile().optional(),
  controls: z.strictObject({ accessor: z.string() }).optional(),
  points: z.array(z.strictObject({ via: z.enum(['direct', 'pooler']), url: secret().optional() })).optional(),
  allowInsecure: z.boolean().default(false),
});
type BoxConfig = z.infer<typeof boxConfig>;

const thing: Kind<unknown> = {
  kind: 'box/thing',
  title: 'Thing',
  role: 'credential',
  ref: z.unknown(),
  example: {},
  needed: [],
  id: () => undefined,
  label: () => 'thing',
  requires: ['authenticates'],
  killing: 'authenticates',
  mints: () => false,
  horizon: 'PT0S',
  fix: () => 'end it',
};

/** A connector of which only what the configuration needs is real. */
const box: Connector<BoxConfig, null> = {
  apiVersion: 1,
  id: 'box',
  title: 'Box',
  config: boxConfig,
  points: ({ points }) => {
    const [first = 'direct', ...rest] = (points ?? []).map(({ via }) => via);
    return [first, ...rest];
  },
  host({ address, token, allowInsecure }, point) {
    if (address.includes('broken')) throw new Error(`no host in ${address}`);
    if (address.includes('leaky')) throw new Error(`no host in https://u:${token.reveal()}@leaky`);
    const url = new URL(address);
    const host = point === 'pooler' ? 'pooler.example' : url.hostname;
    return { protocol: url.protocol === 'http:' ? 'http:' : 'https:', host, port: 443, allowInsecure };
  },
  reads: [],
  connect: () => null,
  close: () => Promise.resolve(),
  identify: () => Promise.resolve(inconclusive('R-NOAPI', 'nobody asks')),
  kinds: [thing],
  checks: [
    {
      id: 'box/thing',
      title: 'Is it there?',
      of: thing,
      claim: 'authenticates',
      decides: true,
      method: 'lookup',
      needs: ['read'],
      docs: 'https://box.example/docs',
      effects: [],
      observe: () => Promise.resolve(inconclusive('R-NOAPI', 'nobody asks')),
    },
  ],
  policy: () => '',
};

export const connectors: ConnectorLookup = {
  find: (id) => (id === 'box' ? box : undefined),
  ids: () => ['box', 'vault'],
};

export const good = `version: 1
systems:
  one:
    connector: box
    address: https://one.example:8200
    token: env:ONE_TOKEN
    caFile: ./ca.pem
    instance: 5f0c
    controls: { accessor: abc }
    limits: { requestsPerSecond: 5, concurrency: 2, timeout: PT3S }
  two:
    connector: box
    address: https://two.example
    token: file:./secrets/two
    points: [{ via: direct }, { via: pooler, url: "exec:[pass, show, two]" }]
policy:
  failOn: live
  maxEvidenceAge: PT5M
connectors: [tombstone-connector-acme]
`;

export const source = { file: 'tombstone.yaml', directory: '/etc/tombstone' };

export function changed(...edits: readonly (readonly [from: string, to: string])[]): string {
  return edits.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the configuration holds no ${from}`);
    return text.replace(from, to);
  }, good);
}

export function problemsOf(text: string): readonly Problem[] {
  try {
    loadConfiguration(text, source, connectors);
    return [];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.problems;
  }
}
