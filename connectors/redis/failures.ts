import { inconclusive, z } from '../../src/connector.ts';
import type { Failure, Reason } from '../../src/connector.ts';
import { Broken } from './reply.ts';
import type { Refusal } from './reply.ts';

/**
 * Every error reply that this connector gives a meaning, by its first word. None is ever an absence.
 *
 * Source: https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/, and a Redis 7.0.15
 */
const byWord: Readonly<Record<string, Reason>> = {
  NOPERM: 'R-PERM',
  NOAUTH: 'R-AUTH',
  WRONGPASS: 'R-AUTH',
  DENIED: 'R-AUTH', // protected mode: nobody may come from another machine
  LOADING: 'R-UNREACHABLE',
  BUSY: 'R-UNREACHABLE',
  MASTERDOWN: 'R-UNREACHABLE',
  UNKILLABLE: 'R-UNREACHABLE',
};

/** The server's own words are not repeated: they may hold what it was sent. */
export function refused(asked: string, { text }: Refusal, needs: string): Failure {
  const word = /^[A-Z]{2,20}\b/.exec(text)?.[0] ?? 'an error';
  const reason = text.startsWith('ERR max number of clients reached')
    ? 'R-UNREACHABLE'
    : (byWord[word] ?? 'R-ANSWER');
  const detail = `"${asked}" was answered with ${word}`;
  if (reason === 'R-PERM') return inconclusive(reason, detail, needs);
  return reason === 'R-AUTH'
    ? inconclusive(reason, detail, "a user for the verifier: the system's username and password")
    : inconclusive(reason, detail);
}

/** How the door says that there was no turn: in vain waited for, or the system asked for a pause. */
const fromDoor = z.object({ reason: z.enum(['R-RATE', 'R-UNREACHABLE']), message: z.string() });

export function explain(error: unknown): Failure {
  if (error instanceof Broken) return inconclusive(error.reason, error.message);
  const noTurn = fromDoor.safeParse(error);
  if (noTurn.success) return inconclusive(noTurn.data.reason, noTurn.data.message);
  throw error;
}
