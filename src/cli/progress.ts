import { shown } from '../reporters/shown.ts';
import type { Shell } from './shell.ts';

const patience = 1_000;

export interface Progress {
  readonly report: (event: { system: string; asked: number; of: number }) => void;
  /** Takes the live line away. */
  stop(): void;
}

/** What people see on stderr of a run that takes more than a second: one live line on a terminal, else one line a system. */
export function progress(shell: Shell, quiet: boolean): Progress {
  const counts = new Map<string, string>();
  const said = new Set<string>();
  let late = false;
  const draw = () => {
    if (shell.live) {
      const line = [...counts].map(([system, count]) => `${shown(system)} ${count}`).join('   ');
      shell.err(`\r\u001b[2K${line === '' ? 'waiting for the first answer' : line}`);
      return;
    }
    if (counts.size === 0) shell.err('waiting for the first answer\n');
    for (const [system, count] of counts) {
      if (!said.has(system)) shell.err(`asking ${shown(system)} (${count} answered)\n`);
      said.add(system);
    }
  };
  const timer = setTimeout(() => {
    late = true;
    draw();
  }, patience);
  if (quiet) clearTimeout(timer);
  return {
    report({ system, asked, of }) {
      counts.set(system, `${asked} of ${of}`);
      if (late) draw();
    },
    stop() {
      clearTimeout(timer);
      if (late && shell.live) shell.err('\r\u001b[2K');
      late = false;
    },
  };
}
