import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Made, Stage } from './asking.fixture.ts';
import { asking, leasesAt, makeToken, makeVerifier, revoke, writePolicy } from './asking.fixture.ts';
import { leaseRecord } from './checks/lease.ts';
import { tokenAccessor } from './checks/token-accessor.ts';
import { tokenChildren } from './checks/token-children.ts';
import type { Cast } from './stages.fixture.ts';
import { castOn, in1h, nowhere, stages } from './stages.fixture.ts';

for (const { name, runs, start } of stages) {
  describe.runIf(runs)(`leases and namespaces on ${name}`, () => {
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
        expect(await asks.ask(leaseRecord, { leaseId })).toEqual(controlled('sighting'));
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
          controlled('sighting'),
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
