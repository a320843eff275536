import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Host } from '../../src/connector.ts';
import { readLines } from '../../src/door/lines.ts';
import { never, open } from './server.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tombstone-lines-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const hostWith = (...files: string[]): Host => ({
  protocol: 'http:',
  host: '127.0.0.1',
  port: 1,
  allowInsecure: false,
  files,
});

test('whole lines in order, the digest of the bytes on the tape, the line that has no end left out', async () => {
  const path = at('audit.log');
  const text = 'one\n\nthrée\nfou';
  writeFileSync(path, text);
  await using door = open(hostWith(path));
  const lines: string[] = [];
  const seen = await door.lines(path, (line) => void lines.push(line), never);
  expect(lines).toEqual(['one', '', 'thrée']);
  expect(seen).toEqual({ saw: 'file', lines: 3, bytes: Buffer.byteLength(text), unended: 3 });
  expect(door.tape.exchanges).toMatchObject([
    {
      asked: `READ ${path}`,
      answered: '3 lines in bytes 0 to 15',
      digest: createHash('sha256').update(text).digest('hex'),
    },
  ]);
});

test('lines longer than what is read in one go, and what is written meanwhile is not read', async () => {
  const path = at('long.log');
  const long = ['a'.repeat(700_000), 'b'.repeat(300_000), 'c'];
  writeFileSync(path, `${long.join('\n')}\n`);
  const lines: string[] = [];
  const seen = await readLines(
    path,
    (line) => {
      if (lines.length === 0) appendFileSync(path, 'later\n');
      lines.push(line);
    },
    never,
  );
  expect(lines).toEqual(long);
  expect(seen).toMatchObject({ lines: 3, unended: 0 });
});

test('a file that nobody named is not read', async () => {
  const path = at('other.log');
  writeFileSync(path, 'secret\n');
  for (const host of [hostWith(at('audit.log')), hostWith()]) {
    await using door = open(host);
    const lines: string[] = [];
    const seen = await door.lines(path, (line) => void lines.push(line), never);
    expect(seen).toMatchObject({ saw: 'inconclusive', reason: 'R-CHECK' });
    expect(lines).toEqual([]);
  }
});

test.each([
  ['is missing', 'R-UNREACHABLE', () => at('none.log')],
  ['is a folder', 'R-ANSWER', () => folder],
  [
    'is a pipe that nobody writes',
    'R-ANSWER',
    () => {
      execFileSync('mkfifo', [at('pipe')]);
      return at('pipe');
    },
  ],
])('a file that %s is a failure', async (_, reason, make) => {
  const path = make();
  await using door = open(hostWith(path));
  expect(await door.lines(path, () => undefined, never)).toMatchObject({ saw: 'inconclusive', reason });
  expect(door.tape.exchanges).toHaveLength(1);
});

test('a file that is cut off while it is read, a line that is too long, a run that is stopped', async () => {
  const path = at('cut.log');
  writeFileSync(path, 'a\n'.repeat(600_000));
  let first = true;
  const cut = await readLines(
    path,
    () => {
      if (first) truncateSync(path, 10);
      first = false;
    },
    never,
  );
  expect(cut).toMatchObject({ reason: 'R-PARTIAL' });
  writeFileSync(path, 'x'.repeat(2_000));
  expect(await readLines(path, () => undefined, never, 1_000)).toMatchObject({ reason: 'R-ANSWER' });
  expect(await readLines(path, () => undefined, AbortSignal.abort())).toMatchObject({
    reason: 'R-UNREACHABLE',
  });
});

test('what the reader of a line throws is no trouble of the file', async () => {
  const path = at('thrown.log');
  writeFileSync(path, 'one\n');
  const thrown = readLines(
    path,
    () => {
      throw new Error('a bug');
    },
    never,
  );
  await expect(thrown).rejects.toThrow('a bug');
});
