import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { findOpenBao } from '../servers/openbao.ts';
import { realServer } from '../servers/require.ts';
import { endGrant, giveGrant, makeToken, revokedNow, revokeToken } from './people.ts';
import { everything, look } from './run.ts';
import { openTap } from './tap.ts';
import { auditedSince, loggedSince, marks, snapshot } from './unchanged.ts';
import { verifyAs } from './verifier.ts';
import { openWorld } from './world.ts';
import type { World } from './world.ts';

const accessorOf = z.object({ data: z.object({ accessor: z.string() }) });
const hashed = z.object({ data: z.object({ hash: z.string() }) });

describe.runIf(realServer('OpenBao', findOpenBao()))('what a look leaves behind', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world?.stop());

  const ended = async () => {
    const grant = await giveGrant(world);
    await endGrant(world, grant);
    return revokedNow(grant);
  };

  test('OpenBao audited only declared reads, all of them by the token of the verifier', async () => {
    const grant = await ended();
    const access = await world.access();
    const own = await world.call('GET', 'auth/token/lookup-self', undefined, access.vaultToken);
    const { accessor } = accessorOf.parse(own.json).data;
    const hash = await world.call('POST', 'sys/audit-hash/main', { input: accessor });

    const since = marks(world);
    await verifyAs('audited', grant, access);
    const audited = auditedSince(world, since);
    expect(audited.requests).toBeGreaterThan(5);
    expect(audited.undeclared).toEqual([]);
    expect(audited.accessors).toEqual([hashed.parse(hash.json).data.hash]);
  });

  test('PostgreSQL logged only selects, on a connection that had asked to be read-only', async () => {
    const grant = await ended();
    const wire = await openTap(world.database.port);
    try {
      const since = marks(world);
      await verifyAs('logged', grant, await world.access({ postgresPort: wire.port }));
      const logged = loggedSince(world, since);
      expect(logged.statements).toBeGreaterThan(2);
      expect(logged.others).toEqual([]);
      expect(wire.sent()).toContain('-c default_transaction_read_only=on');
      // SET, or BEGIN READ WRITE, would undo it: neither stands among what the server logged
    } finally {
      await wire.stop();
    }
  });

  test('an undeclared request and a statement that is no select would have been seen', async () => {
    const access = await world.access();
    const since = marks(world);
    await world.call('POST', 'auth/token/renew-self', {}, access.vaultToken);
    const { username, password } = new URL(access.postgresUrl);
    await world.database.sql('set work_mem = 1024', [], { user: username, password });
    expect(auditedSince(world, since).undeclared).toEqual(['update auth/token/renew-self']);
    expect(loggedSince(world, since).others).toEqual(['set work_mem = 1024']);
  });

  test('a renewed token, a new role and a row would have been seen as a change', async () => {
    const token = await makeToken(world);
    const changes = [
      () => world.broker('POST', 'auth/token/renew-accessor', { accessor: token.accessor, increment: '2h' }),
      () => makeToken(world),
      () => world.broker('POST', 'sys/policies/acl/new', { policy: 'path "x" {}' }),
      () => world.database.sql('CREATE ROLE seen'),
      () => world.other.sql("INSERT INTO public.ledger VALUES ('seen')"),
      () => world.database.session(),
    ];
    for (const change of changes) {
      const before = await snapshot(world);
      await change();
      expect(await snapshot(world)).not.toEqual(before);
    }
  });

  test('a planted secret would have been found, in any of its disguises', async () => {
    const seen = await look(world, 'searched', await ended());
    const text = everything(seen);
    expect(world.planted.size).toBeGreaterThan(8);
    expect(world.planted.foundIn(text)).toBe(0);
    const token = await makeToken(world);
    const bytes = Buffer.from(token.value);
    const forms = [
      token.value,
      bytes.toString('base64'),
      bytes.toString('hex'),
      encodeURIComponent(token.value),
    ];
    for (const form of forms) expect(world.planted.foundIn(`${text} ${form}.`)).toBe(1);
    await revokeToken(world, token.accessor);
  });
});
