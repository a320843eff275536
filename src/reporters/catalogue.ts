import type { AnyConnector } from '../connector.ts';
import { shown, wrapped } from './shown.ts';

const width = 80;

/** What is installed, for people. */
export function catalogue(connectors: readonly AnyConnector[]): string {
  return `${connectors.map(entry).join('\n\n')}\n`;
}

function entry({ id, title, kinds, checks }: AnyConnector): string {
  return [
    `${shown(id)}   ${shown(title)}`,
    ...kinds.map((kind) => line('kind', `${shown(kind.kind)}: ${shown(kind.title)}`)),
    ...checks.map((check) => line('check', `${shown(check.id)}: ${shown(check.title)}`)),
    line('needs', `tombstone connectors policy ${shown(id)}`),
  ].join('\n');
}

function line(label: string, text: string): string {
  return wrapped(text, `  ${label.padEnd(6)} `, ' '.repeat(11), width);
}
