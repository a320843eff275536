import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { reportSchema } from '../../src/reporters/report-schema.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('the package carries the starter, the bundle and what users read, and nothing else', () => {
  const { stdout, status } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  expect(status).toBe(0);
  const files = [...stdout.matchAll(/"path": "([^"]+)"/g)].map((match) => match[1] ?? '');
  expect(files).toContain('bin/tombstone.js');
  expect(files).toContain('LICENSE');
  const allowed =
    /^(?:bin\/(?:tombstone\.js|package\.json)|dist\/.+|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/;
  expect(files.filter((file) => !allowed.test(file))).toEqual([]);
});

test('what is bundled is no dependency; what the declarations speak of is', () => {
  const manifest = z
    .object({ dependencies: z.record(z.string(), z.string()), bin: z.unknown(), engines: z.unknown() })
    .parse(JSON.parse(readFileSync(`${root}package.json`, 'utf8')));
  expect(Object.keys(manifest.dependencies)).toEqual(['zod']);
  expect(manifest.engines).toEqual({ node: '>=22.18' });
});

test('the report has a JSON Schema that knows every verdict and forbids unknown fields', () => {
  const schema = JSON.stringify(z.toJSONSchema(reportSchema));
  expect(schema).toContain('"additionalProperties":false');
  for (const word of ['live', 'unproven', 'dormant', 'gone', 'R-PERM']) expect(schema).toContain(`"${word}"`);
});
