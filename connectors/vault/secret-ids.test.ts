import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from '../../src/connector.ts';
import type { Made, Stage } from './asking.fixture.ts';
import { asking, makeVerifier } from './asking.fixture.ts';
import { approleSecretIdRecord } from './checks/approle-secret-id.ts';
import { approleSecretId } from './kinds/secret-id.ts';
import { stages } from './stages.fixture.ts';

const issued = z.object({ data: z.object({ secret_id: z.string(), secret_id_accessor: z.string() }) });
const mounted = z.object({ data: z.object({ accessor: z.string() }) });
const told = z.object({ data: z.object({ role_id: z.string() }) });
const live = { saw: 'present', state: 'active', reason: 'R-LISTED' };
const absent = {
  saw: 'absent',
  controls: [{ form: 'distinct-absence' }, { form: 'distinct-absence' }],
};

for (const { name, runs, start } of stages) {
  describe.runIf(runs)(`secret ids on ${name}`, () => {
    let stage: Stage;
    let verifier: Made;
    const mount = 'auth/approle';
    const role = (path: string) => `${mount}/role/${path}`;
    beforeAll(async () => {
      stage = await start();
      verifier = await makeVerifier(stage);
      await stage.api('POST', 'sys/auth/approle', { type: 'approle' });
    });
    afterAll(() => stage.stop());

    const issue = async (of: string, body: object = {}) => {
      await stage.api('POST', role(of), {});
      return issued.parse((await stage.api('POST', role(`${of}/secret-id`), body)).json).data;
    };
    const look = async (of: string, accessor: string, at = mount, more: object = {}) => {
      await using asks = asking(stage.address, verifier.value);
      return await asks.ask(approleSecretIdRecord, { mount: at, role: of, accessor, ...more });
    };
    const destroy = (of: string, accessor: string) =>
      stage.api('POST', role(`${of}/secret-id-accessor/destroy`), { secret_id_accessor: accessor });
    const tidy = async (of: string, accessor: string) => {
      await stage.api('POST', `${mount}/tidy/secret-id`, {});
      const body = { secret_id_accessor: accessor };
      await expect
        .poll(async () => (await stage.api('POST', role(`${of}/secret-id-accessor/lookup`), body)).status, {
          timeout: 10_000,
        })
        .toBe(404);
    };

    it('stands until it is destroyed', async () => {
      const { secret_id_accessor: accessor } = await issue('ci', { num_uses: 3, ttl: '1h' });
      expect(await look('ci', accessor)).toMatchObject({
        ...live,
        value: expect.stringMatching(/^stands until \S+, 3 uses left$/),
      });
      await destroy('ci', accessor);
      expect(await look('ci', accessor)).toMatchObject(absent);
    });

    it('is absent only at the mount of the grant, where the record names its accessor', async () => {
      const { secret_id_accessor: accessor } = await issue('here');
      const { json } = await stage.api('GET', 'sys/internal/ui/mounts/auth/approle/role/here');
      const { accessor: mountAccessor } = mounted.parse(json).data;
      const other = { mountAccessor: 'auth_approle_00000000' };
      expect(await look('here', accessor, mount, other)).toMatchObject(live);
      await destroy('here', accessor);
      expect(await look('here', accessor, mount, { mountAccessor })).toMatchObject(absent);
      expect(await look('here', accessor, mount, other)).toMatchObject({ reason: 'R-IDENTITY' });
    });

    it('is taken after its time is over, until the mount is tidied', async () => {
      const { secret_id, secret_id_accessor: accessor } = await issue('short', { ttl: '1s' });
      const { role_id } = told.parse((await stage.api('GET', role('short/role-id'))).json).data;
      await expect
        .poll(() => look('short', accessor), { timeout: 10_000, interval: 300 })
        .toMatchObject({ ...live, value: expect.stringContaining('is taken, though its time was over') });
      const login = () => stage.api('POST', `${mount}/login`, { role_id, secret_id }, '');
      expect((await login()).status).toBe(200);
      await tidy('short', accessor);
      expect((await login()).status).toBe(400);
      expect(await look('short', accessor)).toMatchObject(absent);
    });

    it('is unproven under another role, and found where the role of the record does not exist', async () => {
      const { secret_id_accessor: accessor } = await issue('right');
      await stage.api('POST', role('wrong'), {});
      expect(await look('wrong', accessor)).toMatchObject({ saw: 'inconclusive', reason: 'R-ANSWER' });
      const found = await look('nobody', accessor);
      // whichever role is asked first: the right one shows it, another one says that it is not its own
      expect(found.saw).not.toBe('absent');
      await destroy('right', accessor);
      expect(await look('nobody', accessor)).toMatchObject(absent);
    });

    it('is unproven after its role was deleted, until the mount is tidied', async () => {
      const { secret_id_accessor: accessor } = await issue('deleted');
      await stage.api('DELETE', role('deleted'));
      expect(await look('deleted', accessor)).toMatchObject({
        reason: 'R-ANSWER',
        needs: expect.stringContaining('tidy/secret-id'),
      });
      await tidy('ci', accessor);
      expect(await look('deleted', accessor)).toMatchObject(absent);
    });

    it('is unproven where nothing is mounted, or something else', async () => {
      expect(await look('ci', 'x', 'auth/nowhere')).toMatchObject({ reason: 'R-SCOPE' });
      await stage.api('POST', 'sys/auth/people', { type: 'userpass' });
      expect(await look('ci', 'x', 'auth/people')).toMatchObject({ saw: 'inconclusive' });
    });
  });
}

describe('the locator of a secret id', () => {
  it.each([
    { mount: 'approle', role: 'ci', accessor: 'x' },
    { mount: 'auth/approle/', role: 'ci', accessor: 'x' },
    { mount: 'auth/../sys', role: 'ci', accessor: 'x' },
    { mount: 'auth/approle', role: 'a/b', accessor: 'x' },
    { mount: 'auth/approle', role: 'ci', secretId: 'x' },
  ])('is not %o', (ref) => {
    expect(approleSecretId.ref.safeParse(ref).success).toBe(false);
  });

  it('says how to end it', () => {
    expect(approleSecretId.fix({ mount: 'auth/approle', role: 'ci', accessor: 'x' })).toBe(
      'bao write auth/approle/role/ci/secret-id-accessor/destroy secret_id_accessor=x',
    );
  });
});
