import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from './properties/world.ts';
import type { World } from './properties/world.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^( *)\`\`\`${language}\\n(.*?)^\\1\`\`\``, 'gms'))].map(
    ([, indent = '', text = '']) => text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
const commands = blocks('sh').flatMap((block) => block.trim().split('\n'));
const inText = [...readme.matchAll(/`(npm run [^`]+|tombstone [^`]+|bash [^`]+)`/g)].map(
  ([, command = '']) => command,
);

/** The commands of the README in its order, in a copy of the project, in which nobody has built anything. */
describe('every command in the README', () => {
  let home = '';
  let copy = '';
  let work = '';
  let world: World;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'tombstone-readme-'));
    copy = join(home, 'copy');
    work = join(home, 'work');
    const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
      cwd: root,
      encoding: 'utf8',
    });
    for (const file of files.split('\0').filter((name) => name !== ''))
      cpSync(join(root, file), join(copy, file));
    for (const name of ['node_modules', '.servers']) {
      if (existsSync(join(root, name))) symlinkSync(join(root, name), join(copy, name));
    }
    world = await build({ things: [{ kind: 'role', fate: 'dropped' }], crowd: 2 });
    mkdirSync(work);
    const [configuration = '', grant = ''] = blocks('yaml');
    writeFileSync(
      join(work, 'tombstone.yaml'),
      configuration.replace('https://bao.acme.example:8200', world.vault.address),
    );
    writeFileSync(join(work, 'grant.yaml'), grant);
  }, 300_000);
  afterAll(async () => {
    await world.stop();
    rmSync(home, { recursive: true, force: true });
  });

  /** Not in one go: the fakes that it asks live in this process. */
  const run = (command: string, cwd: string) => {
    const [program = '', ...words] = command.split(' ');
    const env = {
      ...process.env,
      PATH: [join(home, 'bin'), join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
      npm_config_prefix: home,
      BAO_TOKEN: world.verifier.value,
      BILLING_DB_URL: world.postgres.url('tombstone_verifier', 'verifier-password'),
    };
    return new Promise<{ status: number; said: string }>((resolve) => {
      const child = execFile(program, words, { cwd, env }, (_, stdout, stderr) => {
        resolve({ status: child.exitCode ?? -1, said: `${stdout}\n${stderr}` });
      });
    });
  };
  const each = (command: string, cwd: () => string, says: RegExp) =>
    it(
      command,
      async () => {
        expect([...commands, ...inText].some((line) => line.includes(command))).toBe(true);
        const { status, said } = await run(command, cwd());
        expect(status, said).toBe(0);
        expect(said).toMatch(says);
      },
      300_000,
    );

  each('npm run demo', () => copy, /LIVE {3}3 live[^]*Exit 1, then exit 0/);
  it('npm run build && npm link', async () => {
    expect(inText).toContain('npm run build && npm link');
    expect(await run('npm run build', copy)).toMatchObject({ status: 0 });
    expect(await run('npm link --no-audit --no-fund --ignore-scripts', copy)).toMatchObject({ status: 0 });
  }, 300_000);
  each('tombstone connectors policy vault', () => work, /path "auth\/token\/lookup-accessor"/);
  each('tombstone connectors policy postgres', () => work, /GRANT pg_read_all_stats TO/);
  each('tombstone doctor --pin', () => work, /pinned to/);
  each('tombstone record check grant.yaml', () => work, /./);
  each('tombstone verify grant.yaml', () => work, /7 gone/);
  each('tombstone explain R-PERM', () => work, /R-PERM/);
  it('tombstone judge FILE', async () => {
    expect(inText).toContain('tombstone judge FILE');
    expect(await run('tombstone verify grant.yaml --out evidence=evidence.json', work)).toMatchObject({
      status: 0,
    });
    expect(await run('tombstone judge evidence.json', work)).toMatchObject({ status: 0 });
  });

  it('tombstone capture FILE', async () => {
    expect(inText).toContain('tombstone capture FILE');
    const { status, said } = await run('tombstone capture before.json', work);
    expect(status, said).toBe(0);
    expect(said).toMatch(/^baseline:\n {2}capturedAt: /m);
    expect(readFileSync(join(work, 'before.json'), 'utf8')).toContain('"kind": "Baseline"');
  });

  it('is one of these, or runs in CI itself', () => {
    const known = [
      'npm ci && npm run demo',
      'npm ci && npm test',
      'npm run build && npm link',
      'npm run demo',
      'tombstone connectors policy vault',
      'tombstone connectors policy postgres',
      'tombstone doctor --pin',
      'tombstone record check grant.yaml',
      'tombstone verify grant.yaml',
      'tombstone judge FILE',
      'tombstone capture FILE',
      'tombstone explain R-PERM',
      'bash test/servers/install-openbao.sh',
    ];
    expect([...new Set([...commands, ...inText])].filter((command) => !known.includes(command))).toEqual([]);
    const ci = readFileSync(join(root, '.ci/run'), 'utf8');
    for (const inCi of ['npm ci', 'npm test', 'bash test/servers/install-openbao.sh'])
      expect(ci).toContain(inCi);
  });
});
