import { inconclusive, z } from '../../src/connector.ts';
import type { Failure, Reason } from '../../src/connector.ts';
import { BadFrame } from './frames.ts';

/**
 * Every error that this connector gives a meaning, by SQLSTATE. All others are answers that nobody
 * defined. None of them is ever an absence.
 *
 * Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const bySqlState: Readonly<Record<string, Reason>> = {
  '42501': 'R-PERM', // insufficient_privilege
  '28P01': 'R-AUTH', // invalid_password
  '28000': 'R-AUTH', // invalid_authorization_specification: no pg_hba.conf line, or NOLOGIN
  '53300': 'R-UNREACHABLE', // too_many_connections
  '57014': 'R-UNREACHABLE', // query_canceled, by statement_timeout or by an operator
  '57P01': 'R-UNREACHABLE', // admin_shutdown
  '57P02': 'R-UNREACHABLE', // crash_shutdown
  '57P03': 'R-UNREACHABLE', // cannot_connect_now: starting up, shutting down, in recovery
  '57P05': 'R-UNREACHABLE', // idle_session_timeout
};

/** Errors of the socket and of TLS: there was no answer. */
const unreachable =
  /^(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENOTFOUND|EAI_AGAIN|ERR_STREAM_|ERR_SOCKET_|ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|HOSTNAME_MISMATCH|EPROTO)/;

const fromServer = z.object({
  severity: z.string(),
  code: z.string().regex(/^[0-9A-Z]{5}$/),
  message: z.string(),
  routine: z.string().optional(),
});
/** How the door says that there was no turn: in vain waited for, or the system asked for a pause. */
const fromDoor = z.object({ reason: z.enum(['R-RATE', 'R-UNREACHABLE']), message: z.string() });
const fromSocket = z.object({ code: z.string(), message: z.string() });

/** Did the server itself answer with an error, so that the connection stays usable? */
export function answeredByServer(error: unknown): boolean {
  const answer = fromServer.safeParse(error);
  return answer.success && !/^(?:FATAL|PANIC)$/.test(answer.data.severity);
}

/** What the tape calls an answer that is an error. */
export function shortly(error: unknown): string {
  const answer = fromServer.safeParse(error);
  if (answer.success) return answer.data.code;
  if (error instanceof BadFrame) return 'not the protocol';
  const trouble = fromSocket.safeParse(error);
  return trouble.success ? trouble.data.code : 'no answer';
}

/**
 * @param error what the driver threw.
 * @param needs the permission that the statement needs beyond a login, where it needs one.
 * @param hide texts that must stand nowhere: the verifier's password.
 */
export function explain(error: unknown, needs: string, hide: readonly string[]): Failure {
  const clean = (text: string) => hidden(text, hide);
  const answer = fromServer.safeParse(error);
  if (answer.success) {
    const { code, message, routine } = answer.data;
    const reason = bySqlState[code] ?? 'R-ANSWER';
    const detail = clean(`SQLSTATE ${code}${routine === undefined ? '' : ` ${routine}`}: ${message}`);
    if (reason === 'R-PERM') return inconclusive(reason, detail, missing(message) ?? needs);
    if (reason === 'R-AUTH') {
      return inconclusive(
        reason,
        detail,
        "a login for the verifier: the user and password in the system's url",
      );
    }
    return inconclusive(reason, detail);
  }
  const noTurn = fromDoor.safeParse(error);
  if (noTurn.success) return inconclusive(noTurn.data.reason, clean(noTurn.data.message));
  if (error instanceof BadFrame) return inconclusive('R-ANSWER', clean(error.message));
  const trouble = fromSocket.safeParse(error);
  if (trouble.success && unreachable.test(trouble.data.code)) {
    return inconclusive('R-UNREACHABLE', clean(`${trouble.data.code}: ${trouble.data.message}`));
  }
  const message = error instanceof Error ? error.message : String(error);
  return /terminated|closed the connection|not queryable|no answer in time/i.test(message)
    ? inconclusive('R-UNREACHABLE', clean(message))
    : inconclusive('R-ANSWER', clean(message));
}

/** The permission that the server itself names; servers that speak another language than English name none. */
function missing(message: string): string | undefined {
  const found = /^permission denied for (function|view|table|database|schema) "?([^"]+?)"?$/.exec(message);
  const [, what = '', name = ''] = found ?? [];
  return grants[what]?.(name);
}

/** The word of a refusal, and what grants it. */
const grants: Readonly<Record<string, (name: string) => string>> = {
  function: (name) => `EXECUTE on function pg_catalog.${name}()`,
  view: (name) => `SELECT on pg_catalog.${name}`,
  table: (name) => `SELECT on pg_catalog.${name}`,
  schema: (name) => `USAGE on schema ${name}`,
  database: (name) => `CONNECT on database ${name}`,
};

function hidden(text: string, hide: readonly string[]): string {
  const clean = hide
    .flatMap((value) => [value, encodeURIComponent(value)])
    .reduce((rest, value) => (value === '' ? rest : rest.replaceAll(value, '[redacted]')), text);
  return clean.length > 300 ? `${clean.slice(0, 300)}…` : clean;
}
