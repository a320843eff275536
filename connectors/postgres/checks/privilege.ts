import { failed, inconclusive } from '../../../src/connector.ts';
import type { Check, Edge, Observation } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { shown } from '../objects.ts';
import { objectOf, privilege as kind } from '../privilege.ts';
import type { PrivilegeRef } from '../privilege.ts';
import { privilegeNeeds } from '../sources/privilege-query.ts';
import type { PrivilegeRow } from '../sources/privilege-query.ts';
import { privileges } from '../sources/privileges.ts';

export const privilege: Check<PostgresClient, PrivilegeRef> = {
  id: 'postgres/privilege',
  title: 'Has the role the privilege still, by any way?',
  of: kind,
  claim: 'entitled',
  decides: true,
  method: 'lookup',
  needs: privilegeNeeds,
  docs: 'https://www.postgresql.org/docs/current/ddl-priv.html',
  effects: [],
  async observe({ ref }, ctx) {
    const object = objectOf(ref);
    // a large object has no other name than its oid
    const named = object.class === 'large-object' ? Number(object.name) : undefined;
    const answer = await ctx.read(privileges, {
      grantee: ref.granteeOid,
      granteeName: ref.grantee,
      object,
      objectOid: ref.objectOid ?? named,
      privileges: ref.privileges,
      database: ref.database,
    });
    if (failed(answer)) return answer;
    if (answer.saw === 'nothing') return { saw: 'absent', controls: answer.controls };
    return describe(ref, answer.value);
  },
};

function describe(ref: PrivilegeRef, rows: readonly PrivilegeRow[]): Observation {
  const own = rows.filter((one) => one.pair === 'recorded' && one.match === 'recorded');
  const direct = own.filter((one) => one.way === 'entry' && one.holder === null && one.level === 'itself');
  const there = [...direct, ...own][0];
  if (there !== undefined) {
    const on = `${nameOf(there)}${nameOf(there) === shown(objectOf(ref)) ? '' : ', its new name'}`;
    const held = direct.length > 0 ? direct : own;
    return {
      saw: 'present',
      state: 'active',
      revivedBy: 'subject',
      reason: direct.length > 0 ? 'R-ACTIVE' : 'R-STANDING',
      value: `${direct.length > 0 ? '' : 'not granted to it itself, but '}${held.slice(0, 3).map(inWords).join('; ')}: on ${on}`,
      standing: [...new Set(held.map(inWords))].toSorted().join('; '),
      edges: [edge(ref, there)],
    };
  }
  const [other] = rows;
  if (other === undefined) return inconclusive('R-ANSWER', 'an answer without its rows');
  if (other.pair === 'named') {
    return inconclusive(
      'R-IDENTITY',
      `the recorded role has none of them, but ${ref.grantee} stands as oid ${other.grantee} and has ${other.privilege}: a new role of the same name`,
      'who granted it, and whether the subject may use the new role',
    );
  }
  return sameOrNot(other, ref.object);
}

/** Whoever may use the role may do this to the object. */
function edge({ grantee, granteeOid, privileges }: PrivilegeRef, row: PrivilegeRow): Edge {
  const label = grantee === undefined ? `role with oid ${granteeOid}` : `role ${grantee}`;
  return {
    from: [{ kind: 'postgres/role', id: String(granteeOid), label }],
    to: { kind: `postgres/${row.class}`, id: String(row.oid ?? nameOf(row)), label: nameOf(row) },
    relation: `may ${privileges.join(', ')}`,
  };
}

/** The privilege is held on something that may be, or may not be, the recorded object. */
function sameOrNot(row: PrivilegeRow, recorded: string): Observation {
  const holds = `the role has ${row.privilege} on ${row.oid === null ? 'everything of its class' : `${nameOf(row)} (oid ${row.oid})`}`;
  switch (row.match) {
    case 'recreated':
      return inconclusive(
        'R-IDENTITY',
        `${holds}, which bears the recorded name and not the recorded oid`,
        'who granted it on the new object',
      );
    case 'overload':
      return row.class === 'column'
        ? inconclusive(
            'R-IDENTITY',
            `no ${recorded} stands, but ${holds}: it may be the recorded column under a new name`,
            'whether the column was dropped or renamed',
          )
        : inconclusive(
            'R-IDENTITY',
            `no ${recorded} stands, but ${holds}: the same name with other arguments`,
            "the types of the function's arguments as oidvectortypes writes them",
          );
    case 'recorded':
    case 'elsewhere':
      return inconclusive(
        'R-IDENTITY',
        `nothing more on ${recorded}, but ${holds}: it may be the recorded object under a new name`,
        "objectOid in the record: the object's oid",
      );
  }
}

function nameOf({ class: of, space, name, part }: PrivilegeRow): string {
  return shown({
    class: of,
    space: space ?? undefined,
    name: name ?? '',
    part: part ?? undefined,
  });
}

const levels: Readonly<Record<PrivilegeRow['level'], string | readonly string[]>> = {
  itself: [],
  table: 'on the whole table',
  column: 'on a column',
  'every-schema': 'for every schema',
  'one-schema': 'for one schema',
};

function inWords({ privilege: right, way, level, holder, via, grantable }: PrivilegeRow): string {
  const by = {
    entry: holder === null ? 'granted to it' : holder === 'PUBLIC' ? 'by PUBLIC' : `by role ${holder}`,
    owner: holder === null ? 'as the owner' : `as a member of the owner ${holder}`,
    superuser: holder === null ? 'as a superuser' : `by the superuser ${holder}`,
    predefined: `by the predefined role ${holder}`,
    setting: 'for every role may set this parameter',
  }[way];
  return [
    `${right} ${by}`,
    levels[level],
    via === null || via === holder ? [] : `by way of ${via}`,
    grantable && way === 'entry' ? 'with grant option' : [],
  ]
    .flat()
    .join(' ');
}
