import { failed, look } from '../../../src/connector.ts';
import type { Check, Context, Failure, PassedControl, Scope } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { firstOid } from '../oids.ts';
import { rightsOf, subjectOf } from '../rights.ts';
import type { Rights } from '../rights.ts';
import { code } from '../sources/code.ts';
import { grants } from '../sources/grants.ts';
import { handed } from '../sources/handed.ts';
import type { HandedRow } from '../sources/handed.ts';
import { jobNeeds, jobs } from '../sources/jobs.ts';
import { leftNeeds } from '../sources/left-query.ts';
import { roles } from '../sources/roles.ts';
import { bornRoles } from './born-roles.ts';
import { givenMemberships } from './given-memberships.ts';
import { handedRights } from './handed-rights.ts';
import { laterJobs } from './later-jobs.ts';
import { leftCode } from './left-code.ts';
import { dated, gather, knownIn } from './part.ts';
import { issuedTo } from './issued.ts';
import type { Hunted } from './part.ts';

const wouldDate =
  'a baseline that was taken before the grant (tombstone capture), or track_commit_timestamp = on before it begins';
/** What would tell whose something is, where nobody knows what the grant could do. */
const wouldTell = `attributes in the role's ref, [] where it had none; or ${wouldDate}`;

export const hunt: Check<PostgresClient, Scope> = look({
  id: 'postgres/hunt',
  look: 'hunt',
  title: 'What did the grant make that would let it back in?',
  needs: [
    'SELECT on pg_catalog.pg_auth_members',
    'SELECT on pg_catalog.pg_attribute',
    'SELECT on pg_catalog.pg_parameter_acl',
    ...leftNeeds,
    ...jobNeeds,
  ],
  docs: 'https://www.postgresql.org/docs/current/catalogs.html',
  effects: [],
  at: (point) => point === 'direct',
  async observe(scope: Scope, ctx: Context<PostgresClient>) {
    const [everyRole, rows, things, later] = await Promise.all([
      ctx.walk(roles, 'cluster'),
      ctx.walk(grants, 'cluster'),
      ctx.walk(code, 'database'),
      ctx.walk(jobs, 'cluster'),
    ]);
    if (failed(everyRole)) return everyRole;
    if (failed(rows)) return rows;
    if (failed(things)) return things;
    if (failed(later)) return later;
    const list = everyRole.items.flat();
    const subject = subjectOf(scope, list);
    const rights = rightsOf(subject, list, rows.items, things.items);
    const given = await givenRights(rights, ctx);
    if (failed(given)) return given;
    const marker = [...subject.own].filter((oid) => oid > 0).toSorted((a, b) => a - b)[0];
    const issued = issuedTo(scope, subject, rows.items, { from: ctx.window.from, marker });
    const hunted: Hunted = {
      subject,
      rights,
      issued,
      marker,
      known: knownIn(scope),
      // a prepared transaction bears its own instant, whether the server keeps any or not
      before: dated(
        ctx.window.from,
        [
          ...rows.items,
          ...things.items.filter((one) => one.class !== 'prepared-transaction'),
          ...given.rows,
        ].map(({ at }) => at),
      ),
    };
    const { found, unexplained, needs, excused } = gather([
      ...bornRoles(list, rows.items, hunted),
      ...givenMemberships(rows.items, hunted),
      ...leftCode(things.items, hunted),
      ...handedRights(given.rows, hunted),
      ...laterJobs(later.items, scope, hunted),
    ]);
    const [first, ...rest] = everyRole.controls;
    const controls = [
      first,
      ...rest,
      ...rows.controls,
      ...things.controls,
      ...later.controls,
      ...given.controls,
    ] as const;
    const assumed = rights.basis === 'declared' && !rights.anything;
    if (assumed && found.length === 0 && unexplained.length === 0) {
      return { saw: 'excluded', basis: 'declared', why: rights.why, controls, excused };
    }
    return {
      found,
      unexplained,
      needs: needs.map((one) => one ?? needsOf(rights)).join('; '),
      excused,
      controls,
    };
  },
});

function needsOf({ basis, door }: Rights): string {
  if (basis === 'unknown') return wouldTell;
  return door === undefined ? wouldDate : `${wouldDate}; or EXECUTE revoked from PUBLIC on function ${door}`;
}

interface GivenRights {
  readonly rows: readonly HandedRow[];
  readonly controls: readonly PassedControl[];
}

/** Rights that the roles of the grant gave, or everybody where it could act as everybody. */
async function givenRights(
  { anything, reached }: Rights,
  ctx: Context<PostgresClient>,
): Promise<GivenRights | Failure> {
  const givers = anything ? (['anybody'] as const) : reached.filter((oid) => oid >= firstOid);
  const answers = await Promise.all(givers.map((by) => ctx.read(handed, { by })));
  const rows: HandedRow[] = [];
  const controls: PassedControl[] = [];
  for (const answer of answers) {
    if (failed(answer)) return answer;
    if (answer.saw === 'value') rows.push(...answer.value);
    controls.push(...(answer.controls ?? []));
  }
  return { rows, controls };
}
