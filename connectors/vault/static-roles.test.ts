import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from '../../src/connector.ts';
import type { Made } from './asking.fixture.ts';
import { asking, makeVerifier } from './asking.fixture.ts';
import { databaseStaticRoleRotation } from './checks/database-static-role.ts';
import { databaseStaticRole } from './kinds/database-static-role.ts';
import type { FakeVault } from './vault.fake.ts';
import { startFakeVault } from './vault.fake.ts';

const live = { saw: 'present', state: 'active', reason: 'R-LISTED' };
const changed = { saw: 'ended', how: 'revoked', family: 'whole', controls: [{}, {}] };
const credentials = z.object({ data: z.object({ last_vault_rotation: z.string() }) });

// the real engine changes passwords in a real database: contract and scenarios
describe('passwords of static roles on the living fake', () => {
  let fake: FakeVault;
  let verifier: Made;
  beforeAll(async () => {
    fake = await startFakeVault();
    verifier = await makeVerifier(fake);
    await fake.api('POST', 'sys/mounts/database', { type: 'database' });
  });
  afterAll(() => fake.stop());

  const make = (name: string, username = name, database = 'billing') =>
    fake.api('POST', `database/static-roles/${name}`, { db_name: database, username });
  const read = async (name: string) =>
    credentials.parse((await fake.api('GET', `database/static-creds/${name}`)).json).data.last_vault_rotation;
  const soon = () => fake.world.tick(1);
  const rotate = async (name: string) => {
    await soon();
    await fake.api('POST', `database/rotate-role/${name}`);
  };
  const look = async (name: string, more: object = {}, revokedAt?: string) => {
    const ref = { mount: 'database', name, username: name, database: 'billing', ...more };
    await using asks = asking(fake.address, verifier.value);
    const about = revokedAt === undefined ? {} : { revokedAt };
    return await asks.ask(databaseStaticRoleRotation, databaseStaticRole.ref.parse(ref), about);
  };

  it('works until it is changed after it was read', async () => {
    await make('one');
    const rotatedAt = await read('one');
    expect(await look('one', { rotatedAt })).toMatchObject(live);
    await rotate('one');
    expect(await look('one', { rotatedAt })).toMatchObject({ ...changed, at: await read('one') });
  });

  it('works where it was changed last before the revocation', async () => {
    await make('two');
    const rotatedAt = await read('two');
    await rotate('two');
    const revokedAt = new Date(fake.world.now() + 500).toISOString();
    expect(await look('two', { rotatedAt }, revokedAt)).toMatchObject(live);
    expect(await look('two', {}, revokedAt)).toMatchObject(live);
    await rotate('two');
    expect(await look('two', { rotatedAt }, revokedAt)).toMatchObject(changed);
    expect(await look('two', {}, revokedAt)).toMatchObject(changed);
  });

  it('works where neither the record nor the grant says since when', async () => {
    await make('three');
    expect(await look('three')).toMatchObject(live);
  });

  it('outlives its role: the login is what must be looked at', async () => {
    await make('four');
    await fake.api('DELETE', 'database/static-roles/four');
    expect(await look('four')).toMatchObject({
      saw: 'inconclusive',
      reason: 'R-DERIVED',
      needs: expect.stringContaining('the login four in billing'),
    });
  });

  it('is not that of another login, or in another database', async () => {
    await make('five');
    const revokedAt = new Date(fake.world.now() - 5_000).toISOString();
    expect(await look('five', {}, revokedAt)).toMatchObject(changed);
    expect(await look('five', { username: 'other' }, revokedAt)).toMatchObject({ reason: 'R-IDENTITY' });
    await make('five', 'five', 'elsewhere');
    await rotate('five');
    expect(await look('five', {}, revokedAt)).toMatchObject({ reason: 'R-IDENTITY' });
  });

  it('has no identity without its login and its database', () => {
    expect(databaseStaticRole.id({ mount: 'database', name: 'x', username: 'x' })).toBeUndefined();
    expect(databaseStaticRole.id({ mount: 'database', name: 'x', username: 'x', database: 'd' })).toContain(
      'x',
    );
  });
});
