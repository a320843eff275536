import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { install, lastLine } from './installed.ts';
import type { Installed } from './installed.ts';
import { writeOutside } from './outside.ts';

// `record check FILE` is a program of its own. It must say what the whole program says, word for word.

let installed: Installed;
beforeAll(() => {
  installed = install();
});
afterAll(() => installed.remove());

const good = `apiVersion: tombstone/v1
kind: AccessGrant
metadata:
  id: jit-1
subject:
  kind: agent
  id: bot
validity:
  from: 2026-11-22T08:00:00Z
  ttl: PT1H
systems:
  - system: v
credentials:
  - id: c1
    kind: vault/token
    system: v
    ref: { accessor: a1b2c3d4e5f6 }
  - id: c2
    kind: postgres/role
    system: v
    ref: { name: ro-1, oid: 16389 }
`;
const edits: Readonly<Record<string, readonly [from: string, to: string]>> = {
  'a good one': ['', ''],
  'a gap': [', oid: 16389', ''],
  'a number too small': ['16389', '0'],
  'a name too long': ['ro-1', 'x'.repeat(64)],
  'an empty name': ['ro-1', '""'],
  'a text for a number': ['16389', '"16389"'],
  'a misspelt field': ['accessor:', 'acessor:'],
  'an unknown kind': ['vault/token', 'vault/tokn'],
  'a connector that is not there': ['vault/token', 'aws/key'],
  'a secret': ['a1b2c3d4e5f6', 'hvs.CAESIJabcdefghABCDEFGH1234567890'],
  'a date': ['T08:00:00Z', ''],
  'no list': ['  - system: v', '  system: v'],
  'no system': ['systems:\n  - system: v\n', ''],
  'a mark at the start': ['apiVersion', '\uFEFFapiVersion'],
  'no YAML': ['kind: agent', 'kind: [agent'],
  'two with one id': [good, `${good}---\n${good}`],
  nothing: [good, ''],
};

function write(text: string | Uint8Array): string {
  const file = join(installed.directory, 'grant.yaml');
  writeFileSync(file, text);
  return file;
}

describe('record check says the same, whichever program answers', () => {
  test.each(Object.keys(edits))('%s', async (name) => {
    const [from, to] = edits[name] ?? [];
    if (from === undefined || to === undefined || !good.includes(from)) throw new Error('no such edit');
    const file = write(good.replace(from, to));
    const own = await installed.run(['record', 'check', file]);
    expect(own).toEqual(await installed.run(['record', 'check', file, '--no-color']));
    expect(own).toEqual(
      await installed
        .run(['record', 'check', '-'], { input: good.replace(from, to) })
        .then((piped) => ({ ...piped, err: piped.err.replaceAll('<stdin>', file) })),
    );
    expect(own.code).toBe(own.out === '' ? 2 : 0);
  });

  test.each<[string, readonly string[]]>([
    ['a file that is not there', ['nowhere.yaml']],
    ['a directory', ['.']],
    ['a command that was meant', ['verfy']],
    ['no name at all', ['']],
  ])('%s', async (_, words) => {
    const own = await installed.run(['record', 'check', ...words]);
    expect(own.code).toBe(2);
    expect(own).toEqual(await installed.run(['record', 'check', '--no-color', ...words]));
  });

  test('bytes that are no text', async () => {
    const file = write(Buffer.concat([Buffer.from(good), Buffer.from([0x23, 0xe4])]));
    const own = await installed.run(['record', 'check', file]);
    expect({ code: own.code, out: own.out }).toEqual({ code: 2, out: '' });
    expect(own.err).toContain('is not UTF-8 text');
    expect(own).toEqual(await installed.run(['record', 'check', file, '--no-color']));
  });
});

test('a configuration in the environment brings its connectors', async () => {
  const directory = join(installed.directory, 'configured');
  mkdirSync(directory);
  writeOutside(directory, installed.home, 'quiet');
  const env = { TOMBSTONE_CONFIG: join(directory, 'tombstone.yaml') };
  const words = ['record', 'check', join(directory, 'grant.yaml')];
  const { code, err } = await installed.run(words, { env });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect((await installed.run(words)).err).toContain('"outside" is not installed');
});

test('a pipe that nobody reads is 70', async () => {
  const { code, err } = await installed.run(['record', 'check', write(good)], {
    watch: (child) => child.stdout?.destroy(),
  });
  expect({ code, last: lastLine(err) }).toEqual({ code: 70, last: 'exit 70: internal error, no verdict' });
});

test('a package without its bundle is 70, not 1', () => {
  const broken = mkdtempSync(join(installed.directory, 'broken-'));
  cpSync(join(installed.home, 'bin'), join(broken, 'bin'), { recursive: true });
  const words = [join(broken, 'bin/tombstone.js'), 'record', 'check', write(good)];
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  expect(status).toBe(70);
  expect(stderr).toMatch(/^tombstone cannot start: .*\nexit 70: internal error\n$/);
});
