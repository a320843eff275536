/** `npm run bench`: a table on stdout, the numbers in bench-results.json. Ratios of one run; exit 1 where a limit is missed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { awsCalls } from './aws-calls.ts';
import { searches } from './aws-account.ts';
import { crowd } from './crowd.ts';
import { judged } from './judged.ts';
import { latency } from './latency.ts';
import { memory } from './memory.ts';
import { start } from './start.ts';
import { holds, table } from './table.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const record = JSON.stringify({
  apiVersion: 'tombstone/v1',
  kind: 'AccessGrant',
  metadata: { id: 'bench' },
  subject: { kind: 'agent', id: 'bot' },
  validity: { from: '2026-11-22T08:00:00Z', ttl: 'PT1H' },
  systems: [{ system: 'v' }],
  credentials: [{ id: 'c1', kind: 'vault/token', system: 'v', ref: { accessor: 'a1b2c3d4e5f6' } }],
});

const lines = [
  ...start(root, record),
  ...(await latency()),
  ...judged(),
  ...searches(),
  ...(await awsCalls()),
  ...(await memory(join(root, 'bin/tombstone.js'))),
  ...(await crowd(join(root, 'bin/tombstone.js'))),
];
process.stdout.write(`${table(lines)}\n`);
writeFileSync(join(root, 'bench-results.json'), `${JSON.stringify(lines, undefined, 2)}\n`);
process.exitCode = lines.every(holds) ? 0 : 1;
