import * as z from 'zod';
import type { Path } from './tree.ts';

/**
 * What can be read of a record whatever else is wrong with it, so that the rules that look at several
 * fields speak in the same run as the schema.
 */
export type Draft = z.infer<ReturnType<typeof build>>;

let shape: ReturnType<typeof build> | undefined;

export function draftOf(value: unknown): Draft {
  return (shape ??= build()).parse(value);
}

function build() {
  const word = z.string().optional().catch(undefined);
  const listOf = <T extends z.ZodRawShape>(fields: T) =>
    z.array(z.object(fields).or(z.undefined()).catch(undefined)).optional().catch(undefined);
  return z
    .object({
      metadata: z.object({ id: word }).optional().catch(undefined),
      subject: z
        .object({ accounts: listOf({ system: word }) })
        .optional()
        .catch(undefined),
      validity: z.object({ from: word, until: word, ttl: word }).optional().catch(undefined),
      revocation: z.object({ at: word }).optional().catch(undefined),
      baseline: z.object({ capturedAt: word, sha256: word }).optional().catch(undefined),
      systems: listOf({ system: word, revocationSource: word }),
      credentials: listOf({ id: word, kind: word, system: word, derivedFrom: word, issuedAt: word }),
      entitlements: listOf({ id: word, kind: word, system: word }),
      placements: listOf({ credential: word, kind: word, system: word }),
    })
    .catch({});
}

/** One text of a draft and where it stands. */
export interface Word {
  readonly path: Path;
  readonly word: string;
}

export const locatedLists = ['credentials', 'entitlements', 'placements'] as const;

/** Every field of that name in a list of the draft. */
export function wordsOf<F extends string>(
  list: readonly (Partial<Record<F, string | undefined>> | undefined)[] | undefined,
  at: Path,
  field: F,
): Word[] {
  return (list ?? []).flatMap((item, index) => {
    const word = item?.[field];
    return word === undefined ? [] : [{ path: [...at, index, field], word }];
  });
}
