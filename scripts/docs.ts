import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { connectors } from '../connectors/index.ts';
import type { AnyConnector } from '../src/connector.ts';
import { reasons } from '../src/model/reason.ts';
import { exitTexts, reasonTexts } from '../src/reporters/messages.ts';

// Prints the tables of the documentation from the objects that do the work, so that they cannot
// differ. With --check it changes nothing and fails where a page has drifted.

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const check = process.argv.includes('--check');
const drifted: string[] = [];

await write('connectors/README.md', matrix(connectors));
for (const connector of connectors) {
  await between(`connectors/${connector.id}/README.md`, 'checks', tables(connector));
}
await between('docs/reasons.md', 'reasons', reasonTable());
await between('docs/exit-codes.md', 'exit-codes', exitTable());

if (check && drifted.length > 0) {
  process.stderr.write(`these pages differ from the code, run npm run docs:\n  ${drifted.join('\n  ')}\n`);
  process.exitCode = 1;
}

/** A page that is made whole. */
async function write(page: string, text: string): Promise<void> {
  const path = join(root, page);
  const made = await format(text, { parser: 'markdown', printWidth: 110, singleQuote: true });
  const stands = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  if (stands === made) return;
  drifted.push(page);
  if (!check) writeFileSync(path, made);
}

/** A part of a page, between `<!-- generated:NAME -->` and `<!-- /generated -->`. */
async function between(page: string, name: string, text: string): Promise<void> {
  const path = join(root, page);
  const open = `<!-- generated:${name} -->`;
  const close = '<!-- /generated -->';
  const stands = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const from = stands.indexOf(open);
  const to = stands.indexOf(close, from);
  if (from === -1 || to === -1) throw new Error(`${page} has no place for its tables: ${open} … ${close}`);
  await write(page, `${stands.slice(0, from)}${open}\n\n${text}\n\n${stands.slice(to)}`);
}

function matrix(all: readonly AnyConnector[]): string {
  const rows = all.flatMap((connector) =>
    connector.kinds.map((kind) => {
      const checks = connector.checks.filter((one) => one.of.kind === kind.kind);
      return [
        `[${connector.id}](${connector.id}/README.md)`,
        code(kind.kind),
        kind.role,
        kind.requires.join(', '),
        list([...new Set(checks.map((one) => one.method))]),
        list([...new Set(checks.flatMap((one) => one.effects))], 'none'),
      ];
    }),
  );
  return [
    '# Connectors',
    '',
    'Made by `npm run docs` from the connectors themselves.',
    '',
    table(['connector', 'kind', 'role', 'gone needs', 'methods', 'side effects'], rows),
    '',
    '`tombstone connectors policy <connector>` prints the least permissions a verifier needs; `tombstone connectors schema` the fields.',
  ].join('\n');
}

function tables({ kinds, checks }: AnyConnector): string {
  const kindRows = kinds.map((kind) => [
    code(kind.kind),
    kind.title,
    kind.needed.map(code).join(', '),
    kind.requires.join(', '),
    kind.killing,
    code(kind.horizon),
  ]);
  const checkRows = checks.map((one) => [
    code(one.id),
    code(one.of.kind),
    one.title,
    `${one.claim}${one.decides ? '' : ' (corroborates)'}`,
    one.method,
    one.needs.map(code).join('<br>'),
    `[page](${one.docs})`,
    list(one.effects, 'none'),
  ]);
  return [
    '### Kinds',
    '',
    table(['kind', 'what', 'needed for gone', 'required claims', 'live by', 'horizon'], kindRows),
    '',
    '### Checks',
    '',
    table(['check', 'of', 'question', 'claim', 'method', 'needs', 'docs', 'side effects'], checkRows),
  ].join('\n');
}

function reasonTable(): string {
  const rows = reasons.map((reason) => {
    const { says, means, next } = reasonTexts[reason];
    return [code(reason), says, means, next];
  });
  return table(['reason', 'in a finding', 'what it means', 'what to do'], rows);
}

function exitTable(): string {
  return table(
    ['code', 'meaning'],
    [...exitTexts].map(([exit, text]) => [String(exit), text]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function code(text: string): string {
  // a pipe inside code still ends a table cell; two backticks fence one
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

function list(texts: readonly string[], none = ''): string {
  return texts.length === 0 ? none : texts.join(', ');
}
