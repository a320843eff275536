import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { loadGrants } from '../../src/grant/load.ts';
import { builtIn, kindLookup } from '../../src/registry.ts';

const page = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), 'utf8');
const yamlOf = (name: string) =>
  [...page(name).matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
const connectors = builtIn();

test('the record on its page is right, without a warning', () => {
  const [record = ''] = yamlOf('grant-record.md');
  const { grants, warnings } = loadGrants(record, { file: 'page', directory: '/' }, kindLookup(connectors));
  expect({ count: grants.length, warnings }).toEqual({ count: 1, warnings: [] });
});

test('the configuration on its page is right', () => {
  const [text = ''] = yamlOf('configuration.md');
  const lookup = { find: connectors.get, ids: () => connectors.all.map((one) => one.id) };
  const { systems } = loadConfiguration(text, { file: 'page', directory: '/' }, lookup);
  expect([...systems.keys()]).toEqual(['vault-prod', 'billing-db']);
});

test('every command on the page of commands exists', async () => {
  const { program } = await import('../../src/cli/program.ts');
  const words = [...page('commands.md').matchAll(/^## `tombstone (\w+)/gm)].map((match) => match[1] ?? '');
  expect(words.length).toBeGreaterThan(5);
  for (const word of words) {
    const said: string[] = [];
    const shell = {
      env: {},
      directory: '/',
      signal: new AbortController().signal,
      redactor: { add: () => undefined, clean: (text: string) => text },
      out: (text: string) => Promise.resolve(void said.push(text)),
      err: (text: string) => void said.push(text),
      colors: { out: false, err: false },
      live: false,
      stdin: () => Promise.resolve(new Uint8Array()),
    };
    await expect(program([word, '--help'], shell)).rejects.toMatchObject({ exitCode: 0 });
    expect(said.join('')).toContain(`Usage: tombstone ${word}`);
  }
});
