/** Answers about entities and groups that contradict one another: nothing is absent by them. */
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from '../../src/connector.ts';
import type { Made } from './asking.fixture.ts';
import { asking, makeVerifier } from './asking.fixture.ts';
import { identityGroupMembership } from './checks/group-membership.ts';
import { identityEntity } from './checks/identity-entity.ts';
import type { FakeVault } from './vault.fake.ts';
import { startFakeVault } from './vault.fake.ts';

const named = z.object({ data: z.object({ id: z.string() }) });
const read = z.object({ data: z.record(z.string(), z.unknown()) });

describe('contradictions', () => {
  let fake: FakeVault;
  let verifier: Made;
  beforeEach(async () => {
    fake = await startFakeVault();
    verifier = await makeVerifier(fake);
  });
  afterEach(() => fake.stop());

  const make = async (path: string, body: object = {}) =>
    named.parse((await fake.api('POST', path, { name: `one-${Math.random()}`, ...body })).json).data.id;
  const entityPath = (id: string) => `identity/entity/id/${id}`;
  const say = (status: number, body: unknown) => (_: unknown, response: ServerResponse) => {
    response.setHeader('content-type', 'application/json');
    response.setHeader('date', new Date().toUTCString());
    response.writeHead(status).end(JSON.stringify(body));
  };
  const lookAtEntity = async (id: string) => {
    await using asks = asking(fake.address, verifier.value);
    return await asks.ask(identityEntity, { id });
  };

  it('an entity that is removed while all are read', async () => {
    const [id, other] = [await make('identity/entity'), await make('identity/entity')];
    await fake.api('DELETE', entityPath(id));
    fake.fault(
      ({ method, path }) => method === 'GET' && path === entityPath(other),
      say(404, { errors: [] }),
    );
    expect(await lookAtEntity(id)).toMatchObject({
      reason: 'R-PARTIAL',
      detail: expect.stringContaining('removed while all were read'),
    });
  });

  it('an entity that is listed, and not there when it is read', async () => {
    const id = await make('identity/entity');
    fake.fault(({ method, path }) => method === 'GET' && path === entityPath(id), say(404, { errors: [] }));
    expect(await lookAtEntity(id)).toMatchObject({
      reason: 'R-PARTIAL',
      detail: expect.stringContaining('is listed'),
    });
  });

  it('another entity in the place of one that was asked for', async () => {
    const [id, other, third] = [
      await make('identity/entity'),
      await make('identity/entity'),
      await make('identity/entity'),
    ];
    await fake.api('DELETE', entityPath(id));
    const { json } = await fake.api('GET', entityPath(third));
    fake.fault(({ method, path }) => method === 'GET' && path === entityPath(other), say(200, json));
    expect(await lookAtEntity(id)).toMatchObject({ saw: 'inconclusive', reason: 'R-ANSWER' });
  });

  it.each([401, 403, 404, 429, 500, 503])(
    'a list of entities that answers %d with a text',
    async (status) => {
      const [id] = [await make('identity/entity'), await make('identity/entity')];
      await fake.api('DELETE', entityPath(id));
      fake.fault(({ path }) => path === 'identity/entity/id', say(status, { errors: ['not now'] }));
      expect(await lookAtEntity(id)).toMatchObject({ saw: 'inconclusive' });
    },
  );

  it('a group that names the entity, and an entity that does not name the group', async () => {
    const entityId = await make('identity/entity');
    const groupId = await make('identity/group', { member_entity_ids: [entityId] });
    const { data } = read.parse((await fake.api('GET', entityPath(entityId))).json);
    fake.fault(
      ({ method, path }) => method === 'GET' && path === entityPath(entityId),
      say(200, { data: { ...data, group_ids: [], direct_group_ids: [] } }),
    );
    await using asks = asking(fake.address, verifier.value);
    expect(await asks.ask(identityGroupMembership, { groupId, entityId })).toMatchObject({
      saw: 'inconclusive',
      reason: 'R-PARTIAL',
    });
  });
});
