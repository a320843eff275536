import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findOpenBao, startOpenBao } from '../../test/servers/openbao.ts';
import { realServer } from '../../test/servers/require.ts';
import type { Made, Stage } from './asking.fixture.ts';
import { asking, leasesAt, makeToken, makeVerifier, revoke, writePolicy } from './asking.fixture.ts';
import { leaseRecord } from './checks/lease.ts';
import { tokenAccessor } from './checks/token-accessor.ts';
import { tokenChildren, tokenChildrenByValue } from './checks/token-children.ts';
import { tokenByValue } from './checks/token-value.ts';
import { startFakeVault } from './vault.fake.ts';

const found = findOpenBao();
const stages = [
  { name: 'the living fake', runs: true, start: (): Promise<Stage> => startFakeVault() },
  {
    name: 'the real OpenBao',
    runs: realServer('OpenBao', found),
    start: (): Promise<Stage> => startOpenBao(),
  },
];

const nowhere = 'never-issued';
const in1h = { policies: ['default'], ttl: '1h' };

for (const { name, runs, start } of stages) {
  describe.runIf(runs)(`vault on ${name}`, () => {
    let stage: Stage;
    let verifier: Made;
    let blind: Made;

    beforeAll(async () => {
      stage = await start();
      verifier = await makeVerifier(stage);
      await writePolicy(stage, 'blind', 'path "auth/token/lookup-self" { capabilities = ["read"] }');
      blind = await makeToken(stage, { policies: ['blind'], no_default_policy: true });
      await writePolicy(
        stage,
        'agent',
        `path "auth/token/create" { capabilities = ["update", "sudo"] }
         path "auth/token/create-orphan" { capabilities = ["update", "sudo"] }`,
      );
      await stage.api('POST', 'sys/namespaces/team-a', {});
      await stage.api('POST', 'sys/namespaces/team-b', {});
    });
    afterAll(() => stage.stop());

    const asVerifier = () => asking(stage.address, verifier.value);
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

    describe('a lease', () => {
      it('stands, and is absent beside the word for a never-issued one', async () => {
        await using asks = asVerifier();
        const before = await leasesAt(stage, 'auth/token/create');
        const target = await makeToken(stage, in1h);
        const [leaseId = ''] = (await leasesAt(stage, 'auth/token/create')).filter(
          (id) => !before.includes(id),
        );
        expect(await asks.ask(leaseRecord, { leaseId })).toMatchObject({
          saw: 'present',
          reason: 'R-LISTED',
          value: expect.stringMatching(/^stands, 3[56]\d\d s left, renewable$/),
        });
        await revoke(stage, target.accessor);
        expect(await asks.ask(leaseRecord, { leaseId })).toEqual(controlled('distinct-absence'));
      });

      it('sights a configured lease, and one of its own kind where it may list', async () => {
        const [control = ''] = await leasesAt(stage, 'auth/token/create');
        await using asks = asking(stage.address, verifier.value, { controls: { lease: control } });
        expect(await asks.ask(leaseRecord, { leaseId: nowhere })).toMatchObject({
          controls: [{ form: 'sighting', chosen: 'configured', of: control }, {}],
        });
        await using root = asking(stage.address, stage.rootToken);
        expect(await root.ask(leaseRecord, { leaseId: nowhere })).toMatchObject({
          controls: [{ form: 'sighting', chosen: 'own' }, {}],
        });
      });

      it('is unproven where the verifier may not look', async () => {
        await using asks = asking(stage.address, blind.value);
        expect(await asks.ask(leaseRecord, { leaseId: nowhere })).toMatchObject({
          reason: 'R-PERM',
          needs: 'update sys/leases/lookup',
        });
      });
    });

    describe('in a namespace', () => {
      it('proves an end with a verifier that lives there', async () => {
        const inside = await makeVerifier(stage, 'team-a');
        const target = await makeToken(stage, in1h, undefined, { namespace: 'team-a' });
        await using asks = asking(stage.address, inside.value, { namespace: 'team-a/' });
        expect(await asks.ask(tokenAccessor, { accessor: target.accessor })).toMatchObject({
          saw: 'present',
        });
        const [leaseId = ''] = await leasesAt(stage, 'auth/token/create', 'team-a');
        expect(await asks.ask(leaseRecord, { leaseId })).toMatchObject({ saw: 'present' });
        await revoke(stage, target.accessor, 'team-a');
        expect(await asks.ask(tokenAccessor, { accessor: target.accessor })).toEqual(controlled('sighting'));
        expect(await asks.ask(tokenChildren, { accessor: target.accessor })).toMatchObject({ saw: 'absent' });
        const ending = target.accessor.split('.')[1] ?? '';
        expect(await asks.ask(leaseRecord, { leaseId: `db/creds/r/none.${ending}` })).toEqual(
          controlled('distinct-absence'),
        );
      });

      it('is unproven for an id of another place, live or not', async () => {
        const elsewhere = await makeToken(stage, in1h, undefined, { namespace: 'team-b' });
        const ending = elsewhere.accessor.split('.')[1] ?? '';
        const inside = await makeVerifier(stage, 'team-a');
        await using asks = asking(stage.address, inside.value, { namespace: 'team-a' });
        await using atRoot = asVerifier();
        const [leaseId = ''] = await leasesAt(stage, 'auth/token/create', 'team-b');
        for (const [from, ref] of [
          [asks, { accessor: elsewhere.accessor }],
          [asks, { accessor: `never.${ending}` }],
          [asks, { accessor: 'never' }],
          [asks, { accessor: elsewhere.accessor, namespace: 'team-b' }],
          [atRoot, { accessor: elsewhere.accessor }],
          [atRoot, { accessor: 'never', namespace: 'team-b' }],
          [atRoot, { accessor: 'never.abcdef', namespace: 'nowhere' }],
        ] as const) {
          expect(await from.ask(tokenAccessor, ref)).toMatchObject({ saw: 'inconclusive' });
        }
        expect(
          await asks.ask(tokenAccessor, { accessor: elsewhere.accessor, namespace: 'team-b' }),
        ).toMatchObject({ reason: 'R-SCOPE', detail: expect.stringContaining('configured for team-a') });
        for (const [from, ref] of [
          [asks, { leaseId }],
          [asks, { leaseId: `db/creds/r/none.${ending}` }],
          [asks, { leaseId: 'db/creds/r/none' }],
          [atRoot, { leaseId }],
          [atRoot, { leaseId, namespace: 'team-b' }],
          [atRoot, { leaseId: `db/creds/r/none.${ending}`, namespace: 'team-b' }],
        ] as const) {
          expect(await from.ask(leaseRecord, ref)).toMatchObject({ saw: 'inconclusive' });
        }
      });

      it('reaches a child namespace with a control that lives there', async () => {
        await writePolicy(
          stage,
          'from-above',
          `path "auth/token/lookup-self" { capabilities = ["read"] }
           path "team-b/auth/token/lookup-accessor" { capabilities = ["update"] }
           path "team-b/sys/leases/lookup" { capabilities = ["update"] }`,
        );
        const above = await makeToken(stage, { policies: ['from-above'], no_default_policy: true });
        const control = await makeToken(stage, in1h, undefined, { namespace: 'team-b' });
        const target = await makeToken(stage, in1h, undefined, { namespace: 'team-b' });
        const ending = target.accessor.split('.')[1] ?? '';
        const ref = { accessor: target.accessor, namespace: 'team-b' };
        await revoke(stage, target.accessor, 'team-b');
        await using asks = asking(stage.address, above.value, { controls: { accessor: control.accessor } });
        expect(await asks.ask(tokenAccessor, ref)).toEqual(controlled('sighting'));
        const lease = { leaseId: `db/creds/r/none.${ending}`, namespace: 'team-b' };
        expect(await asks.ask(leaseRecord, lease)).toEqual(controlled('distinct-absence'));
        await using without = asking(stage.address, above.value);
        expect(await without.ask(tokenAccessor, ref)).toMatchObject({ reason: 'R-CONTROL' });
        expect(await without.ask(leaseRecord, lease)).toMatchObject({ reason: 'R-CONTROL' });
      });
    });
  });
}
