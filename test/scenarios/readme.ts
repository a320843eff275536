/** `node test/scenarios/readme.ts`: writes README.md from the stories; `--check` only says whether it differs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpus, scenarios } from './corpus/index.ts';
import type { Expectation, Scenario } from './scenario.ts';

export const readmeFile = join(import.meta.dirname, 'README.md');

/** The corpus as a page that others can run against their own scanner. */
export function readme(): string {
  const lying = scenarios.filter((one) => one.naive.says === 'gone' && one.truth.is === 'works').length;
  return `${[
    '# Does your scanner say gone?',
    '',
    `${scenarios.length} stories about access that somebody called revoked. Each is played on a real OpenBao and a real PostgreSQL: a broker gives a grant, an agent uses it, the broker ends it in some way. Then three are asked:`,
    '',
    '- the **naive checker**, who asks one obvious question and believes the answer;',
    '- the **truth**: the credential itself is used, with its password, its token or its open session;',
    '- **Tombstone**, as two verifiers with exactly the permissions that `tombstone connectors policy` prints.',
    '',
    `In ${lying} of them the naive checker says gone and something still works. The expected verdict is written from the truth, never from what Tombstone says. Wherever the story does not end honestly, it has a _clean twin_: the same grant is then ended properly, every target must be gone with its control, and every use be refused. A _blinded twin_ takes one permission from the verifier, who must then say what it lacks, and never gone.`,
    '',
    'After each look nothing in either system may have changed, by their own logs and lists, and no planted secret may stand in anything that was written.',
    '',
    'Run them: `npx vitest run test/scenarios` (OpenBao: `test/servers/install-openbao.sh`). To try another scanner, give `verifyAs` in [verifier.ts](verifier.ts) another body. This page is written by `node test/scenarios/readme.ts`.',
    ...Object.entries(corpus).flatMap(([theme, stories]) => ['', `## ${theme}`, '', ...table(stories)]),
    '',
    '## Where Tombstone says gone and something works',
    '',
    'Known, and not closed in this version. These stories are played like all others, clean twin included, and the report must say what was not looked at.',
    '',
    ...scenarios.flatMap((one) => (one.limit === undefined ? [] : [`- \`${one.name}\`: ${one.limit}`])),
  ].join('\n')}\n`;
}

function table(stories: readonly Scenario[]): readonly string[] {
  return [
    '<!-- prettier-ignore-start -->',
    '<!-- prettier-ignore-start -->',
    '| story | the naive checker | the truth | verdict |',
    '| --- | --- | --- | --- |',
    ...stories.map(
      (one) => `| ${[story(one), naive(one), truth(one), verdict(one)].map(cell).join(' | ')} |`,
    ),
    '<!-- prettier-ignore-end -->',
  ];
}

const cell = (text: string) => text.replaceAll('|', '\\|');
const story = ({ name, story }: Scenario) => `**${name}**<br>${story}`;
const naive = ({ naive: { asks, says } }: Scenario) => `${asks}: _${says}_`;
const truth = ({ truth: { by, is } }: Scenario) => `${by}: _${is}_`;

function verdict({ expected, blinded, limit }: Scenario): string {
  const blind =
    blinded === undefined ? '' : `<br>blinded, without \`${blinded.without}\`: ${outcome(blinded.expected)}`;
  return `${outcome(expected)}${limit === undefined ? '' : ' (see below)'}${blind}`;
}

function outcome({ grant, exit, targets }: Expectation): string {
  const why = Object.entries(targets)
    .filter(([, outcome]) => outcome !== 'gone')
    .map(([id, outcome]) => `${id} ${outcome}`);
  return `**${grant}**, exit ${exit}${why.length === 0 ? '' : ` (${why.join(', ')})`}`;
}

if (import.meta.main) {
  if (!process.argv.includes('--check')) writeFileSync(readmeFile, readme());
  else if (readFileSync(readmeFile, 'utf8') !== readme()) {
    process.stderr.write(
      'test/scenarios/README.md differs from the stories: node test/scenarios/readme.ts\n',
    );
    process.exitCode = 1;
  }
}
