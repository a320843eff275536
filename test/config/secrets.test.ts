import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { looseSecretFiles, resolveRecordSecrets, resolveSecrets } from '../../src/config/secrets.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { loadGrants } from '../../src/grant/load.ts';
import { Secret } from '../../src/model/secret.ts';
import { TextFile } from '../../src/model/text-file.ts';
import { changed as changedRecord, lookup } from '../grant/build.ts';
import { connectors, good } from './build.ts';

let directory = '';
let records = '';
const node = process.execPath;
const planted = 'tr0ub4dor-and-3';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tombstone-config-'));
  records = join(directory, 'records');
  await mkdir(join(records, 'secrets'), { recursive: true });
  const files: Record<string, string | Uint8Array> = {
    plain: planted,
    newline: `${planted}\n`,
    windows: `${planted}\r\n`,
    newlines: `${planted}\n\n`,
    empty: '',
    blank: '\n',
    large: 'x'.repeat(65 * 1024),
    binary: new Uint8Array([0xff, 0xfe, 0x00]),
    'ca.pem': '-----BEGIN CERTIFICATE-----\n\n',
  };
  for (const [name, content] of Object.entries(files))
    await writeFile(join(directory, name), content, { mode: 0o600 });
  await writeFile(join(records, 'secrets', 'own'), planted);
  await symlink(join(directory, 'plain'), join(records, 'secrets', 'out'));
  await symlink(join(records, 'secrets', 'own'), join(records, 'secrets', 'in'));
  await symlink(directory, join(records, 'up'));
  await symlink(directory, join(directory, 'records-2'));
  execFileSync('mkfifo', [join(directory, 'pipe')]);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const resolved = async (reference: string, env: NodeJS.ProcessEnv = {}) => {
  const secret = new Secret(reference);
  const problems = await resolveSecrets({ token: secret }, { directory, env, file: 'tombstone.yaml' });
  expect(JSON.stringify(problems)).not.toContain('tr0ub');
  return secret.filled ? secret.reveal() : problems.map(({ field, message }) => `${field}: ${message}`);
};

const program = (code: string, ...args: string[]) => `exec:${JSON.stringify([node, '-e', code, ...args])}`;

describe('references of a configuration', () => {
  test.for([
    ['a variable', 'env:ONE', planted],
    [
      'a variable that is not set',
      'env:OTHER',
      ['token: env:OTHER cannot be resolved: the variable is not set'],
    ],
    [
      'a name that every object has',
      'env:constructor',
      ['token: env:constructor cannot be resolved: the variable is not set'],
    ],
    ['an empty variable', 'env:EMPTY', ['token: env:EMPTY cannot be resolved: the variable is empty']],
    ['a file', 'file:plain', planted],
    ['a file in a place of its own', 'file:./records/secrets/own', planted],
    ['a link', 'file:records/secrets/out', planted],
    ['one line end is cut off', 'file:newline', planted],
    ['of Windows too', 'file:windows', planted],
    ['but only one', 'file:newlines', `${planted}\n`],
    ['no file', 'file:nothing', ['token: file:nothing cannot be resolved: the file cannot be read (ENOENT)']],
    ['an empty file', 'file:empty', ['token: file:empty cannot be resolved: the file is empty']],
    ['a blank file', 'file:blank', ['token: file:blank cannot be resolved: the file is empty']],
    ['a large file', 'file:large', ['token: file:large cannot be resolved: the file is larger than 64 KiB']],
    [
      'a file that is no text',
      'file:binary',
      ['token: file:binary cannot be resolved: the file is not UTF-8 text'],
    ],
    ['a directory', 'file:records', ['token: file:records cannot be resolved: it is not a regular file']],
    [
      'a pipe without a writer',
      'file:pipe',
      ['token: file:pipe cannot be resolved: it is not a regular file'],
    ],
  ] as const)('%s', async ([, reference, expected]) => {
    expect(await resolved(reference, { ONE: planted, EMPTY: '' })).toEqual(expected);
  });

  test('a program, without a shell, in the directory of the configuration', async () => {
    expect(await resolved(program('process.stdout.write(process.argv[1])', '$(id); `id` *'))).toBe(
      '$(id); `id` *',
    );
    expect(await resolved(program('console.log(process.cwd().endsWith(process.argv[1]))', directory))).toBe(
      'true',
    );
    expect(await resolved(program('process.stdin.resume().on("end", () => console.log("ended"))'))).toBe(
      'ended',
    );
  });

  test.for([
    [
      'that fails',
      `console.log(${JSON.stringify(planted)}); console.error(${JSON.stringify(planted)}); process.exit(7)`,
      'the program ended with code 7',
    ],
    ['that writes nothing', '', 'the output of the program is empty'],
    [
      'that writes without end',
      'setInterval(() => process.stdout.write("x".repeat(65536)), 1)',
      'the program wrote more than 64 KiB',
    ],
    ['that is killed', 'process.kill(process.pid, "SIGTERM")', 'the program could not be run (SIGTERM)'],
  ] as const)('a program %s', async ([, code, reason]) => {
    expect(await resolved(program(code))).toEqual([
      `token: exec:[${JSON.stringify(node)}, …] cannot be resolved: ${reason}`,
    ]);
  });

  test('a program that is not there', async () => {
    expect(await resolved('exec:["./no-such-program","--token=x"]')).toEqual([
      'token: exec:["./no-such-program", …] cannot be resolved: the program could not be run (ENOENT)',
    ]);
  });

  test('all that is missing is said at once, where the user wrote it', async () => {
    const { systems } = loadConfiguration(good, { file: 'tombstone.yaml', directory }, connectors);
    const problems = await resolveSecrets(systems, { directory, env: {}, file: 'tombstone.yaml' });
    expect(problems.map(({ field, message }) => `${field}: ${message}`)).toEqual([
      'systems.one.token: env:ONE_TOKEN cannot be resolved: the variable is not set',
      'systems.two.token: file:./secrets/two cannot be resolved: the file cannot be read (ENOENT)',
      'systems.two.points[1].url: exec:["pass", …] cannot be resolved: the program could not be run (ENOENT)',
    ]);
    expect(systems.get('one')?.config).toMatchObject({ caFile: { text: '-----BEGIN CERTIFICATE-----\n\n' } });
  });

  test('a text file is taken as it stands; a missing one is a problem', async () => {
    const missing = new TextFile('other.pem');
    const problems = await resolveSecrets([missing], { directory, env: {} });
    expect(problems.map(({ message }) => message)).toEqual([
      'the file other.pem cannot be resolved: the file cannot be read (ENOENT)',
    ]);
  });

  test('a file that others may read is a warning', async () => {
    await writeFile(join(directory, 'open'), planted);
    await chmod(join(directory, 'open'), 0o644);
    const tree = [
      new Secret('file:open'),
      new Secret('file:plain'),
      new Secret('file:nothing'),
      new Secret('env:ONE'),
    ];
    const warnings = await looseSecretFiles(tree, { directory, env: {} });
    expect(warnings.map(({ field, message }) => `${field}: ${message}`)).toEqual([
      '[0]: others may read file:open (mode 644)',
    ]);
  });
});

