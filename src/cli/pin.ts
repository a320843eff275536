import { readFile, realpath, stat } from 'node:fs/promises';
import { isMap, parseDocument } from 'yaml';
import type { DoctorLine } from '../doctor.ts';
import { UsageError } from '../model/errors.ts';
import { writeAll } from './outputs.ts';

/**
 * Writes into the configuration which instance each system said it is, and touches nothing else:
 * comments and order stay. A pin that differs is never overwritten: that is what it is for.
 *
 * @returns a line for each system that was pinned or could not be
 */
export async function pin(file: string, lines: readonly DoctorLine[]): Promise<readonly string[]> {
  const path = await realpath(file);
  const document = parseDocument(await readFile(path, 'utf8'), { keepSourceTokens: true });
  if (document.errors.length > 0) throw new UsageError(`${file} cannot be read as YAML`);
  const said: string[] = [];
  let changed = false;
  for (const [system, points] of Map.groupBy(lines, (line) => line.system)) {
    if (points.some((line) => line.pinned === 'differs')) {
      said.push(`${system}: not pinned again, the server is not the instance that the pin names`);
      continue;
    }
    if (points.every((line) => line.pinned === 'yes')) continue;
    const instances = new Set(points.map((line) => line.instance));
    const [instance] = instances;
    if (instances.size > 1 || instance === undefined) {
      said.push(
        `${system}: not pinned, ${instance === undefined ? 'the server did not say who it is' : 'its points are not one instance'}`,
      );
      continue;
    }
    if (!isMap(document.getIn(['systems', system]))) {
      said.push(`${system}: not pinned, its entry is no plain map`);
      continue;
    }
    document.setIn(['systems', system, 'instance'], instance);
    said.push(`${system}: pinned to ${instance}`);
    changed = true;
  }
  if (changed) {
    const { mode } = await stat(path);
    await writeAll([{ path, text: document.toString({ lineWidth: 0 }), mode }]);
  }
  return said;
}
