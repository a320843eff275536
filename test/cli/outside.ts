import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a connector package from outside does where it is asked. Each is JavaScript for the body of `observe`. */
export const behaviours = {
  /** Answers, but nothing that could prove an absence. */
  quiet: `return inconclusive;`,
  present: `return { saw: 'present', state: 'active', revivedBy: 'others', value: 'it stands' };`,
  throws: `throw new Error('broken check with SECRET');`,
  throwsLater: `setTimeout(() => { throw new Error('broken later with ' + process.env.OUTSIDE_TOKEN); }, 10); await new Promise((resolve) => setTimeout(resolve, 5000)); return inconclusive;`,
  rejectsLater: `Promise.reject(new Error('lost promise')); await new Promise((resolve) => setTimeout(resolve, 5000)); return inconclusive;`,
  neverSettles: `await new Promise(() => {}); return inconclusive;`,
  hangs: `setInterval(() => {}, 1000); await new Promise(() => {}); return inconclusive;`,
  lingers: `setInterval(() => {}, 1000); return inconclusive;`,
  printsSecret: `return { saw: 'present', state: 'active', revivedBy: 'others', value: 'answer repeats ' + process.env.OUTSIDE_TOKEN };`,
} as const;

export type Behaviour = keyof typeof behaviours;

/**
 * Writes a directory with a connector package `tombstone-connector-outside`, a configuration that
 * names it, and a record with one target of it.
 *
 * @param tombstone where the package `tombstone` is installed, whose entrance the connector uses
 * @param top JavaScript at the top of the package, run when it is loaded
 */
export function writeOutside(directory: string, tombstone: string, behaviour: Behaviour, top = ''): void {
  const home = join(directory, 'node_modules/tombstone-connector-outside');
  mkdirSync(home, { recursive: true });
  symlinkSync(tombstone, join(directory, 'node_modules/tombstone'));
  const manifest = {
    name: 'tombstone-connector-outside',
    version: '1.2.3',
    type: 'module',
    exports: { '.': './index.js', './package.json': './package.json' },
  };
  writeFileSync(join(home, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(home, 'index.js'), connector(behaviours[behaviour], top));
  writeFileSync(join(directory, 'tombstone.yaml'), configuration);
  writeFileSync(join(directory, 'grant.yaml'), record);
}

const configuration = `version: 1
systems:
  # a comment that stays
  there:
    connector: outside # and another
    token: env:OUTSIDE_TOKEN
connectors: [tombstone-connector-outside]
`;

const record = `apiVersion: tombstone/v1
kind: AccessGrant
metadata: { id: jit-1 }
subject: { kind: agent, id: bot }
validity: { from: 2026-11-22T08:14:00Z, until: 2026-11-22T09:14:00Z }
revocation: { at: 2026-11-22T09:02:11Z }
systems: [{ system: there }]
credentials:
  - { id: c1, kind: outside/thing, system: there, ref: { id: '7' } }
`;

function connector(observe: string, top: string): string {
  return `import { inconclusive as failure, secret, z } from 'tombstone/connector';
${top}
const inconclusive = failure('R-NOAPI', 'nothing to ask');
const kind = {
  kind: 'outside/thing',
  title: 'Thing outside',
  role: 'credential',
  ref: z.strictObject({ id: z.string() }),
  example: { id: '0' },
  needed: ['id'],
  id: (ref) => ref.id,
  label: (ref) => 'thing ' + ref.id,
  requires: ['authenticates'],
  killing: 'authenticates',
  mints: () => false,
  horizon: 'PT0S',
  fix: () => 'remove the thing',
};
export default {
  apiVersion: 1,
  id: 'outside',
  title: 'A connector from outside',
  config: z.strictObject({ token: secret() }),
  points: () => ['direct'],
  host: () => ({ protocol: 'https:', host: '127.0.0.1', port: 9, allowInsecure: false }),
  reads: [],
  connect: () => ({}),
  close: () => Promise.resolve(),
  identify: () => Promise.resolve({ instance: 'outside-1', principal: 'verifier' }),
  kinds: [kind],
  checks: [
    {
      id: 'outside/thing',
      title: 'Does the thing stand?',
      of: kind,
      claim: 'authenticates',
      decides: true,
      method: 'lookup',
      needs: ['see things'],
      docs: 'https://example.com/things',
      effects: [],
      async observe() {
        ${observe}
      },
    },
  ],
  without: globalThis.bare ? {} : { sweep: 'a thing is all there is', hunt: 'no thing makes another' },
  policy: (needs) => needs.join('\\n'),
};
`;
}
