import { createRedactor } from '../door/redact.ts';
import { ending } from './endings.ts';
import { guard } from './guard.ts';
import { program } from './program.ts';
import { shellOf } from './shell.ts';
import type { Shell } from './shell.ts';

/** The whole process: guard it, run the command, say why the exit code is what it is. */
export async function start(node: NodeJS.Process): Promise<void> {
  const redactor = createRedactor();
  const guarded = guard(node, redactor);
  const shell = shellOf(node, redactor, guarded.signal);
  guarded.settle(await run(node.argv.slice(2), shell));
}

/** One command line, from its words to its exit code. */
async function run(words: readonly string[], shell: Shell): Promise<number> {
  try {
    return await Promise.race([program(words, shell), interrupted(shell.signal)]);
  } catch (error) {
    const { code, text } = ending(error, words.includes('--debug'));
    if (text !== '') shell.err(`${text}\n`);
    return code;
  }
}

/** Never resolves: an interruption takes the answer away from whatever is still at work. */
function interrupted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