describe('references of a record', () => {
  const recordSecret = async (reference: string, env: NodeJS.ProcessEnv = {}) => {
    const text = changedRecord(['file:./secrets/c2.password', reference]);
    const { grants } = loadGrants(text, { file: 'grant.yaml', directory: records }, lookup);
    const problems = await resolveRecordSecrets(grants, env);
    expect(JSON.stringify(problems)).not.toContain('tr0ub');
    const secret = grants[0]?.credentials[1]?.secret;
    return secret?.filled
      ? secret.reveal()
      : problems.map(({ file, field, message }) => `${file} ${field}: ${message}`);
  };

  test.for([
    ['its own file', 'file:./secrets/own', planted],
    ['a link to its own file', 'file:secrets/in', planted],
    ['the subject’s variable', 'env:TOMBSTONE_SUBJECT_C2', planted],
    [
      'a variable that is not set',
      'env:TOMBSTONE_SUBJECT_C3',
      [
        'grant.yaml credentials[1].secret: env:TOMBSTONE_SUBJECT_C3 cannot be resolved: the variable is not set',
      ],
    ],
    [
      'a link that leads out',
      'file:secrets/out',
      [
        'grant.yaml credentials[1].secret: file:secrets/out cannot be resolved: the file lies outside the directory of the record',
      ],
    ],
    [
      'a directory that leads out',
      'file:up/plain',
      [
        'grant.yaml credentials[1].secret: file:up/plain cannot be resolved: the file lies outside the directory of the record',
      ],
    ],
    [
      'a file that is not there',
      'file:secrets/none',
      [
        'grant.yaml credentials[1].secret: file:secrets/none cannot be resolved: the file cannot be read (ENOENT)',
      ],
    ],
  ] as const)('%s', async ([, reference, expected]) => {
    expect(await recordSecret(reference, { TOMBSTONE_SUBJECT_C2: planted })).toEqual(expected);
  });

  test('a program is never run, however the reference came there', async () => {
    const { grants } = loadGrants(changedRecord(), { file: 'grant.yaml', directory: records }, lookup);
    const forged = grants.map((grant) => ({
      ...grant,
      credentials: [
        {
          ...grant.credentials[0],
          id: 'c1',
          kind: 'x/y',
          system: 'v',
          ref: {},
          secret: new Secret(program('console.log(1)')),
        },
      ],
    }));
    const problems = await resolveRecordSecrets(forged, {});
    expect(problems.map(({ message }) => message)).toEqual([
      `exec:[${JSON.stringify(node)}, …] cannot be resolved: it is no reference that may stand here`,
    ]);
  });
});
