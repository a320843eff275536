import { failed, inconclusive } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { object as kind, unnumbered } from '../object.ts';
import type { ObjectRef } from '../object.ts';
import { left } from '../sources/left.ts';
import { leftNeeds } from '../sources/left-query.ts';
import type { LeftRow } from '../sources/left-query.ts';

export const object: Check<PostgresClient, ObjectRef> = {
  id: 'postgres/object',
  title: 'Does the object stand?',
  of: kind,
  claim: 'entitled',
  decides: true,
  method: 'lookup',
  needs: leftNeeds,
  docs: 'https://www.postgresql.org/docs/current/catalogs.html',
  effects: [],
  async observe({ ref }, ctx) {
    const { class: of, oid, name, database } = ref;
    const answer = await ctx.read(left, { class: of, oid, name, database });
    if (failed(answer)) return answer;
    if (answer.saw === 'value') return describe(ref, answer.value);
    if (oid !== undefined || unnumbered.has(of)) return { saw: 'absent', controls: answer.controls };
    return inconclusive(
      'R-IDENTITY',
      `no ${of} is called ${name}, and the record gives no oid: a renamed one would look the same`,
      "the object's oid in the record",
    );
  },
};

function describe({ class: of, oid, name }: ObjectRef, rows: readonly LeftRow[]): Observation {
  const found = rows.find((one) => one.by === 'oid' || unnumbered.has(of));
  if (found !== undefined) {
    const renamed = name !== undefined && found.name !== name;
    return {
      saw: 'present',
      state: 'active',
      revivedBy: 'subject',
      reason: 'R-LISTED',
      value: [
        `${of} ${found.name ?? ''}`.trim(),
        renamed ? `recorded as ${name}` : [],
        found.owner === null ? [] : `of ${found.owner}`,
        ...found.traits,
      ]
        .flat()
        .join(', '),
    };
  }
  const now = rows.map((one) => one.oid).join(', ');
  return inconclusive(
    'R-IDENTITY',
    oid === undefined
      ? `a ${of} called ${name} stands as oid ${now}, and the record gives no oid: it may be another one`
      : `no ${of} has oid ${oid}, but one called ${name} stands as oid ${now}: a new object of the same name`,
    'who made the object of that name',
  );
}
