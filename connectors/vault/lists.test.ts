/** Lists and excuses that only the fake can stage. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Asking, Made } from './asking.fixture.ts';
import { asking, makeToken, makeVerifier, revoke, writePolicy } from './asking.fixture.ts';
import { leaseRecord } from './checks/lease.ts';
import { tokenChildren } from './checks/token-children.ts';
import type { FakeVault } from './vault.fake.ts';
import { startFakeVault } from './vault.fake.ts';

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Behaviour =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
describe('vault, what a list hides and whose an orphan is', () => {
  let stage: FakeVault;
  let verifier: Made;
  let live: Made;
  let dead: Made;
  let lift: (() => void)[] = [];

  beforeAll(async () => {
    stage = await startFakeVault();
    verifier = await makeVerifier(stage);
    live = await makeToken(stage, { policies: ['default'], ttl: '1h' });
    dead = await makeToken(stage, { policies: ['default'], ttl: '1h' });
    await revoke(stage, dead.accessor);
  });
  afterEach(() => {
    lift.forEach((off) => off());
    lift = [];
    stage.world.state = 'active';
    stage.world.paging = false;
    stage.world.unreadable.clear();
  });
  afterAll(() => stage.stop());

  const asks = () => asking(stage.address, verifier.value, { timeoutMs: 1_000 });
  const from = () => new Date().toISOString();

  describe('the list of accessors', () => {
    const gone = (one: Asking) => one.ask(tokenChildren, { accessor: dead.accessor }, { from: from() });

    it('is paged to its end where the server pages, also below a cap of the policy', async () => {
      stage.world.paging = true;
      const since = from();
      const orphan = stage.world.createToken({ ttl: 3_600 });
      await writePolicy(
        stage,
        'capped',
        `path "auth/token/lookup-self" { capabilities = ["read"] }
         path "auth/token/lookup-accessor" { capabilities = ["update"] }
         path "auth/token/accessors" { capabilities = ["list", "sudo"]
           pagination_limit = 1 }`,
      );
      const capped = await makeToken(stage, { policies: ['capped'], no_default_policy: true });
      await using one = asking(stage.address, capped.value);
      const ask = () => one.ask(tokenChildren, { accessor: dead.accessor }, { from: since });
      expect(await ask()).toMatchObject({ leads: [{ ref: { accessor: orphan.accessor } }] });
      await stage.world.revokeToken(orphan);
      expect(await ask()).toMatchObject({ saw: 'absent' });
    });

    it('is not whole where an entry could not be read', async () => {
      stage.world.unreadable.add(live.accessor);
      await using one = asks();
      expect(await gone(one)).toMatchObject({ reason: 'R-PARTIAL' });
    });

    it('is whole on an older server that neither pages nor warns, and not whole where pages overlap', async () => {
      const off = stage.fault(
        (request) => request.path === 'auth/token/accessors',
        json(200, { data: { keys: [verifier.accessor, live.accessor] }, warnings: null }),
      );
      await using one = asks();
      expect(await gone(one)).toMatchObject({ saw: 'absent' });
      off();
      let page = 0;
      lift.push(
        stage.fault(
          (request) => request.path === 'auth/token/accessors',
          (request, response) => {
            const keys = page++ === 0 ? [verifier.accessor, live.accessor] : [live.accessor];
            json(200, { data: { keys }, warnings: null })(request, response);
          },
        ),
      );
      expect(await gone(one)).toMatchObject({
        reason: 'R-PARTIAL',
        detail: expect.stringContaining('overlap'),
      });
    });

    it.each(['before', 'after'])('proves nothing where the control %s the look-ups fails', async (when) => {
      let seen = 0;
      lift.push(
        stage.fault(
          (request) => {
            if (request.body['accessor'] !== verifier.accessor) return false;
            // two look-ups of the control in each of two epochs
            seen += 1;
            return seen === (when === 'before' ? 3 : 4);
          },
          json(500, {}),
        ),
      );
      await using one = asks();
      expect(await gone(one)).toMatchObject({ reason: 'R-CONTROL' });
      expect(seen).toBeGreaterThan(2);
    });

    it('proves nothing where a look-up of one of its entries fails', async () => {
      lift.push(
        stage.fault(
          (request) =>
            request.path === 'auth/token/lookup-accessor' && request.body['accessor'] === live.accessor,
          json(500, {}),
        ),
      );
      await using one = asks();
      expect(await gone(one)).toMatchObject({ reason: 'R-UNREACHABLE' });
    });
  });

  it('takes no namespace ending from an answer about another token', async () => {
    const { id } = stage.world.createNamespace('team-x');
    const control = stage.world.createToken({ namespace: 'team-x', ttl: 3_600 });
    const other = await stage.api(
      'POST',
      'auth/token/lookup-accessor',
      { accessor: control.accessor },
      undefined,
      'team-x',
    );
    await using one = asking(stage.address, stage.rootToken, { controls: { accessor: `stranger.${id}` } });
    const ask = () => one.ask(leaseRecord, { leaseId: `db/creds/r/none.${id}`, namespace: 'team-x' });
    expect(await ask()).toMatchObject({ reason: 'R-CONTROL' });
    lift.push(stage.fault((request) => request.path.endsWith('lookup-accessor'), json(200, other.json)));
    expect(await ask()).toMatchObject({ reason: 'R-CONTROL' });
    await using right = asking(stage.address, stage.rootToken, { controls: { accessor: control.accessor } });
    expect(
      await right.ask(leaseRecord, { leaseId: `db/creds/r/none.${id}`, namespace: 'team-x' }),
    ).toMatchObject({ saw: 'absent' });
  });

  describe('an orphan made since the grant began', () => {
    const left = async (orphan: { entityId?: string; policies?: string[]; path?: string }, ref: object) => {
      const since = from();
      const made = stage.world.createToken({ ttl: 3_600, ...orphan });
      await using one = asks();
      const about = { from: since, accounts: ['entity-1'] };
      const seen = await one.ask(tokenChildren, { accessor: dead.accessor, ...ref }, about);
      await stage.world.revokeToken(made);
      return seen.saw;
    };

    it.each([
      ['of no entity', {}, {}, 'present'],
      ['of the same entity', { entityId: 'entity-1' }, {}, 'present'],
      ['of the entity in the locator', { entityId: 'entity-2' }, { entityId: 'entity-2' }, 'present'],
      ['of another entity', { entityId: 'entity-9' }, {}, 'absent'],
      ['of another entity, by a role', { entityId: 'entity-9', path: 'auth/token/create/ci' }, {}, 'present'],
      ['of a login', { path: 'auth/approle/login' }, {}, 'absent'],
      ['of fewer policies', { policies: ['default'] }, { policies: ['agent'] }, 'present'],
      ['of its policies', { policies: ['agent', 'default'] }, { policies: ['agent'] }, 'present'],
      ['of other policies', { policies: ['agent', 'other'] }, { policies: ['agent'] }, 'absent'],
      ['of other policies, by root', { policies: ['other'] }, { policies: ['root'] }, 'present'],
    ])('%s', async (_name, orphan, ref, saw) => {
      expect(await left(orphan, ref)).toBe(saw);
    });
  });
});
