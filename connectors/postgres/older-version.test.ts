import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Observation } from '../../src/connector.ts';
import { findDebianPostgres, startPostgres } from '../../test/servers/postgres.ts';
import type { RunningPostgres } from '../../test/servers/postgres.ts';
import { realServer } from '../../test/servers/require.ts';
import { asking } from './asking.fixture.ts';
import { postgres } from './index.ts';

const password = 'verifier-of-an-older-version';

/** Every other test asks the newest version; whatever the connector can ask is asked of the oldest here. */
describe.runIf(realServer('PostgreSQL of Debian', findDebianPostgres()))('PostgreSQL 15', () => {
  let server: RunningPostgres;
  const oids = new Map<string, number>();
  beforeAll(async () => {
    server = await startPostgres({ edition: 'debian', settings: { max_prepared_transactions: '2' } });
    const printed = postgres.policy(postgres.checks.flatMap(({ needs }) => needs)).split('\n');
    for (const sql of [
      ...printed.filter((line) => line !== '' && !line.startsWith('--')),
      `ALTER ROLE tombstone_verifier PASSWORD '${password}'`,
      'CREATE ROLE team',
      'CREATE ROLE jit LOGIN IN ROLE team',
      'CREATE TABLE public.ledger (line text)',
      'GRANT SELECT ON public.ledger TO jit',
    ])
      await server.sql(sql);
    for (const { name, oid } of await server.sql('select rolname as name, oid::text as oid from pg_roles'))
      oids.set(String(name), Number(oid));
  });
  afterAll(() => server?.stop());

  const oid = (name: string) => oids.get(name) ?? 0;
  const joined = () => ({ role: 'team', roleOid: oid('team'), member: 'jit', memberOid: oid('jit') });
  const reads = () => ({
    granteeOid: oid('jit'),
    grantee: 'jit',
    object: 'public.ledger',
    privileges: ['SELECT'],
  });
  const scope = () => ({
    accounts: [],
    targets: [
      { kind: 'postgres/role', ref: { name: 'jit', oid: oid('jit') } },
      { kind: 'postgres/membership', ref: joined() },
    ],
  });
  const table = { database: 'postgres', class: 'table', name: 'public.ledger' };
  const asked: Readonly<Record<string, readonly [ref: () => unknown, saw: Observation['saw']]>> = {
    'postgres/role': [() => ({ name: 'jit', oid: oid('jit') }), 'present'],
    'postgres/role-sessions': [() => ({ name: 'gone', oid: 4_000_000_000 }), 'absent'],
    'postgres/membership': [joined, 'present'],
    'postgres/session': [() => ({ roleOid: oid('jit') }), 'absent'],
    'postgres/privilege': [reads, 'present'],
    // by its name alone: another one may have taken it
    'postgres/object': [() => table, 'inconclusive'],
    'postgres/job': [() => ({ database: 'postgres', jobId: 1 }), 'absent'],
    // nothing is tried without the value
    'postgres/password': [() => ({ name: 'gone', roleOid: 4_000_000_000 }), 'absent'],
    'postgres/sweep': [scope, 'absent'],
    'postgres/hunt': [scope, 'absent'],
    'postgres/points': [scope, 'absent'],
  };

  test('every check is asked', () => {
    expect(Object.keys(asked).toSorted()).toEqual(
      [...new Set(postgres.checks.map(({ id }) => id))].toSorted(),
    );
  });

  test.each(postgres.checks.map((check) => [check.id, check] as const))('%s', async (id, check) => {
    const [ref, saw] = asked[id] ?? [() => undefined, 'absent'];
    await using verifier = asking(server.url('tombstone_verifier', password));
    const seen = await verifier.ask(check, check.of.ref.parse(ref()));
    expect(seen.saw === 'inconclusive' ? `${seen.reason} ${seen.detail}` : seen.saw).toMatch(
      saw === 'inconclusive' ? /^R-IDENTITY/ : new RegExp(`^${saw}$`),
    );
  });
});
