import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportSchema } from '../../src/reporters/report-schema.ts';
import { install, lastLine } from './installed.ts';
import type { Installed, Ran, RunOptions } from './installed.ts';
import { writeOutside } from './outside.ts';
import type { Behaviour } from './outside.ts';

const token = 'planted-secret-of-the-verifier-1';
let installed: Installed;

beforeAll(() => {
  installed = install();
});
afterAll(() => installed.remove());

/** A directory of its own with a connector from outside. */
function place(behaviour: Behaviour, top?: string): string {
  const directory = mkdtempSync(join(installed.directory, 'case-'));
  writeOutside(directory, installed.home, behaviour, top);
  return directory;
}

function run(words: readonly string[], cwd: string, options: RunOptions = {}): Promise<Ran> {
  return installed.run(words, { cwd, ...options, env: { OUTSIDE_TOKEN: token, ...options.env } });
}

describe('exit codes', () => {
  test('1: something is live', async () => {
    const { code, out, err } = await run(['grant.yaml'], place('present'));
    expect({ code, last: lastLine(err) }).toEqual({ code: 1, last: 'exit 1: 1 item live (R-LISTED)' });
    expect(out).toContain('LIVE  F-1  outside/thing thing 7');
  });

  test('--if-removed says what would be left, and changes no verdict', async () => {
    const directory = place('present');
    const { code, out } = await run(['grant.yaml', '--if-removed', 'c1'], directory);
    expect(code).toBe(1);
    expect(out).toContain('if       F-1 ended: no way in is left');
    const { out: json } = await run(['grant.yaml', '--if-removed', 'jit-1:c1', '--json'], directory);
    const [grant] = reportSchema.parse(JSON.parse(json)).grants;
    expect(grant).toMatchObject({ verdict: 'live', cut: ['c1'], ifRemoved: { targets: ['c1'], paths: [] } });
    const wrong = await run(['grant.yaml', '--if-removed', 'c7'], directory);
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.err).toContain('--if-removed c7: no such item; there are c1');
  });

  test('a baseline with gaps is not written, and says what is missing', async () => {
    const directory = place('quiet', 'globalThis.bare = true;');
    const { code, out, err } = await run(['capture', 'before.json', '--account', 'there=7'], directory);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain('sweep:there: R-NOAPI the connector outside offers no sweep');
    expect(existsSync(join(directory, 'before.json'))).toBe(false);
    const wrong = await run(['capture', 'before.json', '--account', 'here=7'], directory);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('no system here; configured are there');
  });

  test('3: something is unproven', async () => {
    const { code, err } = await run(['grant.yaml'], place('quiet'));
    expect({ code, last: lastLine(err) }).toEqual({ code: 3, last: 'exit 3: 1 item unproven (R-NOAPI)' });
  });

  test('a check that throws takes only its own answer along', async () => {
    const { code, out, err } = await run(['grant.yaml'], place('throws'));
    expect({ code, last: lastLine(err) }).toEqual({ code: 3, last: 'exit 3: 1 item unproven (R-CHECK)' });
    expect(out).not.toMatch(/\bat .*\.js:\d+/);
  });

  test.each<[Behaviour, readonly string[]]>([
    ['throwsLater', []],
    ['rejectsLater', []],
    ['neverSettles', []],
    ['throwsLater', ['--json']],
    ['neverSettles', ['--json', '--fail-on', 'never']],
  ])('70: %s %j', async (behaviour, flags) => {
    const { code, out, err } = await run(['grant.yaml', ...flags], place(behaviour));
    expect({ code, out, last: lastLine(err) }).toEqual({
      code: 70,
      out: '',
      last: 'exit 70: internal error, no verdict',
    });
    expect(err).not.toMatch(/\n {4}at /);
    expect(err).not.toContain(token);
  });

  test('70: an unsettled promise where a package is loaded', async () => {
    const { code, out } = await run(['grant.yaml'], place('quiet', 'await new Promise(() => {});'));
    expect({ code, out }).toEqual({ code: 70, out: '' });
  });

  test('2: a package that cannot be loaded', async () => {
    const { code, out, err } = await run(['grant.yaml'], place('quiet', "throw new Error('no');"));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('tombstone-connector-outside');
  });

  test('a hang ends at the deadline, as unproven', async () => {
    const { code, err } = await run(['grant.yaml', '--deadline', '2s'], place('hangs'));
    expect(err).toContain('waiting for the first answer\n');
    expect({ code, last: lastLine(err) }).toEqual({
      code: 3,
      last: 'exit 3: 1 item unproven (R-UNREACHABLE)',
    });
  });

  test('--wait asks again while time may help', async () => {
    const { out } = await run(['grant.yaml', '--json', '--wait', '2s'], place('present'));
    const [target] = reportSchema.parse(JSON.parse(out)).grants[0]?.targets ?? [];
    expect(target?.evidence.map((one) => one.round)).toEqual([1, 2]);
  });

  test('what a connector leaves running does not hold the process', async () => {
    const { code, out } = await run(['grant.yaml'], place('lingers'));
    expect({ code, whole: out.trimEnd().endsWith('Z') }).toEqual({ code: 3, whole: true });
  });

  test.each<[NodeJS.Signals, number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('%s is %i, without any output', async (signal, expected) => {
    const directory = place('hangs', "process.stderr.write('asked\\n');");
    const { code, out, err } = await run(['grant.yaml', '--json', '--out', 'json=report.json'], directory, {
      watch: (child) => child.stderr?.once('data', () => setTimeout(() => child.kill(signal), 300)),
    });
    expect({ code, out, last: lastLine(err) }).toEqual({
      code: expected,
      out: '',
      last: `exit ${expected}: interrupted by ${signal}, no verdict`,
    });
    expect(readdirSync(directory).filter((name) => name.includes('report'))).toEqual([]);
  });

  test('--fail-on and --allow soften the code, never the verdict', async () => {
    const directory = place('quiet');
    const { code, out, err } = await run(['grant.yaml', '--fail-on', 'live'], directory);
    expect(code).toBe(0);
    expect(out).toContain('UNPROVEN  F-1');
    expect(out).not.toMatch(/clean/i);
    expect(lastLine(err)).toMatch(/^exit 0: softened for 1 finding; the verdicts are 1 unproven$/);
  });
});

