import { createRedactor } from '../door/redact.ts';
import { ending } from './endings.ts';
import { guard } from './guard.ts';
import { shellOf } from './shell.ts';
import type { Shell } from './shell.ts';

/** The whole process: guard it, run the command, say why the exit code is what it is. */
export async function start(node: NodeJS.Process): Promise<void> {
  const redactor = createRedactor();
  const guarded = guard(node, redactor);
  // the guard answers for it from here on, and commander takes what stands there for its own
  node.exitCode = undefined;
  const shell = shellOf(node, redactor, guarded.signal);
  guarded.settle(await run(node.argv.slice(2), shell));
}

/** One command line, from its words to its exit code. */
async function run(words: readonly string[], shell: Shell): Promise<number> {
  try {
    return await Promise.race([command(words, shell), interrupted(shell.signal)]);
  } catch (error) {
    const { code, text } = ending(error, words.includes('--debug'));
    if (text !== '') shell.err(`${text}\n`);
    return code;
  }
}

/** The exit code of the command that the words name. */
async function command(words: readonly string[], shell: Shell): Promise<number> {
  const records = plainRecordCheck(words);
  if (records !== undefined) {
    const { checkRecords } = await import('./record.ts');
    return checkRecords(records, {}, shell);
  }
  const { program } = await import('./program.ts');
  return program(words, shell);
}

/**
 * The files of a `record check` without flags. Editors and hooks run it on every save: reading these
 * words by hand spares it a third of its start.
 */
function plainRecordCheck(words: readonly string[]): readonly string[] | undefined {
  const [noun, verb, ...files] = words;
  const plain = files.length > 0 && files.every((file) => file === '-' || !file.startsWith('-'));
  return noun === 'record' && verb === 'check' && plain ? files : undefined;
}

/** Never resolves: an interruption takes the answer away from whatever is still at work. */
function interrupted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
