/** A token is refused while its entity is disabled or deleted; its record stands all the same. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Made, Stage } from './asking.fixture.ts';
import { asking, logIn, makeToken, makeVerifier, writePolicy } from './asking.fixture.ts';
import { tokenAccessor } from './checks/token-accessor.ts';
import { tokenByValue } from './checks/token-value.ts';
import { vault } from './index.ts';
import { stages } from './stages.fixture.ts';

const live = { saw: 'present', state: 'active', reason: 'R-ACTIVE' };
const dormant = { saw: 'present', state: 'disabled', revivedBy: 'others', reason: 'R-DISABLED' };

for (const { name, runs, start } of stages) {
  describe.runIf(runs)(`tokens of an entity on ${name}`, () => {
    let stage: Stage;
    let verifier: Made;
    let count = 0;
    beforeAll(async () => {
      stage = await start();
      verifier = await makeVerifier(stage);
      await writePolicy(stage, 'creates', 'path "auth/token/create" { capabilities = ["update"] }');
    });
    afterAll(() => stage.stop());

    const someone = (mount = 'userpass') =>
      logIn(stage, `u${(count += 1)}`, { mount, policies: ['creates'] });
    const use = async ({ value }: Made) =>
      (await stage.api('GET', 'auth/token/lookup-self', undefined, value)).status;
    const disable = (id: string, disabled = true) =>
      stage.api('POST', `identity/entity/id/${id}`, { disabled });
    const remove = (id: string) => stage.api('DELETE', `identity/entity/id/${id}`);

    it('is live, then refused until somebody enables the entity again', async () => {
      const ann = await someone();
      await using asks = asking(stage.address, verifier.value);
      const look = () => asks.ask(tokenAccessor, { accessor: ann.accessor });
      expect(await look()).toMatchObject(live);
      await disable(ann.entityId);
      expect(await use(ann)).toBe(403);
      expect(await look()).toMatchObject({ ...dormant, value: expect.stringContaining('is disabled') });
      await disable(ann.entityId, false);
      expect(await use(ann)).toBe(200);
      expect(await look()).toMatchObject(live);
    });

    it('is refused where the entity was deleted', async () => {
      const ann = await someone();
      await using asks = asking(stage.address, verifier.value);
      await remove(ann.entityId);
      expect(await use(ann)).toBe(403);
      expect(await asks.ask(tokenAccessor, { accessor: ann.accessor })).toMatchObject({
        ...dormant,
        value: expect.stringContaining('was deleted, or merged'),
      });
    });

    it('works on where the entity was merged into another, and is refused with that one', async () => {
      const [ann, ben] = [await someone(), await someone('people')];
      await stage.api('POST', 'identity/entity/merge', {
        from_entity_ids: [ann.entityId],
        to_entity_id: ben.entityId,
      });
      await using asks = asking(stage.address, verifier.value);
      const look = () => asks.ask(tokenAccessor, { accessor: ann.accessor });
      expect(await use(ann)).toBe(200);
      expect(await look()).toMatchObject({ ...live, value: expect.stringContaining('was merged') });
      await disable(ben.entityId);
      expect(await use(ann)).toBe(403);
      expect(await look()).toMatchObject(dormant);
    });

    it('says the same of a batch token, by its value', async () => {
      const ann = await someone();
      const batch = await makeToken(stage, { type: 'batch' }, ann.value);
      await using asks = asking(stage.address, verifier.value);
      const look = () => asks.ask(tokenByValue, {}, { secret: batch.value });
      expect(await look()).toMatchObject(live);
      await disable(ann.entityId);
      expect(await use(batch)).toBe(403);
      expect(await look()).toMatchObject({ ...dormant, bound: { basis: 'issuer' } });
      await disable(ann.entityId, false);
      await remove(ann.entityId);
      expect(await use(batch)).toBe(403);
      expect(await look()).toMatchObject(dormant);
      expect(JSON.stringify(asks.exchanges)).not.toContain(batch.value);
    });

    it.each([
      ['read identity/entity/id/*', 'disabled'],
      ['read identity/entity/id/*', 'deleted'],
      ['update sys/capabilities-accessor', 'deleted'],
    ])('stays live without "%s", and says why: %s', async (need, how) => {
      const ann = await someone();
      await (how === 'disabled' ? disable(ann.entityId) : remove(ann.entityId));
      const policy = `less-${(count += 1)}`;
      const needs = tokenAccessor.needs.filter((one) => one !== need);
      await writePolicy(stage, policy, vault.policy(needs));
      const less = await makeToken(stage, { policies: [policy], no_default_policy: true });
      await using asks = asking(stage.address, less.value);
      expect(await asks.ask(tokenAccessor, { accessor: ann.accessor })).toMatchObject({
        ...live,
        value: expect.stringContaining('could not be read: R-PERM'),
      });
    });

    it('looks in the namespace of the token', async () => {
      await stage.api('POST', 'sys/namespaces/team-c', {});
      const inside = await makeVerifier(stage, 'team-c');
      const ann = await logIn(stage, 'ann', { namespace: 'team-c' });
      await using asks = asking(stage.address, inside.value, { namespace: 'team-c' });
      const look = () => asks.ask(tokenAccessor, { accessor: ann.accessor });
      expect(ann.entityId).toContain('.');
      expect(await look()).toMatchObject(live);
      await stage.api('POST', `identity/entity/id/${ann.entityId}`, { disabled: true }, undefined, 'team-c');
      expect(await look()).toMatchObject(dormant);
    });
  });
}
