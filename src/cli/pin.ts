import { isDeepStrictEqual } from 'node:util';
import { readFile, realpath, stat } from 'node:fs/promises';
import { isMap, isNode, parseDocument, stringify } from 'yaml';
import type { Document } from 'yaml';
import type { DoctorLine } from '../doctor.ts';
import { UsageError } from '../model/errors.ts';
import { writeAll } from './outputs.ts';

/**
 * Writes into the configuration which instance each system said it is. Only that: every other byte
 * stays. A pin that differs is never overwritten: that is what it is for.
 *
 * @returns the systems that are pinned now, and a line for each that was pinned or could not be
 */
export async function pin(
  file: string,
  lines: readonly DoctorLine[],
): Promise<{ readonly systems: ReadonlySet<string>; readonly said: readonly string[] }> {
  const path = await realpath(file);
  const before = await readFile(path, 'utf8');
  const document = parseDocument(before);
  if (document.errors.length > 0) throw new UsageError(`${file} cannot be read as YAML`);
  const said: string[] = [];
  const pins = new Map<string, string>();
  for (const [system, points] of Map.groupBy(lines, (line) => line.system)) {
    if (points.every((line) => line.pinned === 'yes')) continue;
    const found = instanceOf(points);
    if ('instance' in found && placeOf(document, system) !== undefined) {
      pins.set(system, found.instance);
      said.push(`${system}: pinned to ${found.instance}`);
    } else {
      said.push(`${system}: ${'why' in found ? found.why : 'not pinned, its entry has no place for it'}`);
    }
  }
  if (pins.size > 0) {
    const { mode } = await stat(path);
    await writeAll([{ path, text: pinned(before, document, pins), mode }]);
  }
  return { systems: new Set(pins.keys()), said };
}

/** The one instance that all points of a system say they are. */
function instanceOf(points: readonly DoctorLine[]): { readonly instance: string } | { readonly why: string } {
  if (points.some((line) => line.pinned === 'differs')) {
    return { why: 'not pinned again, the server is not the instance that the pin names' };
  }
  const instances = [...new Set(points.map((line) => line.instance))];
  if (instances.includes(undefined)) return { why: 'not pinned, the server did not say who it is' };
  const [instance, ...others] = instances;
  if (instance === undefined || others.length > 0) {
    return { why: 'not pinned, its points are not one instance' };
  }
  return { instance };
}

/** The new line goes before the first key of the system, in the manner of that map. */
function pinned(before: string, document: Document, pins: ReadonlyMap<string, string>): string {
  const places = [...pins].map(([system, instance]) => ({ at: placeOf(document, system), instance }));
  let text = before;
  for (const { at, instance } of places.toSorted((a, b) => (b.at?.offset ?? 0) - (a.at?.offset ?? 0))) {
    if (at === undefined) continue;
    const indent = at.offset - (before.lastIndexOf('\n', at.offset - 1) + 1);
    const entry = `instance: ${stringify(instance).trimEnd()}`;
    const end = at.flow ? ', ' : `\n${' '.repeat(indent)}`;
    text = `${text.slice(0, at.offset)}${entry}${end}${text.slice(at.offset)}`;
  }
  for (const [system, instance] of pins) document.setIn(['systems', system, 'instance'], instance);
  if (!isDeepStrictEqual(parseDocument(text).toJS(), document.toJS())) {
    throw new Error('the pinned configuration would say something else than the old one');
  }
  return text;
}

function placeOf(
  document: Document,
  system: string,
): { readonly offset: number; readonly flow: boolean } | undefined {
  const map = document.getIn(['systems', system], true);
  if (!isMap(map) || map.has('instance')) return undefined;
  const key = map.items[0]?.key;
  const offset = isNode(key) ? key.range?.[0] : undefined;
  return offset === undefined ? undefined : { offset, flow: map.flow === true };
}
