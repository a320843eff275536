import { failed, look } from '../../../src/connector.ts';
import type { Answer, Check, Context, Failure, PassedControl, Scope } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { climb, subjectOf } from '../rights.ts';
import { grants } from '../sources/grants.ts';
import { held } from '../sources/held.ts';
import type { HeldRow } from '../sources/held.ts';
import { privilegeNeeds } from '../sources/privilege-query.ts';
import { roles } from '../sources/roles.ts';
import { readAllStats, sessions } from '../sources/sessions.ts';
import type { SessionRow } from '../sources/sessions.ts';
import { otherSessions } from './other-sessions.ts';
import { dated, gather, knownIn } from './part.ts';
import type { Sorted } from './part.ts';
import { givenBy, otherMemberships, otherRights, reaching } from './standing-access.ts';

export const sweep: Check<PostgresClient, Scope> = look({
  id: 'postgres/sweep',
  look: 'sweep',
  title: 'What else can the accounts of the subject reach?',
  needs: [readAllStats, ...privilegeNeeds],
  docs: 'https://www.postgresql.org/docs/current/ddl-priv.html',
  effects: [],
  at: (point) => point === 'direct',
  async observe(scope: Scope, ctx: Context<PostgresClient>) {
    const [everyRole, rows] = await Promise.all([ctx.walk(roles, 'cluster'), ctx.walk(grants, 'cluster')]);
    if (failed(everyRole)) return everyRole;
    if (failed(rows)) return rows;
    const list = everyRole.items.flat();
    const { own, logins } = subjectOf(scope, list);
    const swept = [...own].filter((oid) => logins.has(oid) || scope.accounts.includes(String(oid)));
    const [first, ...rest] = everyRole.controls;
    const controls: [PassedControl, ...PassedControl[]] = [first, ...rest, ...rows.controls];
    if (swept.length === 0) {
      const why = 'the record names no account of the subject here';
      return { saw: 'excluded', basis: 'declared', why, controls };
    }
    const standing = new Map(list.map((one) => [one.oid, one] as const));
    const known = knownIn(scope);
    const before = dated(
      ctx.window.from,
      rows.items.map(({ at }) => at),
    );
    const given = givenBy(scope);
    const things: Sorted[] = [];
    const read = await everythingOf(swept, [...climb(new Set(swept), rows.items).keys()], ctx);
    if (failed(read)) return read;
    const reach = reaching(given, rows.items, list, read.held);
    for (const account of swept) {
      things.push(...otherSessions(read.sessions.get(account) ?? [], account, ctx.window, known));
      const role = standing.get(account);
      if (role === undefined) continue;
      const others = [
        ...otherMemberships(account, rows.items, reach, { known, before }),
        ...otherRights(read.held.get(account) ?? [], given, role.name, scope.targets),
      ];
      things.push(...(logins.has(account) ? others.map(ofItsLogin) : others));
    }
    const { found, unexplained, excused } = gather(things);
    return { found, unexplained, excused, controls: [...controls, ...read.controls] };
  },
});

interface Everything {
  readonly sessions: ReadonlyMap<number, readonly SessionRow[]>;
  readonly held: ReadonlyMap<number, readonly HeldRow[]>;
  readonly controls: readonly PassedControl[];
}

/** Sessions of the accounts, and what they and every role that they lead to own or were given. */
async function everythingOf(
  accounts: readonly number[],
  reached: readonly number[],
  ctx: Context<PostgresClient>,
): Promise<Everything | Failure> {
  const controls: PassedControl[] = [];
  const [opened, holdings] = [
    new Map<number, readonly SessionRow[]>(),
    new Map<number, readonly HeldRow[]>(),
  ];
  const answers = await Promise.all([
    ...accounts.map(async (oid) => keep(oid, await ctx.read(sessions, { roleOid: oid }), opened, controls)),
    ...reached.map(async (oid) => keep(oid, await ctx.read(held, { oid }), holdings, controls)),
  ]);
  const failure = answers.find((one) => one !== undefined);
  return failure ?? { sessions: opened, held: holdings, controls };
}

function keep<V>(
  oid: number,
  answer: Answer<V>,
  into: Map<number, V>,
  controls: PassedControl[],
): Failure | undefined {
  if (failed(answer)) return answer;
  if (answer.saw === 'value') into.set(oid, answer.value);
  controls.push(...(answer.controls ?? []));
  return undefined;
}

/** Whoever can use it can use the login first: that one's verdict says whether. */
function ofItsLogin(one: Sorted): Sorted {
  return one === undefined || 'excused' in one
    ? one
    : { excused: 'of a login that has a verdict of its own' };
}
