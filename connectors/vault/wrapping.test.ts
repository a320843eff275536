import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Made, Stage } from './asking.fixture.ts';
import { asking, claim, makeToken, makeVerifier, revoke, wrap } from './asking.fixture.ts';
import { wrapByAccessor, wrapByValue } from './checks/wrapping-token.ts';
import { wrappingToken } from './kinds/wrapping-token.ts';
import { in1h, stages } from './stages.fixture.ts';

const unclaimed = { saw: 'present', state: 'active', revivedBy: 'subject', bound: { basis: 'issuer' } };
const absent = { saw: 'absent', controls: [{ form: 'sighting' }, { form: 'sighting' }] };

for (const { name, runs, start } of stages) {
  describe.runIf(runs)(`wrapping tokens on ${name}`, () => {
    let stage: Stage;
    let verifier: Made;
    beforeAll(async () => {
      stage = await start();
      verifier = await makeVerifier(stage);
    });
    afterAll(() => stage.stop());

    it.each(['claimed', 'revoked'])('stands until it is %s, and a look spends nothing', async (how) => {
      const kept = await wrap(stage);
      await using asks = asking(stage.address, verifier.value);
      const look = () => asks.ask(wrapByAccessor, { accessor: kept.accessor });
      for (let times = 0; times < 3; times += 1) {
        expect(await look()).toMatchObject({
          ...unclaimed,
          value: expect.stringContaining('unclaimed: the answer of sys/wrapping/wrap'),
        });
      }
      if (how === 'revoked') await revoke(stage, kept.accessor);
      expect(await claim(stage, kept)).toBe(how === 'claimed' ? 200 : 400);
      expect(await look()).toMatchObject(absent);
    });

    it('is asked about by its value too', async () => {
      const kept = await wrap(stage);
      const sha256 = createHash('sha256').update(kept.value).digest('hex');
      await using asks = asking(stage.address, verifier.value);
      const look = () => asks.ask(wrapByValue, { sha256 }, { secret: kept.value });
      expect(await look()).toMatchObject(unclaimed);
      expect(await claim(stage, kept)).toBe(200);
      expect(await look()).toMatchObject(absent);
      expect(JSON.stringify(asks.exchanges)).not.toContain(kept.value);
    });

    it('is not an ordinary token', async () => {
      const token = await makeToken(stage, in1h);
      await using asks = asking(stage.address, verifier.value);
      expect(await asks.ask(wrapByAccessor, { accessor: token.accessor })).toMatchObject({
        saw: 'inconclusive',
        reason: 'R-IDENTITY',
      });
      expect(await asks.ask(wrapByValue, {}, { secret: token.value })).toMatchObject({
        reason: 'R-IDENTITY',
      });
    });
  });
}

describe('the locator of a wrapping token', () => {
  it('is its accessor, or the digest of its value', () => {
    const sha256 = 'a'.repeat(64);
    expect(wrappingToken.id({ accessor: 'abc' })).toBe('abc');
    expect(wrappingToken.id({ sha256 })).toBe(`sha256:${sha256}`);
    expect(wrappingToken.id({})).toBeUndefined();
  });

  it('says how to end it', () => {
    expect(wrappingToken.fix({ accessor: 'abc' })).toBe('bao token revoke -accessor abc');
    expect(wrappingToken.fix({})).toContain('wrap_info.accessor');
  });
});
