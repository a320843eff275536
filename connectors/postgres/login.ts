import { inconclusive, z } from '../../src/connector.ts';
import type { Failure } from '../../src/connector.ts';
import type { Way } from './config.ts';
import { explain, shortly } from './failures.ts';
import { openSession } from './session.ts';
import type { Credentials, Gate } from './session.ts';

/** A login as it is tried. `name` stands in evidence: never a value. */
export interface Presented extends Credentials {
  readonly name: string;
}

/** What came of a login. `blocked`: whoever answers took the password, and something else keeps the login out. */
export interface LoginAnswer {
  readonly outcome: 'accepted' | 'blocked' | 'refused';
  /** What was answered, in a few words; '' where it was accepted. */
  readonly by: string;
}

/** Milliseconds that a server has to end a session which asked for its end. */
const patience = 2_000;

const fatal = z.object({
  severity: z.literal('FATAL'),
  code: z.string(),
  message: z.string(),
  routine: z.string().optional(),
});

/** Logs in and at once out again. A server closes the connection when its process has ended, and not before. */
export async function tryLogin(
  gate: Gate,
  as: Presented,
  signal: AbortSignal,
): Promise<{ readonly login: LoginAnswer | Failure; readonly told: string }> {
  try {
    const { driver, wire } = await openSession(gate, as, signal, () => {});
    const given = new Promise<void>((done) => setTimeout(done, patience).unref());
    await Promise.race([driver.end(), given]);
    wire.destroy();
    return { login: { outcome: 'accepted', by: '' }, told: 'accepted' };
  } catch (error) {
    return { login: read(error, gate.via, as.user) ?? unread(error, as), told: shortly(error) };
  }
}

/**
 * The closed table. Who refused is told by the routine of the server's source beside the SQLSTATE: a
 * pooler has no routines, and forwards what the server told it as words of its own.
 *
 * Source: https://www.postgresql.org/docs/current/errcodes-appendix.html,
 * https://github.com/pgbouncer/pgbouncer/blob/pgbouncer_1_18_0/src/client.c
 */
function read(error: unknown, via: Way, user: string): LoginAnswer | undefined {
  const answer = fatal.safeParse(error);
  if (!answer.success) return undefined;
  const { code, message, routine = '' } = answer.data;
  if (via !== 'pgbouncer') {
    const outcome = byServer[`${code} ${routine}`];
    return outcome === undefined ? undefined : { outcome, by: `SQLSTATE ${code} ${routine}` };
  }
  if (routine !== '') return undefined;
  const by = `${message} (SQLSTATE ${code}, from the pooler)`;
  if (code === '08P01' && refusals.includes(message)) return { outcome: 'refused', by };
  return behind(user).includes(message) ? { outcome: 'blocked', by } : undefined;
}

const byServer: Readonly<Record<string, 'refused' | 'blocked'>> = {
  // a wrong password, an expired one, no such role: the same answer to all
  '28P01 auth_failed': 'refused',
  // what the server looks at only once it knows who it is
  '28000 InitializeSessionUserId': 'blocked',
  '53300 InitializeSessionUserId': 'blocked',
  '42501 CheckMyDatabase': 'blocked',
  '53300 CheckMyDatabase': 'blocked',
  '55000 CheckMyDatabase': 'blocked',
  '3D000 InitPostgres': 'blocked',
};

/** Which of them depends on where the pooler keeps its users: the last is a name that `auth_query` finds no row for. */
const refusals: readonly string[] = [
  'SASL authentication failed',
  'password authentication failed',
  'no such user',
];

/** The pooler took the password; the server behind it did not take the login that the pooler then made of it. */
const behind = (user: string): readonly string[] => [
  `password authentication failed for user "${user}"`,
  `role "${user}" is not permitted to log in`,
  `too many connections for role "${user}"`,
];

function unread(error: unknown, { user, password }: Presented): Failure {
  const answer = fatal.safeParse(error);
  if (answer.success && answer.data.code === '28000' && answer.data.routine === 'ClientAuthentication') {
    return inconclusive(
      'R-SCOPE',
      `pg_hba.conf lets no login of ${user} in from this host, so nobody looked at the password`,
      'a verifier on a host from which the role may log in',
    );
  }
  return explain(error, '', [password]);
}
