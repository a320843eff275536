import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Made, Stage } from './asking.fixture.ts';
import { asking, makeToken, makeVerifier, mountKv, writePolicy } from './asking.fixture.ts';
import { kvSecretMetadata } from './checks/kv-secret.ts';
import { vault } from './index.ts';
import { kvSecret } from './kinds/kv-secret.ts';
import { stages } from './stages.fixture.ts';

const live = { saw: 'present', state: 'active', reason: 'R-LISTED' };
const dormant = { saw: 'present', state: 'recoverable', revivedBy: 'others', reason: 'R-DISABLED' };
const absent = (form = 'distinct-absence') => ({ saw: 'absent', controls: [{ form }, { form }] });

for (const { name, runs, start } of stages) {
  describe.runIf(runs)(`secrets in KV stores on ${name}`, () => {
    let stage: Stage;
    let verifier: Made;
    beforeAll(async () => {
      stage = await start();
      verifier = await makeVerifier(stage);
      await mountKv(stage, 'kv');
      await stage.api('POST', 'sys/mounts/old', { type: 'kv' });
    });
    afterAll(() => stage.stop());

    const write = async (path: string, times = 1) => {
      for (let count = 0; count < times; count += 1) {
        await stage.api('POST', `kv/data/${path}`, { data: { password: 'hunter2hunter2' } });
      }
    };
    const look = async (path: string, version?: number, mount = 'kv', by = verifier.value) => {
      await using asks = asking(stage.address, by);
      return await asks.ask(kvSecretMetadata, { mount, path, ...(version === undefined ? {} : { version }) });
    };
    const destroy = (path: string, ...versions: number[]) =>
      stage.api('POST', `kv/destroy/${path}`, { versions });

    it('can be read, brought back, and neither once its metadata is deleted', async () => {
      await write('app/db', 2);
      expect(await look('app/db')).toMatchObject({ ...live, value: 'versions 1, 2 can be read' });
      await stage.api('DELETE', 'kv/data/app/db');
      expect(await look('app/db')).toMatchObject({ ...live, value: 'version 1 can be read' });
      await destroy('app/db', 1);
      expect(await look('app/db')).toMatchObject({
        ...dormant,
        value: expect.stringContaining('version 2 deleted, and not destroyed'),
      });
      await stage.api('POST', 'kv/undelete/app/db', { versions: [2] });
      expect(await look('app/db')).toMatchObject(live);
      await stage.api('DELETE', 'kv/metadata/app/db');
      expect(await look('app/db')).toMatchObject(absent());
    });

    it('is gone where every version is destroyed', async () => {
      await write('burnt', 2);
      await destroy('burnt', 1, 2);
      await stage.api('POST', 'kv/undelete/burnt', { versions: [1, 2] });
      expect(await look('burnt')).toMatchObject(absent());
    });

    it('is one version where the record names it', async () => {
      await write('rotated', 2);
      expect(await look('rotated', 1)).toMatchObject({ ...live, value: 'version 1 can be read' });
      await destroy('rotated', 1);
      expect(await look('rotated', 1)).toMatchObject(absent());
      expect(await look('rotated', 2)).toMatchObject(live);
      expect(await look('rotated', 3)).toMatchObject({ saw: 'inconclusive', reason: 'R-IDENTITY' });
    });

    it('needs a path that stands where the verifier may list: then that is sighted', async () => {
      const needs = [...kvSecretMetadata.needs, 'list +/metadata/*'];
      await writePolicy(stage, 'lists', vault.policy(needs));
      const lister = await makeToken(stage, { policies: ['lists'], no_default_policy: true });
      expect(await look('never/written', undefined, 'kv', lister.value)).toMatchObject(absent('sighting'));
    });

    it('is unproven where nothing is mounted, or a store without metadata, or the verifier may not look', async () => {
      expect(await look('x', undefined, 'nowhere')).toMatchObject({ reason: 'R-SCOPE' });
      expect(await look('x', undefined, 'old')).toMatchObject({
        reason: 'R-NOAPI',
        detail: expect.stringContaining('kv of version 1'),
      });
      await writePolicy(stage, 'blind-kv', 'path "auth/token/lookup-self" { capabilities = ["read"] }');
      const blind = await makeToken(stage, { policies: ['blind-kv'], no_default_policy: true });
      expect(await look('x', undefined, 'kv', blind.value)).toMatchObject({
        reason: 'R-PERM',
        needs: 'read +/metadata/*',
      });
    });

    it('never asks for the secret itself', async () => {
      await write('quiet');
      await using asks = asking(stage.address, verifier.value);
      await asks.ask(kvSecretMetadata, { mount: 'kv', path: 'quiet' });
      expect(asks.exchanges.filter(({ asked }) => asked.includes('/data/'))).toEqual([]);
    });
  });
}

describe('the locator of a secret', () => {
  it.each([
    { mount: 'kv/', path: 'app/db' },
    { mount: '../sys', path: 'app/db' },
    { mount: 'kv', path: '/app' },
    { mount: 'kv', path: 'app/../../sys' },
    { mount: 'kv', path: 'app/' },
    { mount: 'kv', path: 'app', version: 0 },
  ])('is not %o', (ref) => {
    expect(kvSecret.ref.safeParse(ref).success).toBe(false);
  });

  it('says how to end it', () => {
    expect(kvSecret.fix({ mount: 'kv', path: 'app/db' })).toBe('bao kv metadata delete -mount=kv app/db');
    expect(kvSecret.fix({ mount: 'kv', path: 'app/db', version: 2 })).toBe(
      'bao kv destroy -mount=kv -versions=2 app/db',
    );
  });
});
