import { inconclusive, z } from '../../src/connector.ts';
import type { Failure } from '../../src/connector.ts';
import type { Way } from './config.ts';
import { explain, shortly } from './failures.ts';
import { openSession } from './session.ts';
import type { Credentials, Gate, Session } from './session.ts';
import type { Wire } from './wire.ts';

/** A login as it is tried. `name` stands in evidence: never a value. */
export interface Presented extends Credentials {
  readonly name: string;
  /** Is it the verifier, who may ask where it has come to? */
  readonly own: boolean;
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

/**
 * Logs in and at once out again. A server closes the connection when its process has ended, and not before.
 *
 * @param look asks something over the session before it ends.
 */
export async function tryLogin(
  gate: Gate,
  as: Presented,
  signal: AbortSignal,
  look?: (session: Session) => Promise<Failure | undefined>,
): Promise<{ readonly login: LoginAnswer | Failure; readonly told: string }> {
  let wire: Wire | undefined;
  const meet = (one: Wire) => (wire = one);
  try {
    const session = await openSession(gate, as, signal, () => {}, meet);
    const { driver } = session;
    const wrong = await look?.(session);
    const given = new Promise<void>((done) => setTimeout(done, patience).unref());
    await Promise.race([driver.end(), given]);
    session.wire.destroy();
    return { login: wrong ?? { outcome: 'accepted', by: '' }, told: 'accepted' };
  } catch (error) {
    wire?.destroy();
    const answer = read(error, gate.via, as.user);
    const unasked =
      answer?.outcome === 'refused' &&
      wire?.asked !== true &&
      !(gate.via === 'pgbouncer' && isUnknown(error));
    const login = unasked
      ? inconclusive('R-ANSWER', `the login of ${as.user} was refused before its password was asked for`)
      : (answer ?? unread(error, as));
    return { login, told: shortly(error) };
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

/** Said at once: a pooler that asks the server for its users has nothing to hold a password against. */
const unknown = 'no such user';

/** Which of them depends on where the pooler keeps its users. */
const refusals: readonly string[] = ['SASL authentication failed', 'password authentication failed', unknown];

const isUnknown = (error: unknown) => fatal.safeParse(error).data?.message === unknown;

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
