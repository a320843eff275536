import { instantMs } from '../../../src/connector.ts';
import type { Context } from '../../../src/connector.ts';
import { session } from '../kinds.ts';
import type { SessionRow } from '../sources/sessions.ts';
import type { Hunted, Sorted } from './part.ts';

/** Milliseconds by which the clocks of the broker and of the server may differ: an early end must not excuse a session. */
const margin = 120_000;

/** Sessions of an account of the subject that were opened while the grant ran. */
export function otherSessions(
  rows: readonly SessionRow[],
  account: number,
  window: Context<unknown>['window'],
  known: Hunted['known'],
): readonly Sorted[] {
  const [from, end] = [instantMs(window.from), instantMs(window.revokedAt)];
  return rows.map((one): Sorted => {
    const began = instantMs(one.startedAt ?? undefined);
    const ref = {
      roleOid: account,
      pid: one.pid,
      ...(one.startedAt === null ? {} : { startedAt: one.startedAt }),
    };
    const id = session.id(ref) ?? '';
    if (known(session.kind, id) || known(session.kind, String(account))) return undefined;
    if (began !== undefined && from !== undefined && began < from)
      return { excused: 'opened before the grant' };
    if (began !== undefined && end !== undefined && began > end + margin) {
      return { excused: 'opened after the end of the grant' };
    }
    return {
      found: {
        kind: session.kind,
        ref,
        id,
        label: session.label(ref),
        standing: id,
        relation: 'opened',
        ...(one.startedAt === null ? {} : { bornAt: one.startedAt }),
      },
    };
  });
}
