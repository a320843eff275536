import { kindsNamedIn } from '../registry-kinds.ts';
import { checkRecords } from './check.ts';
import { run } from './run.ts';

/**
 * `record check FILE…`, without flags and without a configuration. Editors and hooks run it on every
 * save, so it is built by itself and carries what it needs and nothing else; the starter sends it here.
 */
export function start(node: NodeJS.Process): Promise<void> {
  return run(node, (words, shell) => checkRecords(words.slice(2), kindsNamedIn, shell));
}
