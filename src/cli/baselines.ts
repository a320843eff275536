import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Baseline } from '../model/baseline.ts';
import { UsageError } from '../model/errors.ts';
import type { GrantRecord } from '../model/grant.ts';
import { instantMs } from '../model/time.ts';
import { readInput } from './reading.ts';
import type { Shell } from './shell.ts';

const instant = z
  .string()
  .refine((text) => instantMs(text) !== undefined, 'an RFC 3339 instant belongs here');
const shape = z.strictObject({
  apiVersion: z.literal('tombstone/v1'),
  kind: z.literal('Baseline'),
  capturedAt: instant,
  instances: z.record(z.string(), z.string()),
  entries: z.array(
    z.strictObject({
      system: z.string(),
      kind: z.string(),
      id: z.string(),
      digest: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});

/**
 * The baselines that the records name, by the grant's id.
 * @throws UsageError where one cannot be read, is not the one that the record means, or is too late to count
 */
export async function baselinesOf(
  grants: readonly GrantRecord[],
  shell: Shell,
): Promise<ReadonlyMap<string, Baseline>> {
  const found = new Map<string, Baseline>();
  for (const grant of grants) {
    if (grant.baseline === undefined) continue;
    found.set(grant.metadata.id, await baselineOf(grant, grant.baseline, shell));
  }
  return found;
}

async function baselineOf(
  { metadata, validity, source }: GrantRecord,
  { file, sha256 }: NonNullable<GrantRecord['baseline']>,
  shell: Shell,
): Promise<Baseline> {
  const what = `the baseline ${file} of ${metadata.id}`;
  const text = await readInput(resolve(source.directory, file), shell);
  if (createHash('sha256').update(text).digest('hex') !== sha256.toLowerCase()) {
    throw new UsageError(`${what} is not the one that the record means: its SHA-256 differs`);
  }
  const read = shape.safeParse(parsed(text, what));
  if (!read.success) {
    const [first] = read.error.issues;
    throw new UsageError(`${what} cannot be read: ${first?.path.join('.') ?? ''} ${first?.message ?? ''}`);
  }
  const { capturedAt, instances, entries } = read.data;
  if ((instantMs(capturedAt) ?? Infinity) >= (instantMs(validity.from) ?? -Infinity)) {
    throw new UsageError(
      `${what} was taken at ${capturedAt}, not before the grant began at ${validity.from}`,
    );
  }
  return { capturedAt, instances, entries };
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${what} is not JSON`);
  }
}