describe('usage', () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /missing required argument 'record'/],
    [['--nonsense', 'grant.yaml'], /unknown option '--nonsense'/],
    [['verify', 'nowhere.yaml'], /nowhere\.yaml cannot be read: there is no such file/],
    [['verfy'], /was the command verify meant\?/],
    [['verify', '.'], /it is a directory/],
    [['verify', 'grant.yaml', '--config', 'nowhere.yaml'], /--config/],
    [['verify', 'grant.yaml', '--json', '--plain'], /cannot be used with/],
    [['verify', 'grant.yaml', '--fail-on', 'dead'], /Allowed choices are unproven, live, never/],
    [['verify', 'grant.yaml', '--deadline', 'soon'], /not a duration/],
    [['verify', 'grant.yaml', '--wait', '1 day'], /--wait 1 day is not a duration/],
    [['verify', 'grant.yaml', '--deadline', '9999h'], /not a duration/],
    [['verify', 'grant.yaml', '--connector', 'nobody'], /no such connector; installed are/],
    [['verify', 'grant.yaml', '--out', 'pdf=x'], /not format=file/],
    [['verify', 'grant.yaml', '--out', 'json=no/such/x.json'], /cannot be written to \(ENOENT\)/],
    [['verify', 'grant.yaml', '--out', 'json=.'], /not a regular file/],
    [['verify', 'grant.yaml', '--out', 'json=a', '--out', 'text=./a'], /twice/],
    [['explain', 'R-PREM'], /did you mean R-PERM/],
    [['explain', 'F-1'], /give its report/],
    [['connectors', 'policy', 'nobody'], /no connector nobody/],
    [['doctor', 'nowhere'], /no system nowhere/],
    [['record', 'check', 'tombstone.yaml'], /tombstone\.yaml:\d+:\d+ {2}\w+ {2}/],
  ];

  test.each(cases)('%j', async (words, said) => {
    const directory = place('present');
    const { code, out, err } = await run(words, directory);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(said);
    expect(lastLine(err)).toMatch(/^exit 2: /);
    expect(err).not.toMatch(/\n {4}at /);
    expect(readdirSync(directory).toSorted()).toEqual(['grant.yaml', 'node_modules', 'tombstone.yaml']);
  });

  test('a reference that cannot be resolved is named, its value never', async () => {
    const { code, err } = await installed.run(['grant.yaml'], { cwd: place('present') });
    expect(code).toBe(2);
    expect(err).toContain('env:OUTSIDE_TOKEN cannot be resolved');
  });

  test('bytes that are no text', async () => {
    const directory = place('present');
    writeFileSync(join(directory, 'grant.yaml'), Buffer.from([0xff, 0xfe, 0x00, 0x81]));
    expect((await run(['grant.yaml'], directory)).err).toContain('is not UTF-8 text');
  });

  test.each([['--help'], ['verify', '--help'], ['help', 'record']])(
    '%j is asked for: 0, on stdout',
    async (...words) => {
      const { code, out, err } = await run(words, place('present'));
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain('Usage: tombstone');
    },
  );
});

