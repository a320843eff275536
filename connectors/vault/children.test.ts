import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stage } from './asking.fixture.ts';
import { asking, makeToken, revoke, writePolicy } from './asking.fixture.ts';
import { tokenChildren } from './checks/token-children.ts';
import type { Cast } from './stages.fixture.ts';
import { castOn, in1h, nowhere, stages } from './stages.fixture.ts';

for (const { name, runs, start } of stages) {
  describe.runIf(runs)(`orphans on ${name}`, () => {
    let stage: Stage;
    let asVerifier: Cast['asVerifier'];

    beforeAll(async () => {
      ({ stage, asVerifier } = await castOn(await start()));
    });
    afterAll(() => stage.stop());

    describe('what a token leaves behind', () => {
      const begin = async () => {
        await new Promise((resolve) => setTimeout(resolve, 2));
        return new Date().toISOString();
      };

      it.each(['auth/token/create-orphan', 'auth/token/create'])(
        'finds an orphan made by %s',
        async (path) => {
          const from = await begin();
          const target = await makeToken(stage, { policies: ['agent'], ttl: '1h' });
          const orphan = await makeToken(stage, { ttl: '30m', no_parent: true }, target.value, { path });
          await revoke(stage, target.accessor);
          await using asks = asVerifier();
          const seen = await asks.ask(tokenChildren, { accessor: target.accessor }, { from });
          expect(seen).toMatchObject({
            saw: 'present',
            leads: [
              { kind: 'vault/token', relation: 'created-in-window', ref: { accessor: orphan.accessor } },
            ],
          });
          await revoke(stage, orphan.accessor);
          expect(await asks.ask(tokenChildren, { accessor: target.accessor }, { from })).toMatchObject({
            saw: 'absent',
          });
        },
      );

      it('finds the child that revoke-orphan left', async () => {
        const from = await begin();
        const target = await makeToken(stage, { policies: ['agent'], ttl: '1h' });
        const child = await makeToken(stage, { ttl: '30m' }, target.value);
        await stage.api('POST', 'auth/token/revoke-orphan', { token: target.value });
        await using asks = asVerifier();
        expect(await asks.ask(tokenChildren, { accessor: target.accessor }, { from })).toMatchObject({
          saw: 'present',
          leads: [{ ref: { accessor: child.accessor } }],
        });
        await revoke(stage, child.accessor);
      });

      it('says nothing of children that end with a standing parent', async () => {
        const from = await begin();
        const target = await makeToken(stage, { policies: ['agent'], ttl: '1h' });
        await makeToken(stage, { ttl: '30m' }, target.value);
        await using asks = asVerifier();
        expect(await asks.ask(tokenChildren, { accessor: target.accessor }, { from })).toMatchObject({
          saw: 'inconclusive',
          reason: 'R-DERIVED',
        });
        await revoke(stage, target.accessor);
        expect(await asks.ask(tokenChildren, { accessor: target.accessor }, { from })).toMatchObject({
          saw: 'absent',
        });
      });

      it('leaves alone what was there before, what has another parent, and what could not be its', async () => {
        const before = await makeToken(stage, { ...in1h, no_parent: true });
        const from = await begin();
        const target = await makeToken(stage, { policies: ['agent'], ttl: '1h' });
        const sibling = await makeToken(stage, in1h);
        const foreign = await makeToken(stage, { policies: ['blind'], no_parent: true, ttl: '1h' });
        await revoke(stage, target.accessor);
        await using asks = asVerifier();
        const ref = { accessor: target.accessor, policies: ['agent'] };
        const seen = await asks.ask(tokenChildren, ref, { from });
        expect(seen).toMatchObject({ saw: 'absent' });
        expect(await asks.ask(tokenChildren, { accessor: target.accessor }, { from })).toMatchObject({
          leads: [{ ref: { accessor: foreign.accessor } }],
        });
        for (const one of [before, sibling, foreign]) await revoke(stage, one.accessor);
      });

      it('brings the controls of the list and of every look-up', async () => {
        const target = await makeToken(stage, in1h);
        await revoke(stage, target.accessor);
        await using asks = asVerifier();
        const seen = await asks.ask(tokenChildren, { accessor: target.accessor }, { from: await begin() });
        if (seen.saw !== 'absent') throw new Error(`not absent: ${JSON.stringify(seen)}`);
        const stamps = seen.controls.map(({ stamp, when }) => `${stamp.source} ${stamp.epoch} ${when}`);
        expect(new Set(stamps)).toEqual(
          new Set([
            'vault/accessors 1 within',
            'vault/accessor 1 before',
            'vault/accessor 1 after',
            'vault/accessor 2 before',
            'vault/accessor 2 after',
          ]),
        );
      });

      it('is unproven where the list is denied', async () => {
        await writePolicy(
          stage,
          'unlisted',
          `path "auth/token/lookup-self" { capabilities = ["read"] }
           path "auth/token/lookup-accessor" { capabilities = ["update"] }
           path "auth/token/accessors" { capabilities = ["list"] }`,
        );
        const unlisted = await makeToken(stage, { policies: ['unlisted'], no_default_policy: true });
        await using asks = asking(stage.address, unlisted.value);
        expect(await asks.ask(tokenChildren, { accessor: nowhere })).toMatchObject({
          reason: 'R-PERM',
          needs: 'list,sudo auth/token/accessors',
        });
      });

      it('is unproven where a policy filters the list', async () => {
        await writePolicy(
          stage,
          'filtered',
          `path "auth/token/lookup-self" { capabilities = ["read"] }
           path "auth/token/lookup-accessor" { capabilities = ["update"] }
           path "auth/token/accessors" { capabilities = ["list", "sudo"]
             list_scan_response_keys_filter_path = "auth/token/{{ .key }}" }`,
        );
        const filtered = await makeToken(stage, { policies: ['filtered'], no_default_policy: true });
        await using asks = asking(stage.address, filtered.value);
        expect(await asks.ask(tokenChildren, { accessor: nowhere })).toMatchObject({ reason: 'R-PARTIAL' });
      });
    });
  });
}
