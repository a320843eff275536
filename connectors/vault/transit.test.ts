import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Made, Stage } from './asking.fixture.ts';
import { asking, makeToken, makeVerifier, mountKv, writePolicy } from './asking.fixture.ts';
import { transitKeyRecord } from './checks/transit-key.ts';
import { vault } from './index.ts';
import { transitKey } from './kinds/transit-key.ts';
import { stages } from './stages.fixture.ts';
import { z } from '../../src/connector.ts';

const live = { saw: 'present', state: 'active', reason: 'R-LISTED' };
const dormant = { saw: 'present', state: 'recoverable', revivedBy: 'others', reason: 'R-DISABLED' };
const absent = (form = 'distinct-absence') => ({ saw: 'absent', controls: [{ form }, { form }] });
const mounted = z.object({ data: z.object({ accessor: z.string() }) });

for (const { name, runs, start } of stages) {
  describe.runIf(runs)(`keys of transit engines on ${name}`, () => {
    let stage: Stage;
    let verifier: Made;
    beforeAll(async () => {
      stage = await start();
      verifier = await makeVerifier(stage);
      await stage.api('POST', 'sys/mounts/transit', { type: 'transit' });
    });
    afterAll(() => stage.stop());

    const look = async (ref: object, by = verifier.value) => {
      await using asks = asking(stage.address, by);
      return await asks.ask(transitKeyRecord, transitKey.ref.parse({ mount: 'transit', ...ref }));
    };
    const change = (path: string, body: object = {}) => stage.api('POST', `transit/keys/${path}`, body);

    it('stands, is put to sleep and woken, and is deleted', async () => {
      await change('k');
      expect(await look({ name: 'k' })).toMatchObject(live);
      await stage.api('DELETE', 'transit/keys/k/soft-delete');
      expect(await look({ name: 'k' })).toMatchObject({ ...dormant, value: expect.stringContaining('soft') });
      await change('k/soft-delete-restore');
      expect(await look({ name: 'k' })).toMatchObject(live);
      await stage.api('DELETE', 'transit/keys/k');
      expect(await look({ name: 'k' })).toMatchObject(live);
      await change('k/config', { deletion_allowed: true });
      await stage.api('DELETE', 'transit/keys/k');
      expect(await look({ name: 'k' })).toMatchObject(absent());
    });

    it('is one version where the record names it', async () => {
      await change('v');
      await change('v/rotate');
      expect(await look({ name: 'v', version: 1 })).toMatchObject(live);
      await change('v/config', { min_decryption_version: 2 });
      expect(await look({ name: 'v', version: 1 })).toMatchObject(dormant);
      await change('v/config', { min_decryption_version: 1 });
      expect(await look({ name: 'v', version: 1 })).toMatchObject(live);
      await change('v/config', { min_decryption_version: 2, min_encryption_version: 2 });
      await change('v/trim', { min_available_version: 2 });
      expect(await look({ name: 'v', version: 1 })).toMatchObject(absent());
      expect(await look({ name: 'v', version: 2 })).toMatchObject(live);
      expect(await look({ name: 'v', version: 3 })).toMatchObject({ reason: 'R-IDENTITY' });
    });

    it('is absent beside another key where the verifier may list them', async () => {
      await change('other');
      const needs = [...transitKeyRecord.needs, 'list +/keys/*'];
      await writePolicy(stage, 'lists-keys', vault.policy(needs));
      const lister = await makeToken(stage, { policies: ['lists-keys'], no_default_policy: true });
      expect(await look({ name: 'never' }, lister.value)).toMatchObject(absent('sighting'));
    });

    it('is unproven where nothing, or something else, is mounted, or the mount is another', async () => {
      expect(await look({ mount: 'nowhere', name: 'k' })).toMatchObject({ reason: 'R-SCOPE' });
      await mountKv(stage, 'kv');
      expect(await look({ mount: 'kv', name: 'k' })).toMatchObject({ reason: 'R-SCOPE' });
      const { json } = await stage.api('GET', 'sys/internal/ui/mounts/transit/keys/x');
      const { accessor: mountAccessor } = mounted.parse(json).data;
      expect(await look({ name: 'never', mountAccessor })).toMatchObject(absent());
      await change('moved');
      await stage.api('POST', 'sys/remount', { from: 'transit', to: 'elsewhere' });
      await expect
        .poll(async () => (await stage.api('GET', 'elsewhere/keys/moved')).status, { timeout: 10_000 })
        .toBe(200);
      expect(await look({ name: 'moved', mountAccessor })).toMatchObject({ reason: 'R-SCOPE' });
      await stage.api('POST', 'sys/mounts/transit', { type: 'transit' });
      expect(await look({ name: 'moved', mountAccessor })).toMatchObject({
        reason: 'R-IDENTITY',
        detail: expect.stringContaining(mountAccessor),
      });
      expect(await look({ mount: 'elsewhere', name: 'moved', mountAccessor })).toMatchObject(live);
    });

    it('is unproven where the verifier may not look', async () => {
      await writePolicy(stage, 'blind', 'path "auth/token/lookup-self" { capabilities = ["read"] }');
      const blind = await makeToken(stage, { policies: ['blind'], no_default_policy: true });
      expect(await look({ name: 'k' }, blind.value)).toMatchObject({
        reason: 'R-PERM',
        needs: 'read +/keys/*',
      });
    });
  });
}

it('says how to end a key, and a version', () => {
  expect(transitKey.fix({ mount: 'transit', name: 'k' })).toBe(
    'bao write transit/keys/k/config deletion_allowed=true && bao delete transit/keys/k',
  );
  expect(transitKey.fix({ mount: 'transit', name: 'k', version: 1 })).toContain('min_available_version=2');
});
