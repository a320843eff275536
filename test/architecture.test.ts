import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

// The rules of who may import whom, and of who may touch the world. The linter holds some of them
// too; this test reads the files itself, so that a comment cannot switch a rule off.

const root = fileURLToPath(new URL('../', import.meta.url));

interface File {
  readonly name: string;
  readonly text: string;
  readonly imports: readonly string[];
}

/** Static, dynamic and re-exporting imports, by their specifier. */
function importsOf(code: string): readonly string[] {
  const forms = [
    /\b(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/g,
    /\bimport\s*\(?\s*['"]([^'"]+)['"]/g,
  ];
  return forms.flatMap((form) => [...code.matchAll(form)].map((match) => match[1] ?? ''));
}

/** The code without its comments, and without its strings where they do not matter. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/[^\n]*/g, '$1');
}

function filesBelow(folder: string): readonly File[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => {
      const path = join(root, folder, name);
      const text = withoutComments(readFileSync(path, 'utf8'));
      const imports = importsOf(text).map((one) =>
        one.startsWith('.') ? relative(root, resolve(dirname(path), one)) : one,
      );
      return { name: join(folder, name), text, imports };
    });
}

const source = filesBelow('src');
const connectors = filesBelow('connectors');
const below = (...folders: readonly string[]) =>
  source.filter((file) => folders.some((folder) => file.name.startsWith(`src/${folder}/`)));
const isTest = ({ name }: File) => /\.test\.ts$|\.fixture\.ts$/.test(name);
const isFake = ({ name }: File) => /\.fake\.ts$|\/fake\/|^connectors\/fakes\.ts$/.test(name);

/** Every import of these files that the rule does not allow. */
function broken(
  files: readonly File[],
  allowed: (specifier: string, file: File) => boolean,
): readonly string[] {
  return files.flatMap((file) =>
    file.imports.filter((one) => !allowed(one, file)).map((one) => `${file.name} imports ${one}`),
  );
}

function mentions(files: readonly File[], what: RegExp): readonly string[] {
  return files.flatMap((file) => [...file.text.matchAll(what)].map((match) => `${file.name}: ${match[0]}`));
}

test('the scanner sees every form of import', () => {
  const code = `
    import a from 'one';
    import { b,
      c } from "two";
    import type { D } from './three.ts';
    export * from 'four';
    export { e } from 'five';
    import 'six';
    const f = await import('seven');
  `;
  expect(importsOf(code).toSorted()).toEqual(
    ['five', 'four', 'one', 'seven', 'six', 'two', './three.ts'].toSorted(),
  );
  expect(
    importsOf(withoutComments("// import a from 'x'\n/* import b from 'y' */\nconst u = 'https://z';")),
  ).toEqual([]);
  expect(source.length).toBeGreaterThan(50);
  expect(connectors.length).toBeGreaterThan(10);
});

test('the model imports nothing but the model', () => {
  expect(broken(below('model'), (one) => one.startsWith('src/model/'))).toEqual([]);
});

test('only the registry and the demo know connectors', () => {
  const registry = ['src/registry.ts', 'src/registry-kinds.ts'];
  const others = source.filter(({ name }) => !registry.includes(name) && !name.startsWith('src/demo/'));
  expect(broken(others, (one) => !one.startsWith('connectors/'))).toEqual([]);
  // reading a record takes the kinds alone, not what asks
  const kinds = source.filter(({ name }) => name === 'src/registry-kinds.ts');
  expect(broken(kinds, (one) => !one.startsWith('connectors/') || one === 'connectors/kinds.ts')).toEqual([]);
  expect(
    broken(below('demo'), (one) => !one.startsWith('connectors/') || one === 'connectors/fakes.ts'),
  ).toEqual([]);
});

test('pure stages import no module of Node, no driver and none of the stages that ask', () => {
  const pure = below('plan', 'judge', 'trace', 'report', 'grant');
  const impure = ['src/door/', 'src/observe/', 'src/config/', 'src/cli/', 'src/reporters/'];
  expect(
    broken(pure, (one) => !one.startsWith('node:') && !impure.some((room) => one.startsWith(room))),
  ).toEqual([]);
  const packages = new Set(['zod/mini', 'zod', 'yaml']);
  expect(broken(pure, (one) => one.startsWith('src/') || packages.has(one))).toEqual([]);
});

