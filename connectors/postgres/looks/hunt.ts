import { failed, look } from '../../../src/connector.ts';
import type { Check, Context, Scope } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { rightsOf, subjectOf } from '../rights.ts';
import type { Rights } from '../rights.ts';
import { code } from '../sources/code.ts';
import { grants } from '../sources/grants.ts';
import { leftNeeds } from '../sources/left-query.ts';
import { roles } from '../sources/roles.ts';
import { bornRoles } from './born-roles.ts';
import { givenMemberships } from './given-memberships.ts';
import { leftCode } from './left-code.ts';
import { byRights, dated, gather, knownIn } from './part.ts';
import type { Hunted } from './part.ts';

const wouldDate =
  'a baseline that was taken before the grant (tombstone capture), or track_commit_timestamp = on before it begins';
/** What would tell whose something is, where nobody knows what the grant could do. */
const wouldTell = `attributes in the role's ref, [] where it had none; or ${wouldDate}`;

export const hunt: Check<PostgresClient, Scope> = look({
  id: 'postgres/hunt',
  look: 'hunt',
  title: 'What did the grant make that would let it back in?',
  needs: ['SELECT on pg_catalog.pg_auth_members', ...leftNeeds],
  docs: 'https://www.postgresql.org/docs/current/catalogs.html',
  effects: [],
  at: (point) => point === 'direct',
  async observe(scope: Scope, ctx: Context<PostgresClient>) {
    const [everyRole, rows, things] = await Promise.all([
      ctx.walk(roles, 'cluster'),
      ctx.walk(grants, 'cluster'),
      ctx.walk(code, 'database'),
    ]);
    if (failed(everyRole)) return everyRole;
    if (failed(rows)) return rows;
    if (failed(things)) return things;
    const list = everyRole.items.flat();
    const subject = subjectOf(scope, list);
    const rights = rightsOf(subject, list, rows.items, things.items);
    const hunted: Hunted = {
      subject,
      rights,
      marker: [...subject.own].filter((oid) => oid > 0).toSorted((a, b) => a - b)[0],
      known: knownIn(scope),
      before: dated(
        ctx.window.from,
        [...rows.items, ...things.items].map(({ at }) => at),
      ),
    };
    const { found, unexplained, excused } = gather([
      ...bornRoles(list, rows.items, hunted),
      ...givenMemberships(rows.items, hunted),
      ...leftCode(things.items, hunted),
    ]);
    const [first, ...rest] = everyRole.controls;
    const controls = [first, ...rest, ...rows.controls, ...things.controls] as const;
    const assumed = rights.basis === 'declared' && byRights.some((one) => one in excused);
    if (assumed && found.length === 0 && unexplained.length === 0) {
      return { saw: 'excluded', basis: 'declared', why: rights.why, controls, excused };
    }
    return {
      found,
      unexplained,
      needs: needsOf(rights),
      excused,
      controls,
    };
  },
});

function needsOf({ basis, door }: Rights): string {
  if (basis === 'unknown') return wouldTell;
  return door === undefined ? wouldDate : `${wouldDate}; or EXECUTE revoked from PUBLIC on function ${door}`;
}
