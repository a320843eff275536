import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Made, Stage } from './asking.fixture.ts';
import { asking, makeToken, revoke, writePolicy } from './asking.fixture.ts';
import { tokenAccessor } from './checks/token-accessor.ts';
import { tokenChildrenByValue } from './checks/token-children.ts';
import { tokenByValue } from './checks/token-value.ts';
import type { Cast } from './stages.fixture.ts';
import { castOn, in1h, nowhere, stages } from './stages.fixture.ts';

for (const { name, runs, start } of stages) {
  describe.runIf(runs)(`tokens on ${name}`, () => {
    let stage: Stage;
    let verifier: Made;
    let blind: Made;
    let asVerifier: Cast['asVerifier'];

    beforeAll(async () => {
      ({ stage, verifier, blind, asVerifier } = await castOn(await start()));
    });
    afterAll(() => stage.stop());

    const controlled = (form: string, count = 2) => ({
      saw: 'absent',
      controls: Array.from({ length: count }, () => expect.objectContaining({ form })),
    });

    it('says which cluster answers, by whose clock and as whom', async () => {
      await using asks = asVerifier();
      const health = await stage.api('GET', 'sys/health');
      expect(await asks.identify()).toEqual({
        instance: expect.stringMatching(/^[0-9a-f-]{36}$/),
        serverAt: expect.stringMatching(/^\d{4}-.*Z$/),
        principal: `token ${verifier.accessor}`,
      });
      expect(health.json).toMatchObject({ cluster_id: expect.any(String) });
    });

    describe('a token by its accessor', () => {
      it('stands while it lives and is absent, with controls, once it is revoked', async () => {
        const target = await makeToken(stage, in1h);
        await using asks = asVerifier();
        expect(await asks.ask(tokenAccessor, { accessor: target.accessor })).toMatchObject({
          saw: 'present',
          state: 'active',
          value: expect.stringContaining('service token, policies [default]'),
        });
        await revoke(stage, target.accessor);
        const gone = await asks.ask(tokenAccessor, { accessor: target.accessor });
        expect(gone).toEqual(controlled('sighting'));
        expect(gone).toMatchObject({ controls: [{ of: verifier.accessor, chosen: 'own' }, {}] });
      });

      it('sights the configured control first', async () => {
        const control = await makeToken(stage, in1h);
        await using asks = asking(stage.address, verifier.value, {
          controls: { accessor: control.accessor },
        });
        const gone = await asks.ask(tokenAccessor, { accessor: nowhere });
        expect(gone).toMatchObject({ controls: [{ of: control.accessor, chosen: 'configured' }, {}] });
      });

      it.each(['live', 'revoked'])(
        'is unproven with the permission by name where the verifier is blind: %s',
        async (state) => {
          const target = await makeToken(stage, in1h);
          if (state === 'revoked') await revoke(stage, target.accessor);
          await using asks = asking(stage.address, blind.value);
          expect(await asks.ask(tokenAccessor, { accessor: target.accessor })).toMatchObject({
            saw: 'inconclusive',
            reason: 'R-PERM',
            needs: 'update auth/token/lookup-accessor',
          });
        },
      );

      it('tells a dead verifier from a blind one', async () => {
        const dead = await makeToken(stage, in1h);
        await revoke(stage, dead.accessor);
        await using asks = asking(stage.address, dead.value);
        expect(await asks.ask(tokenAccessor, { accessor: nowhere })).toMatchObject({ reason: 'R-AUTH' });
        await writePolicy(stage, 'none', 'path "nothing" { capabilities = ["read"] }');
        const mute = await makeToken(stage, { policies: ['none'], no_default_policy: true });
        await using others = asking(stage.address, mute.value);
        expect(await others.ask(tokenAccessor, { accessor: nowhere })).toMatchObject({
          reason: 'R-PERM',
          needs: 'read auth/token/lookup-self',
        });
      });

      it('does not spend a verifier whose uses are counted', async () => {
        const counted = await makeToken(stage, { ...in1h, num_uses: 5 });
        await using asks = asking(stage.address, counted.value);
        expect(await asks.ask(tokenAccessor, { accessor: nowhere })).toMatchObject({
          reason: 'R-AUTH',
          detail: expect.stringContaining('number of uses'),
        });
      });

      it('refuses a verifier token with a line end without sending it', async () => {
        await using asks = asking(stage.address, `${verifier.value}\n`);
        expect(await asks.ask(tokenAccessor, { accessor: nowhere })).toMatchObject({
          reason: 'R-AUTH',
          detail: expect.stringContaining('env:VERIFIER'),
        });
        expect(asks.exchanges).toEqual([]);
      });
    });

    describe('a token by its value', () => {
      it('finds a batch token, and its end with its parent', async () => {
        const from = new Date().toISOString();
        const parent = await makeToken(stage, { policies: ['agent'], ttl: '1h' });
        const batch = await makeToken(stage, { type: 'batch', ttl: '10m' }, parent.value);
        const sha256 = createHash('sha256').update(batch.value).digest('hex');
        await using asks = asVerifier();
        const about = { secret: batch.value };
        expect(await asks.ask(tokenByValue, { sha256 }, about)).toMatchObject({
          saw: 'present',
          value: expect.stringContaining('batch token'),
          bound: { basis: 'issuer' },
        });
        await revoke(stage, parent.accessor);
        expect(await asks.ask(tokenByValue, { sha256 }, about)).toEqual(controlled('sighting'));
        expect(await asks.ask(tokenByValue, {}, about)).toEqual(controlled('sighting'));
        expect(await asks.ask(tokenChildrenByValue, {}, { ...about, from })).toMatchObject({
          saw: 'absent',
        });
      });

      it('keeps the value out of everything that is kept', async () => {
        const target = await makeToken(stage, in1h);
        await using asks = asVerifier();
        const seen = await asks.ask(tokenByValue, {}, { secret: target.value });
        const kept = JSON.stringify([seen, asks.exchanges]);
        expect(seen).toMatchObject({ saw: 'present' });
        expect(kept).not.toContain(target.value);
        expect(kept).not.toContain(verifier.value);
        await revoke(stage, target.accessor);
        const gone = JSON.stringify(await asks.ask(tokenByValue, {}, { secret: target.value }));
        expect(gone).not.toContain(target.value);
      });

      it('is unproven for a text that is no token, or not the one that was issued', async () => {
        const batch = await makeToken(stage, { type: 'batch', policies: ['default'], ttl: '1h' });
        const sha256 = createHash('sha256').update(batch.value).digest('hex');
        await using asks = asVerifier();
        for (const secret of ['hunter2', `${batch.value}\n`, '']) {
          expect(await asks.ask(tokenByValue, {}, { secret })).toMatchObject({ reason: 'R-IDENTITY' });
        }
        expect(await asks.ask(tokenByValue, { sha256 }, { secret: batch.value.slice(0, -3) })).toMatchObject({
          reason: 'R-IDENTITY',
        });
      });

      it('is unproven where the verifier may not introspect', async () => {
        const dead = await makeToken(stage, in1h);
        await revoke(stage, dead.accessor);
        await using asks = asking(stage.address, blind.value);
        expect(await asks.ask(tokenByValue, {}, { secret: dead.value })).toMatchObject({
          reason: 'R-PERM',
          needs: 'update auth/token/lookup',
        });
      });
    });
  });
}