test('pure stages have no clock, no dice and no environment', () => {
  const pure = below('model', 'plan', 'judge', 'trace', 'report', 'grant');
  expect(
    mentions(pure, /\bDate\.now\b|new Date\(\)|\bMath\.random\b|\bperformance\b|\bprocess\b\.|\bfetch\(/g),
  ).toEqual([]);
});

test('a connector uses the contract, its own folder and packages of its own', () => {
  const rule = (one: string, { name }: File) => {
    const own = name.split('/').slice(0, 2).join('/');
    return (
      one === 'src/connector.ts' ||
      one.startsWith(`${own}/`) ||
      !/^(?:src|connectors|test|scripts)\//.test(one)
    );
  };
  const shipped = connectors.filter(
    (file) => !isTest(file) && !isFake(file) && file.name.split('/').length > 2,
  );
  expect(broken(shipped, rule)).toEqual([]);
  // a fake shares no code with the client that it tests, and nothing with the core
  const fakes = connectors.filter((file) => isFake(file) && file.name !== 'connectors/fakes.ts');
  const client = (one: string, { name }: File) =>
    !one.startsWith('src/') &&
    (!one.startsWith(`${name.split('/').slice(0, 2).join('/')}/`) || /fake/.test(one));
  expect(broken(fakes, client)).toEqual([]);
});

test.each(['index.ts', 'kinds.ts'])('connectors/%s is one line a connector', (list) => {
  const [file] = connectors.filter(({ name }) => name === `connectors/${list}`);
  const listed = (file?.imports ?? []).filter((one) => one.startsWith('connectors/'));
  const folders = readdirSync(join(root, 'connectors'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `connectors/${entry.name}/${list}`);
  expect(listed.toSorted()).toEqual(folders.toSorted());
});

test('an SDK is loaded when it is first used: a record without its system never loads it', () => {
  const code = connectors.filter((file) => !isTest(file) && !isFake(file));
  const sdk = /['"]@(?:aws-sdk|smithy)\//;
  const statics = /\b(?:import|export)\b(?!\s+type\b)[^'"`;(]*?\bfrom\s*['"][^'"]+['"]/g;
  expect(mentions(code, statics).filter((one) => sdk.test(one))).toEqual([]);
  expect(code.some(({ text }) => /await import\(\s*['"]@aws-sdk\//.test(text))).toBe(true);
});

test('kinds load quickly: they and what they import use zod/mini, and know no client', () => {
  const reached = new Set(connectors.filter(({ name }) => name === 'connectors/kinds.ts'));
  for (const file of reached) {
    for (const other of connectors) if (file.imports.includes(other.name)) reached.add(other);
  }
  const files = [...reached];
  expect(files.map(({ name }) => name)).toContain('connectors/vault/kinds.ts');
  const heavy = /^zod$|\/(?:client|config|index)\.ts$|\/(?:checks|sources)\//;
  expect(broken(files, (one) => !heavy.test(one))).toEqual([]);
  expect(mentions(files, /\bz\b[^'"`;]*from\s*['"][./]*src\/connector\.ts/g)).toEqual([]);
});

test('only the command line prints, and nothing uses the console', () => {
  const quiet = [
    ...source.filter(({ name }) => !name.startsWith('src/cli/')),
    ...connectors.filter((file) => !isTest(file)),
  ];
  expect(mentions(quiet, /\bprocess\.(?:stdout|stderr)\b/g)).toEqual([]);
  expect(mentions([...source, ...connectors], /\bconsole\b\s*\./g)).toEqual([]);
});

test('every byte leaves by the door: nobody else opens sockets or speaks http', () => {
  const network = /^node:(?:http|https|http2|net|tls|dgram|dns)(?:\/|$)/;
  const others = [...source, ...connectors].filter(
    (file) =>
      !file.name.startsWith('src/door/') &&
      !file.name.startsWith('src/testing') &&
      // the demo plays the broker and its administrator, beside the tool
      !file.name.startsWith('src/demo/') &&
      !isTest(file) &&
      !isFake(file) &&
      // the PostgreSQL protocol starts TLS inside the socket that the door opened
      file.name !== 'connectors/postgres/wire.ts',
  );
  expect(broken(others, (one) => !network.test(one))).toEqual([]);
  expect(mentions(others, /(?<![.\w])fetch\(/g)).toEqual([]);
});

test('no escape from the compiler: no any, no ignored error, no non-null by force', () => {
  const code = [...source, ...connectors.filter((file) => !isTest(file))];
  expect(mentions(code, /@ts-(?:ignore|expect-error|nocheck)|\bas any\b|: any\b|<any>/g)).toEqual([]);
  expect(mentions(code, /\b(?:TODO|FIXME|XXX)\b/g)).toEqual([]);
});
