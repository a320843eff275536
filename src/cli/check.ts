import * as z from 'zod/mini';
import type { KindLookup } from '../grant/kinds.ts';
import { counted } from '../reporters/messages.ts';
import { grantsOf, readRecords } from './reading.ts';
import type { Shell } from './shell.ts';

/** Reads records as `verify` would, and asks nobody. What is only doubtful is said on stderr. */
export async function checkRecords(
  records: readonly string[],
  kindsOf: (texts: readonly string[]) => Promise<KindLookup>,
  shell: Shell,
): Promise<number> {
  // a schema that is used once is not worth compiling
  z.config({ jitless: true });
  const texts = await readRecords(records, shell);
  const grants = grantsOf(texts, await kindsOf(texts.map(({ text }) => text)), shell);
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
