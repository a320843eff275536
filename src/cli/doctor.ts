import { proxyVariablesSet } from '../door/proxy.ts';
import { doctor as examine } from '../doctor.ts';
import { UsageError } from '../model/errors.ts';
import { doctorExitLine, doctorText, ills } from '../reporters/doctor.ts';
import { shown, shownJson } from '../reporters/shown.ts';
import { configured } from './configured.ts';
import { pin } from './pin.ts';
import type { Shell } from './shell.ts';

export interface DoctorOptions {
  readonly config?: string;
  readonly pin?: boolean;
  readonly json?: boolean;
}

/** Asks every system who it is and whether the verifier can see what it must. 3 where something could not be proven. */
export async function doctor(
  systems: readonly string[],
  options: DoctorOptions,
  shell: Shell,
): Promise<number> {
  const { configuration, connectors } = await configured(options.config, shell);
  for (const name of systems) {
    if (configuration.systems.has(name)) continue;
    const known = [...configuration.systems.keys()].join(', ');
    throw new UsageError(`no system ${name} in ${configuration.file}; it names ${known}`);
  }
  const found = await examine({
    configuration,
    connectors,
    signal: shell.signal,
    redactor: shell.redactor,
    ...(systems.length === 0 ? {} : { only: systems }),
  });
  shell.signal.throwIfAborted();
  let lines = found;
  if (options.pin) {
    const { systems: done, said } = await pin(configuration.file, found);
    for (const line of said) shell.err(`${shown(line)}\n`);
    lines = found.map((line) => (done.has(line.system) ? { ...line, pinned: 'yes' } : line));
  }
  const proxies = proxyVariablesSet(shell.env);
  if (proxies.length > 0) {
    shell.err(
      `${proxies.join(', ')} is set and not used: only the configured hosts are contacted, directly\n`,
    );
  }
  await shell.out(options.json ? `${shownJson({ points: lines })}\n` : doctorText(lines));
  shell.err(`${doctorExitLine(lines)}\n`);
  return lines.some((line) => ills(line).length > 0) ? 3 : 0;
}
