/** Entities by themselves: removed, disabled, merged, in other namespaces. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Made, Stage } from './asking.fixture.ts';
import { asking, logIn, makeToken, makeVerifier, writePolicy } from './asking.fixture.ts';
import { identityEntity } from './checks/identity-entity.ts';
import { vault } from './index.ts';
import { identityEntity as kind } from './kinds/identity-entity.ts';
import { stages } from './stages.fixture.ts';
import { z } from '../../src/connector.ts';

const live = { saw: 'present', state: 'active', reason: 'R-LISTED' };
const dormant = { saw: 'present', state: 'disabled', revivedBy: 'others', reason: 'R-DISABLED' };
const absent = { saw: 'absent', controls: expect.any(Array) };
const named = z.object({ data: z.object({ id: z.string() }) });

for (const { name, runs, start } of stages) {
  describe.runIf(runs)(`entities on ${name}`, () => {
    let stage: Stage;
    let verifier: Made;
    let count = 0;
    beforeAll(async () => {
      stage = await start();
      verifier = await makeVerifier(stage);
      await stage.api('POST', 'sys/namespaces/team-a', {});
      await stage.api('POST', 'sys/namespaces/team-b', {});
    });
    afterAll(() => stage.stop());

    const make = async (namespace?: string) => {
      const body = { name: `entity-${(count += 1)}` };
      return named.parse((await stage.api('POST', 'identity/entity', body, undefined, namespace)).json).data
        .id;
    };
    const remove = (id: string, namespace?: string) =>
      stage.api('DELETE', `identity/entity/id/${id}`, undefined, undefined, namespace);
    const merge = (from: string, to: string) =>
      stage.api('POST', 'identity/entity/merge', { from_entity_ids: [from], to_entity_id: to });
    const look = async (ref: { id?: string; namespace?: string }, by = verifier.value, in_?: string) => {
      await using asks = asking(stage.address, by, in_ === undefined ? {} : { namespace: in_ });
      return await asks.ask(identityEntity, ref);
    };

    it('stands, is disabled, and is absent once it was removed', async () => {
      const id = await make();
      expect(await look({ id })).toMatchObject(live);
      await stage.api('POST', `identity/entity/id/${id}`, { disabled: true });
      expect(await look({ id })).toMatchObject(dormant);
      await stage.api('POST', `identity/entity/id/${id}`, { disabled: false });
      expect(await look({ id })).toMatchObject(live);
      await remove(id);
      expect(await look({ id })).toMatchObject(absent);
    });

    it('goes on where it was merged into another, through as many merges as there were', async () => {
      const [one, two, three] = [await make(), await make(), await make()];
      await merge(one, two);
      const standing = { ...live, reason: 'R-STANDING', value: expect.stringContaining('was merged into') };
      expect(await look({ id: one })).toMatchObject(standing);
      await merge(two, three);
      expect(await look({ id: one })).toMatchObject({ ...standing, value: expect.stringContaining(three) });
      await stage.api('POST', `identity/entity/id/${three}`, { disabled: true });
      expect(await look({ id: one })).toMatchObject(dormant);
      await remove(three);
      expect(await look({ id: one })).toMatchObject(absent);
    });

    it('is sighted by the entity that the verifier has, where it has one', async () => {
      await makeVerifier(stage);
      const person = await logIn(stage, 'looks', { policies: ['tombstone'] });
      const id = await make();
      await remove(id);
      const seen = await look({ id }, person.value);
      expect(seen).toMatchObject({
        saw: 'absent',
        controls: Array.from({ length: 4 }, () => ({ form: 'sighting', of: person.entityId })),
      });
    });

    it('is not absent in a namespace that its id does not belong to', async () => {
      const id = await make('team-a');
      const [inside, beside] = [await makeVerifier(stage, 'team-a'), await makeVerifier(stage, 'team-b')];
      expect(await look({ id }, inside.value, 'team-a')).toMatchObject(live);
      expect(await look({ id }, beside.value, 'team-b')).toMatchObject({ reason: 'R-SCOPE' });
      expect(await look({ id }, verifier.value)).toMatchObject({ reason: 'R-SCOPE' });
      await remove(id, 'team-a');
      expect(await look({ id }, inside.value, 'team-a')).toMatchObject(absent);
      expect(await look({ id }, beside.value, 'team-b')).toMatchObject({
        reason: 'R-SCOPE',
        detail: expect.stringContaining('belongs to another namespace'),
      });
    });

    it('is asked for from above, where something of that namespace shows that its ids belong there', async () => {
      const ref = { id: await make('team-a'), namespace: 'team-a' };
      expect(await look(ref, stage.rootToken)).toMatchObject(live);
      await remove(ref.id, 'team-a');
      expect(await look(ref, stage.rootToken)).toMatchObject({
        reason: 'R-SCOPE',
        detail: expect.stringContaining('nothing that stands'),
      });
      const other = await make('team-a');
      expect(await look(ref, stage.rootToken)).toMatchObject(absent);
      expect(await look({ ...ref, namespace: 'team-b' }, stage.rootToken)).toMatchObject({
        reason: 'R-SCOPE',
      });
      await remove(other, 'team-a');
    });

    it.each(['read identity/entity/id/*', 'list identity/entity/id/*'])(
      'is unproven without "%s"',
      async (need) => {
        const id = await make();
        await remove(id);
        const policy = `less-${(count += 1)}`;
        const needs = identityEntity.needs.filter((one) => one !== need);
        await writePolicy(stage, policy, vault.policy(needs));
        const less = await makeToken(stage, { policies: [policy], no_default_policy: true });
        expect(await look({ id }, less.value)).toMatchObject({
          saw: 'inconclusive',
          reason: 'R-PERM',
          needs: need,
        });
      },
    );

    it('is unproven where the list hides the verifier itself', async () => {
      const text = vault
        .policy(identityEntity.needs)
        .replace(
          '["list", "read"]',
          '["list", "read"]\n  list_scan_response_keys_filter_path = "nowhere/{{ .key }}"',
        );
      await writePolicy(stage, 'filtered', text);
      const person = await logIn(stage, 'filtered', { mount: 'people', policies: ['filtered'] });
      const id = await make();
      await remove(id);
      expect(await look({ id }, person.value)).toMatchObject({ saw: 'inconclusive', reason: 'R-PARTIAL' });
    });
  });
}

describe('the locator of an entity', () => {
  it('says how to end it, or how to find its id', () => {
    expect(kind.fix({ id: 'e1', namespace: 'team-a/' })).toBe(
      'bao delete -namespace=team-a identity/entity/id/e1',
    );
    expect(kind.fix({})).toContain('entity_id');
    expect(kind.id({ name: 'deploy-bot' })).toBeUndefined();
  });
});
