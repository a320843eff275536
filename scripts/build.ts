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
 * Node itself would only load when used. Our own files get functions that load it when they are called,
 * and what is no function when it is taken.
 */
const thriftyBuiltins: Plugin = {
  name: 'thrifty-builtins',
  setup(building) {
    building.onResolve({ filter: /^node:/ }, ({ path, importer }) =>
      importer.includes('node_modules') ? undefined : { path, namespace: 'when-called' },
    );
    building.onLoad({ filter: /.*/, namespace: 'when-called' }, ({ path }) => {
      const given = Object.entries(process.getBuiltinModule(path) ?? {}).filter(
        ([name]) => name !== 'default',
      );
      const lines = given.map(([name, value]) =>
        typeof value === 'function' && /^[a-z]/.test(name)
          ? `export const ${name} = (...given) => it().${name}(...given);`
          : `export const ${name} = /* @__PURE__ */ part('${name}');`,
      );
      return {
        contents: [
          'let module;',
          `const it = () => (module ??= process.getBuiltinModule('${path}'));`,
          'const part = (name) => it()[name];',
          ...lines,
        ].join('\n'),
      };
    });
  },
};

/** The contract only passes on what stands elsewhere: who takes one thing of it need not carry the rest. */
const contractInParts: Plugin = {
  name: 'contract-in-parts',
  setup(building) {
    building.onResolve({ filter: /\/src\/connector\.ts$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path),
      sideEffects: false,
    }));
  },
};

/** The same parser as ES modules, of which only what is used is carried. */
const treeOfYaml: Plugin = {
  name: 'tree-of-yaml',
  setup(building) {
    building.onResolve({ filter: /^yaml$/ }, () => ({
      path: join(root, 'node_modules/yaml/browser/dist/index.js'),
      sideEffects: false,
    }));
  },
};

const common = {
  metafile: true,
  absWorkingDir: root,
  outdir: made,
  bundle: true,
  platform: 'node',
  target: 'node22.18',
  legalComments: 'none',
  logLevel: 'warning',
  minifySyntax: true,
  minifyWhitespace: true,
} as const;

try {
  mkdirSync(made);
  const whole = await bundle();
  const check = await bundleRecordCheck();
  if (flags.bundle !== true) declarations();
  write('report.schema.json', `${JSON.stringify(z.toJSONSchema(reportSchema), undefined, 2)}\n`);
  write('THIRD-PARTY.txt', thirdParty(Object.keys({ ...whole.metafile.inputs, ...check.metafile.inputs })));
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
    ...common,
    entryPoints: entries,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    mainFields: ['module', 'main'],
    // pg is CommonJS and calls require for Node's own modules; pg-native and pg-cloudflare are never used
    banner: {
      js: "import { createRequire as tombstoneRequire } from 'node:module';const require = tombstoneRequire(import.meta.url);",
    },
    plugins: [onlyEnglish, thriftyBuiltins],
    external: ['pg-native', 'vitest'],
  });
}

/**
 * The one command that people wait for at every save, as one file. It shares nothing with the others,
 * so of zod and yaml it carries only what it uses; CommonJS, because it then starts without the loader
 * of ES modules.
 */
function bundleRecordCheck() {
  return build({
    ...common,
    entryPoints: { 'cli/record-check': 'src/cli/record-check.ts' },
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    // nobody reads its stacks: with --debug the whole program answers
    minifyIdentifiers: true,
    plugins: [onlyEnglish, thriftyBuiltins, contractInParts, treeOfYaml],
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