describe('streams', () => {
  test('--json is one document on stdout, whatever there is to warn about', async () => {
    const directory = place('present');
    const doubtful = readFileSync(join(directory, 'grant.yaml'), 'utf8').replace(
      '2026-11-22T08:14:00Z',
      '2026-11-22T08:20:00Z',
    );
    const record = `${doubtful}    issuedAt: 2026-11-22T08:10:00Z\n`.replace(
      "ref: { id: '7' } }\n    issuedAt: 2026-11-22T08:10:00Z",
      "ref: { id: '7' }, issuedAt: 2026-11-22T08:10:00Z }",
    );
    writeFileSync(join(directory, 'grant.yaml'), record);
    const { code, out, err } = await run(['grant.yaml', '--json', '-v'], directory, {
      node: ['--trace-warnings', '--throw-deprecation'],
      env: { FORCE_COLOR: '1', NODE_DEBUG: 'net' },
    });
    expect(code).toBe(1);
    expect(err).toContain('warning: ');
    expect(reportSchema.parse(JSON.parse(out)).exitCode).toBe(1);
  });

  test('stdin is a record', async () => {
    const directory = place('present');
    const input = readFileSync(join(directory, 'grant.yaml'), 'utf8');
    expect((await run(['verify', '-'], directory, { input })).code).toBe(1);
    expect((await run(['record', 'check', '-'], directory, { input })).code).toBe(0);
  });

  test('a pipe that nobody reads is 70', async () => {
    const { code, err } = await run(['grant.yaml', '--json'], place('present'), {
      watch: (child) => child.stdout?.destroy(),
    });
    expect({ code, last: lastLine(err) }).toEqual({ code: 70, last: 'exit 70: internal error, no verdict' });
  });

  test('colour: off in a pipe, on when forced, off when refused', async () => {
    const directory = place('present');
    const painted = async (env: Record<string, string>, ...flags: string[]) =>
      (await run(['grant.yaml', ...flags], directory, { env })).out.includes('\u001b[');
    expect(await painted({})).toBe(false);
    expect(await painted({ FORCE_COLOR: '1' })).toBe(true);
    expect(await painted({ FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
    expect(await painted({ FORCE_COLOR: '1' }, '--no-color')).toBe(false);
    expect(await painted({ FORCE_COLOR: '0' })).toBe(false);
  });

  test('files of --out are whole, and the same as what stdout would have said', async () => {
    const directory = place('present');
    const flags = ['json', 'text', 'plain', 'evidence'].flatMap((format) => [
      '--out',
      `${format}=${format}.out`,
    ]);
    const { code, out } = await run(['grant.yaml', '--plain', ...flags], directory);
    expect(code).toBe(1);
    expect(readFileSync(join(directory, 'plain.out'), 'utf8')).toBe(out);
    expect(readdirSync(directory).toSorted()).toEqual([
      'evidence.out',
      'grant.yaml',
      'json.out',
      'node_modules',
      'plain.out',
      'text.out',
      'tombstone.yaml',
    ]);
    const again = await run(['judge', 'evidence.out', '--json'], directory);
    const [before, after] = [readFileSync(join(directory, 'json.out'), 'utf8'), again.out].map((text) =>
      reportSchema.parse(JSON.parse(text)),
    );
    expect(again.code).toBe(1);
    expect(after).toEqual({
      ...before,
      run: { ...before?.run, judgedFrom: { file: 'evidence.out', signed: false } },
    });
    const explained = await run(['explain', 'F-1', '--report', 'json.out'], directory);
    expect(explained.out).toContain('LIVE   outside/thing thing 7   there');
  });

  test('a file that cannot be written leaves none of them, and no verdict', async () => {
    const directory = place(
      'present',
      "import { rmSync } from 'node:fs'; import { setTimeout as later } from 'node:timers/promises'; later(1).then(() => rmSync('gone', { recursive: true }));",
    );
    const { code, out } = await run(
      ['verify', 'grant.yaml', '--json', '--out', 'json=a.json', '--out', 'text=gone/b.txt'],
      directory,
      {
        watch: () => undefined,
      },
    );
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(existsSync(join(directory, 'a.json'))).toBe(false);
  });

  test('the verifier token that an answer repeats is nowhere', async () => {
    const directory = place('printsSecret');
    const flags = ['json', 'text', 'plain', 'evidence'].flatMap((format) => [
      '--out',
      `${format}=${format}.out`,
    ]);
    const { out, err } = await run(['grant.yaml', '-v', ...flags], directory);
    const files = ['json', 'text', 'plain', 'evidence'].map((name) =>
      readFileSync(join(directory, `${name}.out`), 'utf8'),
    );
    expect(files.join('')).toContain('[redacted]');
    expect([out, err, ...files].join('')).not.toContain(token);
  });

  test('a broken evidence file is 4', async () => {
    const directory = place('present');
    writeFileSync(join(directory, 'bad.json'), '{"schemaVersion":"1.0"}');
    const { code, out, err } = await run(['judge', 'bad.json'], directory);
    expect({ code, out, last: lastLine(err) }).toEqual({
      code: 4,
      out: '',
      last: 'exit 4: the evidence is broken, nothing was judged',
    });
  });
});

describe('doctor', () => {
  test('--pin writes the instance and keeps every comment', async () => {
    const directory = place('quiet');
    const file = join(directory, 'tombstone.yaml');
    const before = readFileSync(file, 'utf8');
    const { out, err } = await run(['doctor', '--pin'], directory);
    expect(out).toContain('instance outside-1, pinned;');
    expect(err).toContain('there: pinned to outside-1');
    expect(readFileSync(file, 'utf8')).toBe(
      before.replace('    connector:', '    instance: outside-1\n    connector:'),
    );
    const report = reportSchema.parse(JSON.parse((await run(['grant.yaml', '--json'], directory)).out));
    expect(report.run.systems[0]?.pinned).toBe(true);
  });

  test.each([
    [
      'in one line',
      '  there: { connector: outside, token: env:OUTSIDE_TOKEN } # c\n',
      'there: { instance: outside-1, connector',
    ],
    [
      'below a comment',
      '  there:\n    # first\n\n    token: env:OUTSIDE_TOKEN\n    connector: outside\n',
      '    instance: outside-1\n    token',
    ],
    [
      'deeper',
      '       there:\n             connector: outside\n             token: env:OUTSIDE_TOKEN',
      'there:\n             instance: outside-1\n             connector',
    ],
  ])('--pin of a system written %s', async (_, system, expected) => {
    const directory = place('quiet');
    const file = join(directory, 'tombstone.yaml');
    const text = `version: 1\nconnectors: [ 'tombstone-connector-outside' ]\nsystems:\n${system}`;
    writeFileSync(file, text);
    expect((await run(['doctor', '--pin'], directory)).err).toContain('pinned to outside-1');
    const after = readFileSync(file, 'utf8');
    expect(after).toContain(expected);
    expect(after.length - text.length).toBe(
      expected.length - expected.replace(/instance: outside-1(?:, |\n *)/, '').length,
    );
    expect((await run(['doctor'], directory)).out).toContain('instance outside-1, pinned');
  });

  test('a pin that differs stays as it is, and is said', async () => {
    const directory = place('quiet');
    const file = join(directory, 'tombstone.yaml');
    const other = readFileSync(file, 'utf8').replace('    token', '    instance: another\n    token');
    writeFileSync(file, other);
    const { code, out, err } = await run(['doctor', '--pin'], directory);
    expect(code).toBe(3);
    expect(`${out}${err}`).toContain('not pinned again');
    expect(out).toContain('FAIL  there');
    expect(readFileSync(file, 'utf8')).toBe(other);
  });

  test('says that a proxy is set and not used', async () => {
    const { err } = await run(['doctor'], place('quiet'), { env: { HTTPS_PROXY: 'http://127.0.0.1:9' } });
    expect(err).toContain('HTTPS_PROXY is set and not used');
  });

  test('--json is one document', async () => {
    const { out } = await run(['doctor', '--json'], place('quiet'));
    expect(JSON.parse(out)).toMatchObject({
      points: [{ system: 'there', instance: 'outside-1', pinned: 'no' }],
    });
  });
});

describe('the starter', () => {
  test.each(['20.20.2', '22.17.1', '0.10.48', '18.0.0'])(
    'Node %s is told what it is too old for',
    async (version) => {
      const preload = join(installed.directory, `node-${version}.cjs`);
      writeFileSync(preload, `Object.defineProperty(process.versions, 'node', { value: '${version}' });`);
      const { code, out, err } = await installed.run(['--version'], { node: ['--require', preload] });
      expect({ code, out, err }).toEqual({
        code: 2,
        out: '',
        err: `tombstone needs Node 22.18 or newer, this is Node ${version}\n`,
      });
    },
  );

  test.each(['22.18.0', '24.0.0', '30.1.0'])('Node %s is new enough', async (version) => {
    const preload = join(installed.directory, `node-${version}.cjs`);
    writeFileSync(preload, `Object.defineProperty(process.versions, 'node', { value: '${version}' });`);
    expect((await installed.run(['--version'], { node: ['--require', preload] })).code).toBe(0);
  });

  test('--version is the version, alone or among other words', async () => {
    const { version } = JSON.parse(readFileSync(join(installed.home, 'package.json'), 'utf8')) as {
      version: string;
    };
    for (const words of [['--version'], ['-V'], ['--no-color', '--version']]) {
      expect(await installed.run(words)).toMatchObject({ code: 0, out: `${version}\n`, err: '' });
    }
  });

  test('a package without its bundle is 70, not 1', async () => {
    const broken = mkdtempSync(join(installed.directory, 'broken-'));
    cpSync(join(installed.home, 'bin'), join(broken, 'bin'), { recursive: true });
    const { status, stderr } = spawnSync(process.execPath, [join(broken, 'bin/tombstone.js'), 'grant.yaml'], {
      encoding: 'utf8',
    });
    expect(status).toBe(70);
    expect(stderr).toMatch(/^tombstone cannot start: .*\nexit 70: internal error\n$/);
  });

  test('without arguments, or with half a command: 2', async () => {
    for (const words of [[], ['record'], ['connectors']]) {
      const { code, out } = await installed.run(words);
      expect({ words, code, out }).toEqual({ words, code: 2, out: '' });
    }
  });
});

describe('what is printed from the connectors', () => {
  test('the schemas are JSON Schemas, the policy is not empty, the list names every check', async () => {
    const directory = place('quiet');
    const flags = ['--config', 'tombstone.yaml'];
    const schema: unknown = JSON.parse((await run(['record', 'schema', ...flags], directory)).out);
    expect(JSON.stringify(schema)).toContain('outside/thing');
    const schemas: unknown = JSON.parse((await run(['connectors', 'schema', ...flags], directory)).out);
    expect(schemas).toMatchObject({
      outside: { kinds: { 'outside/thing': { type: 'object' } } },
      vault: {},
      postgres: {},
    });
    expect((await run(['connectors', 'policy', 'outside', ...flags], directory)).out).toBe('see things\n');
    const list = await run(['connectors', 'list', '--json', ...flags], directory);
    expect(list.out).toContain('outside/thing');
    expect((await run(['connectors', 'list'], directory)).out).not.toContain('outside/thing');
  });

  test.each(['R-PERM', '3', 'outside/thing', 'vault/token', 'r-lag'])('explain %s', async (what) => {
    const { code, out, err } = await run(['explain', what, '--config', 'tombstone.yaml'], place('quiet'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n').length).toBeGreaterThan(3);
  });
});
