import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { builtIn } from '../../src/registry.ts';
import { install } from './installed.ts';
import type { Installed } from './installed.ts';

let installed: Installed;
beforeAll(() => {
  installed = install();
});
afterAll(() => installed.remove());

const place = () => mkdtempSync(join(installed.directory, 'starter-'));
const kinds = builtIn().all.flatMap((connector) => connector.kinds.map((kind) => kind.kind));

describe('record new', () => {
  test('every kind, and record check takes it', async () => {
    const cwd = place();
    const { code, out } = await installed.run(['record', 'new'], { cwd });
    expect(code).toBe(0);
    for (const kind of kinds) expect(out).toContain(`kind: ${kind}\n`);
    writeFileSync(join(cwd, 'grant.yaml'), out);
    expect(await installed.run(['record', 'check', 'grant.yaml'], { cwd })).toMatchObject({ code: 0 });
  });

  test('the kinds that are named, the login made from the lease', async () => {
    const { out } = await installed.run(['record', 'new', 'vault/lease', 'postgres/role']);
    expect(parse(out)).toMatchObject({
      systems: [{ system: 'my-vault' }, { system: 'my-postgres' }],
      credentials: [{ kind: 'vault/lease' }, { kind: 'postgres/role', derivedFrom: 'c1' }],
    });
    expect(parse(out)).not.toHaveProperty('entitlements');
  });

  test('a kind that nobody knows', async () => {
    const { code, err } = await installed.run(['record', 'new', 'vault/leese']);
    expect(code).toBe(2);
    expect(err).toContain('did you mean vault/lease?');
  });
});

describe('init', () => {
  test('two files that load, and nothing is overwritten', async () => {
    const cwd = place();
    expect(await installed.run(['init'], { cwd })).toMatchObject({ code: 0 });
    const configuration = readFileSync(join(cwd, 'tombstone.yaml'), 'utf8');
    for (const { id } of builtIn().all) expect(configuration).toContain(`my-${id}:`);
    expect(await installed.run(['record', 'check', 'grant.yaml'], { cwd })).toMatchObject({ code: 0 });
    // what is missing are the values that only the user has
    const asked = await installed.run(['verify', 'grant.yaml'], { cwd });
    expect(asked).toMatchObject({ code: 2 });
    expect(asked.err).toMatch(
      /env:BAO_TOKEN[^]*env:TOMBSTONE_POSTGRES_URL|env:TOMBSTONE_POSTGRES_URL[^]*env:BAO_TOKEN/,
    );

    writeFileSync(join(cwd, 'tombstone.yaml'), 'version: 1\n');
    expect(await installed.run(['init'], { cwd })).toMatchObject({ code: 2 });
    expect(readFileSync(join(cwd, 'tombstone.yaml'), 'utf8')).toBe('version: 1\n');
  });
});

describe('completion', () => {
  test('bash offers commands, their own commands and flags', async () => {
    const { code, out } = await installed.run(['completion', 'bash']);
    expect(code).toBe(0);
    const offered = (...words: string[]) => {
      const script = `${out}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _tombstone; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
      expect(stderr).toBe('');
      return stdout.trim().split('\n');
    };
    expect(offered('tombstone', 've')).toEqual(['verify']);
    expect(offered('tombstone', 'record', '')).toEqual(expect.arrayContaining(['check', 'new', 'schema']));
    expect(offered('tombstone', 'verify', 'grant.yaml', '--wa')).toEqual(['--wait']);
    expect(offered('tombstone', 'connectors', 'policy', '--c')).toEqual(['--config']);
    expect(offered('tombstone', 'completion', 'z')).toEqual(['zsh']);
  });
  test.each(['zsh', 'fish'])('%s', async (shell) => {
    const { code, out } = await installed.run(['completion', shell]);
    expect(code).toBe(0);
    expect(out).toContain('verify');
  });
  test('no other shell', async () => {
    expect(await installed.run(['completion', 'cmd'])).toMatchObject({ code: 2 });
  });
});
