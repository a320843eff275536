import { chown, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findConfiguration } from '../../src/config/find.ts';
import { UsageError } from '../../src/model/errors.ts';

let root = '';
let deep = '';

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'tombstone-find-')));
  deep = join(root, 'a', 'b', 'c');
  await mkdir(join(deep, 'tombstone.yaml'), { recursive: true });
  await writeFile(join(root, 'a', 'tombstone.yaml'), '');
  await writeFile(join(root, 'other.yaml'), '');
});

afterAll(() => rm(root, { recursive: true, force: true }));

test('--config, then TOMBSTONE_CONFIG, then upward', async () => {
  const env = { TOMBSTONE_CONFIG: join(root, 'other.yaml') };
  expect(await findConfiguration('../tombstone.yaml', env, join(root, 'a', 'b'))).toBe(
    join(root, 'a', 'tombstone.yaml'),
  );
  expect(await findConfiguration(undefined, env, deep)).toBe(join(root, 'other.yaml'));
  expect(await findConfiguration(undefined, { TOMBSTONE_CONFIG: '' }, deep)).toBe(
    join(root, 'a', 'tombstone.yaml'),
  );
});

test('a named file must be there: nothing else is taken in its place', async () => {
  await expect(findConfiguration('none.yaml', {}, deep)).rejects.toThrow(UsageError);
  await expect(findConfiguration('', {}, deep)).rejects.toThrow('--config names no file');
  await expect(findConfiguration(deep, {}, deep)).rejects.toThrow('--config names no file');
  await expect(findConfiguration(undefined, { TOMBSTONE_CONFIG: 'none' }, deep)).rejects.toThrow(
    'TOMBSTONE_CONFIG names no file',
  );
});

test('none at all', async () => {
  await expect(findConfiguration(undefined, {}, root)).rejects.toThrow(
    `there is no tombstone.yaml in ${root} or above it`,
  );
});

test.runIf(process.getuid?.() === 0)(
  'one that another user left above is not picked up by itself',
  async () => {
    const shared = join(root, 'shared');
    await mkdir(join(shared, 'work'), { recursive: true });
    await writeFile(join(shared, 'tombstone.yaml'), '');
    await chown(join(shared, 'tombstone.yaml'), 12345, 12345);
    await expect(findConfiguration(undefined, {}, join(shared, 'work'))).rejects.toThrow(
      'belongs to another user',
    );
    expect(await findConfiguration(undefined, {}, shared)).toBe(join(shared, 'tombstone.yaml'));
    expect(await findConfiguration('../tombstone.yaml', {}, join(shared, 'work'))).toBe(
      join(shared, 'tombstone.yaml'),
    );
  },
);
