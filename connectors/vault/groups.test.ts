/** Members of groups: by themselves, through other groups, under another entity. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from '../../src/connector.ts';
import type { Made, Stage } from './asking.fixture.ts';
import { asking, makeToken, makeVerifier, writePolicy } from './asking.fixture.ts';
import { identityGroupMembership } from './checks/group-membership.ts';
import { vault } from './index.ts';
import { groupMembership } from './kinds/group-membership.ts';
import { stages } from './stages.fixture.ts';

const live = { saw: 'present', state: 'active', reason: 'R-LISTED' };
const standing = { ...live, reason: 'R-STANDING' };
const absent = { saw: 'absent', controls: expect.any(Array) };
const named = z.object({ data: z.object({ id: z.string() }) });

for (const { name, runs, start } of stages) {
  describe.runIf(runs)(`memberships in groups on ${name}`, () => {
    let stage: Stage;
    let verifier: Made;
    let count = 0;
    beforeAll(async () => {
      stage = await start();
      verifier = await makeVerifier(stage);
      await stage.api('POST', 'sys/namespaces/team-a', {});
    });
    afterAll(() => stage.stop());

    const post = async (path: string, body: object = {}, namespace?: string) => {
      const all = { name: `${path.replace('/', '-')}-${(count += 1)}`, ...body };
      return named.parse((await stage.api('POST', path, all, undefined, namespace)).json).data.id;
    };
    const entity = (namespace?: string) => post('identity/entity', {}, namespace);
    const group = (body: object, namespace?: string) => post('identity/group', body, namespace);
    const change = (id: string, body: object) => stage.api('POST', `identity/group/id/${id}`, body);
    const look = async (groupId: string, entityId: string, by = verifier.value) => {
      await using asks = asking(stage.address, by);
      return await asks.ask(identityGroupMembership, { groupId, entityId });
    };

    it('is a member, and none once it was taken out', async () => {
      const member = await entity();
      const id = await group({ member_entity_ids: [member], policies: ['deploys'] });
      expect(await look(id, member)).toMatchObject({ ...live, value: expect.stringContaining('[deploys]') });
      await change(id, { member_entity_ids: [] });
      expect(await look(id, member)).toMatchObject(absent);
    });

    it('is a member through as many groups as there are between', async () => {
      const member = await entity();
      const inner = await group({ member_entity_ids: [member] });
      const middle = await group({ member_group_ids: [inner] });
      const outer = await group({ member_group_ids: [middle] });
      const through = { ...standing, value: expect.stringContaining('through a group in it') };
      expect(await look(outer, member)).toMatchObject(through);
      await change(outer, { member_group_ids: [] });
      expect(await look(outer, member)).toMatchObject(absent);
      expect(await look(middle, member)).toMatchObject(through);
    });

    it('is no member of a group that was removed', async () => {
      const member = await entity();
      const id = await group({ member_entity_ids: [member] });
      await stage.api('DELETE', `identity/group/id/${id}`);
      expect(await look(id, member)).toMatchObject(absent);
    });

    it('is a member under the entity that it was merged into, and none once that was removed', async () => {
      const [member, other] = [await entity(), await entity()];
      const id = await group({ member_entity_ids: [member] });
      await stage.api('POST', 'identity/entity/merge', { from_entity_ids: [member], to_entity_id: other });
      expect(await look(id, member)).toMatchObject({
        ...standing,
        value: expect.stringContaining(`merged into ${other}`),
      });
      await stage.api('DELETE', `identity/entity/id/${other}`);
      expect(await look(id, member)).toMatchObject(absent);
    });

    it('is dormant while the entity is disabled', async () => {
      const member = await entity();
      const id = await group({ member_entity_ids: [member] });
      await stage.api('POST', `identity/entity/id/${member}`, { disabled: true });
      expect(await look(id, member)).toMatchObject({
        state: 'disabled',
        revivedBy: 'others',
        reason: 'R-DISABLED',
      });
    });

    it('is unproven across namespaces', async () => {
      const [inside, member] = [await entity('team-a'), await entity()];
      const id = await group({ member_entity_ids: [member] });
      const foreign = await group({ member_entity_ids: [inside] }, 'team-a');
      expect(await look(id, inside)).toMatchObject({ reason: 'R-SCOPE' });
      expect(await look(foreign, inside)).toMatchObject({ reason: 'R-SCOPE' });
    });

    it.each(['read identity/group/id/*', 'read identity/entity/id/*'])(
      'is unproven without "%s"',
      async (need) => {
        const member = await entity();
        const id = await group({ member_entity_ids: [] });
        const policy = `less-${(count += 1)}`;
        await writePolicy(
          stage,
          policy,
          vault.policy(identityGroupMembership.needs.filter((one) => one !== need)),
        );
        const less = await makeToken(stage, { policies: [policy], no_default_policy: true });
        expect(await look(id, member, less.value)).toMatchObject({
          saw: 'inconclusive',
          reason: 'R-PERM',
          needs: need,
        });
      },
    );
  });
}

describe('the locator of a membership', () => {
  it('needs both ids', () => {
    expect(groupMembership.id({ groupId: 'g' })).toBeUndefined();
    expect(groupMembership.id({ groupId: 'g', entityId: 'e' })).toBe('g e');
    expect(groupMembership.fix({ groupId: 'g', entityId: 'e' })).toContain('identity/group/id/g');
  });
});
