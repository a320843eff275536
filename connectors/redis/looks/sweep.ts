import { failed, instantMs, look } from '../../../src/connector.ts';
import type { Check, Controls, Found, Scope, Stamp } from '../../../src/connector.ts';
import { envelopeNeeds } from '../client.ts';
import type { RedisClient } from '../client.ts';
import { aclUser, session } from '../kinds.ts';
import { listSessions, sessions } from '../sources.ts';
import type { Session } from '../sources.ts';

/** Milliseconds by which the clocks of the broker and of the server may differ. */
const margin = 120_000;

/** Connections of the subject's accounts that are no targets yet. */
export const sweep: Check<RedisClient, Scope> = look({
  id: 'redis/sweep',
  look: 'sweep',
  title: 'Which other connections have the accounts of the subject open?',
  needs: [listSessions.needs, ...envelopeNeeds],
  docs: 'https://redis.io/docs/latest/commands/client-list/',
  effects: [],
  async observe({ accounts, targets }, ctx) {
    const named = targets.flatMap(({ kind, ref }) => {
      if (kind === aclUser.kind) return [aclUser.ref.parse(ref).name];
      return kind === session.kind ? [session.ref.parse(ref).user] : [];
    });
    const users = [...new Set([...accounts, ...named])];
    const answers = await Promise.all(users.map((user) => ctx.read(sessions, { user })));
    const known = new Set(
      targets.flatMap(({ kind, id }) => (kind === session.kind && id !== undefined ? [id] : [])),
    );
    const found: Found[] = [];
    let before = 0;
    let controls: Controls | undefined;
    for (const answer of answers) {
      if (failed(answer)) return answer;
      controls ??= answer.controls;
      for (const row of answer.saw === 'value' ? answer.value : []) {
        if (known.has(`${row.user}/${row.id}`)) continue;
        if (openedBefore(row, answer.stamp, ctx.window.from)) before += 1;
        else found.push(asFound(row));
      }
    }
    if (controls === undefined) {
      return {
        saw: 'excluded',
        basis: 'declared',
        why: 'the record names no account of the subject here',
        controls: [],
      };
    }
    return { found, excused: before === 0 ? {} : { 'opened before the grant': before }, controls };
  },
});

function openedBefore({ age }: Session, { serverAt, at }: Stamp, from: string): boolean {
  const [now, begun] = [instantMs(serverAt ?? at), instantMs(from)];
  return now !== undefined && begun !== undefined && now - age * 1_000 + margin < begun;
}

function asFound({ user, id }: Session): Found {
  const ref = { user, id };
  const name = `${user}/${id}`;
  return { kind: session.kind, ref, id: name, label: session.label(ref), standing: name, relation: 'opened' };
}
