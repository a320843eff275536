/** `npm run demo`: the story on real servers where they are, on the living fake where they are not. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { story } from '../../src/demo/story.ts';
import { openStage } from './stage.ts';

const bin = fileURLToPath(new URL('../../bin/tombstone.js', import.meta.url));

const stage = await openStage();
try {
  process.exitCode = await story(stage, {
    say: async (text) => void process.stdout.write(`${text}\n`),
    async tombstone(words, directory) {
      const child = spawn(process.execPath, [bin, ...words], { cwd: directory, stdio: 'inherit' });
      const [code] = await once(child, 'exit');
      return typeof code === 'number' ? code : 70;
    },
  });
} finally {
  await stage.stop();
}
