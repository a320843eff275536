import { z } from '../connector.ts';
import { counted } from '../reporters/messages.ts';
import { shownJson } from '../reporters/shown.ts';
import { grantsOf, installed, readRecords } from './reading.ts';
import type { Shell } from './shell.ts';

// a schema that is used once is not worth compiling
z.config({ jitless: true });

export interface RecordOptions {
  readonly config?: string;
}

/** Reads records as `verify` would, and asks nobody. What is only doubtful is said on stderr. */
export async function checkRecords(
  records: readonly string[],
  { config }: RecordOptions,
  shell: Shell,
): Promise<number> {
  const grants = grantsOf(await readRecords(records, shell), await installed(config, shell), shell);
  const lines = grants.map(({ metadata, credentials, entitlements, placements }) => {
    const counts = [
      counted(credentials.length, 'credential'),
      counted(entitlements.length, 'entitlement'),
      counted(placements.length, 'placement'),
    ];
    return `ok  ${metadata.id}  ${counts.join(', ')}\n`;
  });
  await shell.out(lines.join(''));
  return 0;
}

/** The JSON Schema of a record, with the locator of every installed kind. */
export async function recordSchema({ config }: RecordOptions, shell: Shell): Promise<number> {
  const { grantJsonSchema } = await import('../grant/schema.ts');
  const { all } = await installed(config, shell);
  await shell.out(`${shownJson(grantJsonSchema(all.flatMap((one) => one.kinds)))}\n`);
  return 0;
}
