import { shownJson } from '../reporters/shown.ts';
import { kindLookup } from '../registry.ts';
import { checkRecords } from './check.ts';
import { installed } from './installed.ts';
import type { Shell } from './shell.ts';

export interface RecordOptions {
  readonly config?: string;
}

/** `record check` with flags or a configuration: connectors from outside may bring kinds. */
export async function recordCheck(
  records: readonly string[],
  { config }: RecordOptions,
  shell: Shell,
): Promise<number> {
  const known = await installed(config, shell);
  return checkRecords(records, () => Promise.resolve(kindLookup(known)), shell);
}

/** The JSON Schema of a record, with the locator of every installed kind. */
export async function recordSchema({ config }: RecordOptions, shell: Shell): Promise<number> {
  const { grantJsonSchema } = await import('../grant/schema.ts');
  const { all } = await installed(config, shell);
  await shell.out(`${shownJson(grantJsonSchema(all.flatMap((one) => one.kinds)))}\n`);
  return 0;
}
