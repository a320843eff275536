import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import { z } from 'zod';
import { reportSchema } from '../src/reporters/report-schema.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// --out DIR: somewhere else than in dist. --bundle: without the declarations. The tests build so.

// made beside its place and moved there whole: a broken build leaves the last good one standing
const { values: flags } = parseArgs({ options: { out: { type: 'string' }, bundle: { type: 'boolean' } } });
const dist = flags.out === undefined ? join(root, 'dist') : resolve(flags.out);
const made = `${dist}.${process.pid}.tmp`;
const manifestOf = z.object({ version: z.string(), license: z.string() });

/** The public entrances and the command line. Everything else becomes a chunk that is loaded when it is needed. */
const entries = {
  'cli/main': 'src/cli/main.ts',
  index: 'src/index.ts',
  connector: 'src/connector.ts',
  ...(existsSync(join(root, 'src/testing.ts')) ? { testing: 'src/testing.ts' } : {}),
};

/** Zod brings its messages in some fifty languages, half of its size: the messages of this program are English. */
const onlyEnglish: Plugin = {
  name: 'only-english',
  setup(building) {
    building.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/**
 * Importing a module of Node as an ES module reads every one of its exports, and with them all that
 * Node itself would only load when used. Our own files get it as CommonJS does; from the dear ones,
 * of which they only call functions, they get functions that load it when they are called.
 */
const thriftyBuiltins: Plugin = {
  name: 'thrifty-builtins',
  setup(building) {
    const dear = new Set(['node:child_process', 'node:crypto', 'node:util']);
    building.onResolve({ filter: /^node:/ }, ({ path, importer }) => {
      if (importer.includes('node_modules')) return undefined;
      return { path, namespace: dear.has(path) ? 'when-called' : 'as-it-is' };
    });
    building.onLoad({ filter: /.*/, namespace: 'as-it-is' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}');`,
    }));
    building.onLoad({ filter: /.*/, namespace: 'when-called' }, ({ path }) => {
      const names = Object.keys(process.getBuiltinModule(path) ?? {}).filter((name) => /^[a-z]/.test(name));
      const calls = names.map((name) => `export const ${name} = (...given) => it().${name}(...given);`);
      return { contents: [`const it = () => process.getBuiltinModule('${path}');`, ...calls].join('\n') };
    });
  },
};

try {
  mkdirSync(made);
  const { metafile } = await bundle();
  if (flags.bundle !== true) declarations();
  write('report.schema.json', `${JSON.stringify(z.toJSONSchema(reportSchema), undefined, 2)}\n`);
  write('THIRD-PARTY.txt', thirdParty(Object.keys(metafile.inputs)));
  rmSync(dist, { recursive: true, force: true });
  renameSync(made, dist);
} finally {
  rmSync(made, { recursive: true, force: true });
}

function write(name: string, text: string): void {
  writeFileSync(join(made, name), text);
}

function bundle() {
  return build({
    metafile: true,
    absWorkingDir: root,
    entryPoints: entries,
    outdir: made,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node22.18',
    mainFields: ['module', 'main'],
    // pg is CommonJS and calls require for Node's own modules; pg-native and pg-cloudflare are never used
    banner: {
      js: "import { createRequire as tombstoneRequire } from 'node:module';const require = tombstoneRequire(import.meta.url);",
    },
    plugins: [onlyEnglish, thriftyBuiltins],
    external: ['pg-native', 'vitest'],
    legalComments: 'none',
    logLevel: 'warning',
    minifySyntax: true,
    minifyWhitespace: true,
  });
}

function declarations(): void {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(
    process.execPath,
    [tsc, '-p', 'tsconfig.build.json', '--outDir', join(made, 'types')],
    {
      cwd: root,
      stdio: 'inherit',
    },
  );
  if (status !== 0) throw new Error('the declarations could not be written');
}

/** The licences of what is bundled, which ask to be passed on with every copy. */
function thirdParty(inputs: readonly string[]): string {
  const found = inputs.map((input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]);
  const packages = [...new Set(found.filter((name) => name !== undefined))].toSorted();
  return packages.map((name) => notice(name)).join('\n');
}

function notice(name: string): string {
  const directory = join(root, 'node_modules', name);
  const manifest = manifestOf.parse(JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')));
  const file = readdirSync(directory).find((one) => /^licen[cs]e/i.test(one));
  // some packages only name their licence; then its name and the author are what there is to pass on
  const text = file === undefined ? '' : `\n${readFileSync(join(directory, file), 'utf8').trim()}\n`;
  return `== ${name} ${manifest.version} (${manifest.license})\n${text}`;
}
