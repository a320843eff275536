import { failed, inconclusive, instantMs } from '../../../src/connector.ts';
import type { Check } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { isVia } from '../config.ts';
import { password } from '../password.ts';
import type { PasswordRef } from '../password.ts';
import { readAllStats, sessions } from '../sources/sessions.ts';
import { listed } from './session.ts';

/** Milliseconds by which the clock that dates the end may differ from the server's. */
const clocks = 120_000;

export const passwordSessions: Check<PostgresClient, PasswordRef> = {
  id: 'postgres/password-sessions',
  title: 'Is a session open that began while the password was out?',
  of: password,
  claim: 'in-flight',
  decides: true,
  method: 'list',
  needs: [readAllStats],
  docs: 'https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW',
  effects: [],
  // those of a pooler are the server's, and listed there
  at: (point) => !isVia('pgbouncer')(point),
  async observe({ ref: { roleOid } }, { read, window }) {
    if (roleOid === undefined) {
      return inconclusive(
        'R-IDENTITY',
        'sessions are known by the oid of their role',
        'roleOid in the record',
      );
    }
    const answer = await read(sessions, { roleOid });
    if (failed(answer) || answer.saw === 'nothing') return listed(answer);
    const from = instantMs(window.from) ?? -Infinity;
    const to = (instantMs(window.revokedAt ?? window.to) ?? Infinity) + clocks;
    // one that began before or since was opened with another right than the grant's
    const during = answer.value.filter(({ startedAt }) => {
      const began = instantMs(startedAt ?? undefined);
      return began === undefined || (began >= from && began <= to);
    });
    if (during.length > 0) return listed({ ...answer, value: during });
    return answer.controls === undefined
      ? inconclusive('R-CONTROL', 'sessions without the control of their list')
      : { saw: 'absent', controls: answer.controls };
  },
};
