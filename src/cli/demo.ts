import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openFakeStage } from '../demo/fake-stage.ts';
import { story } from '../demo/story.ts';
import type { Shell } from './shell.ts';

/** The story on living fakes. In a checkout, `npm run demo` tells it on real servers. */
export async function demo(shell: Shell): Promise<number> {
  const stage = await openFakeStage();
  try {
    return await story(stage, {
      say: (text) => shell.out(`${text}\n`),
      async tombstone(words, directory) {
        const child = spawn(process.execPath, [...process.argv.slice(1, 2), ...words], {
          cwd: directory,
          stdio: ['ignore', 'inherit', 'inherit'],
        });
        const ended: readonly unknown[] = await once(child, 'exit');
        const [code] = ended;
        return typeof code === 'number' ? code : 70;
      },
    });
  } finally {
    await stage.stop();
  }
}
