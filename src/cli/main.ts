import { run } from './run.ts';

/** Every command line. */
export function start(node: NodeJS.Process): Promise<void> {
  return run(node, async (words, shell) => {
    const { program } = await import('./program.ts');
    return program(words, shell);
  });
}
