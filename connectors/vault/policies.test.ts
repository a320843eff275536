/** Policies by their names: there is no other id. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Made, Stage } from './asking.fixture.ts';
import { asking, makeToken, makeVerifier, writePolicy } from './asking.fixture.ts';
import { policyText } from './checks/policy.ts';
import { aclPolicy } from './kinds/policy.ts';
import { stages } from './stages.fixture.ts';

const live = { saw: 'present', state: 'active', reason: 'R-LISTED' };
const absent = {
  saw: 'absent',
  controls: [
    { form: 'sighting', of: 'default' },
    { form: 'sighting', of: 'default' },
  ],
};
const text = 'path "kv/data/app" { capabilities = ["read"] }';
const sha256 = createHash('sha256').update(text).digest('hex');

for (const { name, runs, start } of stages) {
  describe.runIf(runs)(`policies on ${name}`, () => {
    let stage: Stage;
    let verifier: Made;
    beforeAll(async () => {
      stage = await start();
      verifier = await makeVerifier(stage);
    });
    afterAll(() => stage.stop());

    const look = async (ref: { name: string; sha256?: string; namespace?: string }, by = verifier.value) => {
      await using asks = asking(stage.address, by);
      return await asks.ask(policyText, ref);
    };
    const remove = (which: string) => stage.api('DELETE', `sys/policies/acl/${which}`);

    it('stands with the text of the grant, with another, and is absent once it was removed', async () => {
      await writePolicy(stage, 'jit', text);
      expect(await look({ name: 'JIT', sha256 })).toMatchObject({
        ...live,
        value: expect.stringMatching(/^stands with the text of the grant, modified 20/),
      });
      await writePolicy(stage, 'jit', text.replace('read', 'sudo'));
      expect(await look({ name: 'jit', sha256 })).toMatchObject({
        ...live,
        reason: 'R-STANDING',
        value: expect.stringContaining("another text than the grant's"),
      });
      expect(await look({ name: 'jit' })).toMatchObject(live);
      await remove('jit');
      expect(await look({ name: 'jit', sha256 })).toMatchObject(absent);
    });

    it('comes back for the tokens that name it when anybody writes one of its name', async () => {
      await writePolicy(stage, 'rearmed', 'path "sys/policies/acl/rearmed" { capabilities = ["read"] }');
      const token = await makeToken(stage, { policies: ['rearmed'], no_default_policy: true });
      const use = async () =>
        (await stage.api('GET', 'sys/policies/acl/rearmed', undefined, token.value)).status;
      expect(await use()).toBe(200);
      await remove('rearmed');
      expect(await use()).toBe(403);
      expect(await look({ name: 'rearmed' })).toMatchObject(absent);
      await writePolicy(stage, 'rearmed', 'path "sys/policies/acl/*" { capabilities = ["read"] }');
      expect(await use()).toBe(200);
      expect(await look({ name: 'rearmed' })).toMatchObject(live);
    });

    it.each(['team/app', 'a b', 'a%2Fb', 'a+b@c:d'])('may be called "%s"', async (named) => {
      await writePolicy(stage, encodeURIComponent(named), text);
      expect(await look({ name: named, sha256 })).toMatchObject({ ...live, saw: 'present' });
      await remove(encodeURIComponent(named));
      expect(await look({ name: named })).toMatchObject(absent);
    });

    it('says when it ends by itself, and is absent then', async () => {
      await stage.api('PUT', 'sys/policies/acl/short', { policy: text, ttl: '1s' });
      expect(await look({ name: 'short' })).toMatchObject({ ...live, bound: { basis: 'issuer' } });
      for (let tries = 0; tries < 100 && (await look({ name: 'short' })).saw !== 'absent'; tries += 1) {
        await sleep(50);
      }
      expect(await look({ name: 'short' })).toMatchObject(absent);
    });

    it('is unproven in a namespace that is none, and without the right to read it', async () => {
      expect(await look({ name: 'jit', namespace: 'nowhere' }, stage.rootToken)).toMatchObject({
        reason: 'R-SCOPE',
      });
      await writePolicy(stage, 'blind', 'path "auth/token/lookup-self" { capabilities = ["read"] }');
      const blind = await makeToken(stage, { policies: ['blind'], no_default_policy: true });
      expect(await look({ name: 'jit' }, blind.value)).toMatchObject({
        reason: 'R-PERM',
        needs: 'read sys/policies/acl/*',
      });
    });
  });
}

describe('the locator of a policy', () => {
  it('is its name, which has no case', () => {
    expect(aclPolicy.id({ name: 'JIT-x' })).toBe('jit-x');
    expect(aclPolicy.fix({ name: 'jit-x' })).toBe('bao policy delete jit-x');
    expect(aclPolicy.ref.safeParse({ name: '../sys' }).success).toBe(false);
  });
});
