import { createRedactor } from '../door/redact.ts';
import { ending } from './endings.ts';
import { guard } from './guard.ts';
import { shellOf } from './shell.ts';
import type { Shell } from './shell.ts';

/** What a command line does: from its words to its exit code. */
export type Command = (words: readonly string[], shell: Shell) => Promise<number>;

/** The whole process: guard it, run the command, say why the exit code is what it is. */
export async function run(node: NodeJS.Process, command: Command): Promise<void> {
  const redactor = createRedactor();
  const guarded = guard(node, redactor);
  // the guard answers for it from here on, and commander takes what stands there for its own
  node.exitCode = undefined;
  const shell = shellOf(node, redactor, guarded.signal);
  guarded.settle(await answer(node.argv.slice(2), command, shell));
}

async function answer(words: readonly string[], command: Command, shell: Shell): Promise<number> {
  try {
    return await Promise.race([command(words, shell), interrupted(shell.signal)]);
  } catch (error) {
    const { code, text } = ending(error, words.includes('--debug'));
    if (text !== '') shell.err(`${text}\n`);
    return code;
  }
}

/** Never resolves: an interruption takes the answer away from whatever is still at work. */
function interrupted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
