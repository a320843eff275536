import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/connector.ts';
import { leadKey } from '../../src/model/lead-key.ts';
import type { GrantRecord } from '../../src/model/grant.ts';
import { follow } from '../../src/plan/follow.ts';
import { plan } from '../../src/plan/plan.ts';
import { evidence } from '../judge/build.ts';
import { grant, planning } from './build.ts';

const credential = (over: Partial<GrantRecord['credentials'][number]>) =>
  grant({
    credentials: [{ id: 'c1', kind: 'vault/token', system: 'prod', ref: { accessor: 'a1' }, ...over }],
  });

describe('plan', () => {
  it('asks every deciding check at every point, with the accounts of that system', () => {
    const { targets, questions } = plan([grant()], planning);
    expect(targets).toMatchObject([
      { id: 'c1', origin: 'declared', identity: 'a1', asks: [{ point: 'a' }, { point: 'b' }] },
    ]);
    expect(questions.map((one) => [one.check.id, one.point])).toEqual([
      ['vault/lookup', 'a'],
      ['vault/lookup', 'b'],
    ]);
    expect(questions[0]).toMatchObject({
      accounts: ['entity-1'],
      about: 'a1',
      window: { from: '2026-11-22T07:58:00.000Z', to: planning.now },
    });
  });

  it('the window starts where the earliest instant is, less what clocks may differ', () => {
    const { questions } = plan([credential({ issuedAt: '2026-11-22T07:00:00Z' })], planning);
    expect(questions[0]?.window.from).toBe('2026-11-22T06:58:00.000Z');
  });

  it('law 13: a secret goes to its issuer by default, to a probe only when allowed, to nobody when never', () => {
    const held = credential({ secret: new Secret('env:TOMBSTONE_SUBJECT_X', 'x'), ref: {} });
    const asked = (secrets: 'never' | 'issuer' | 'everywhere') =>
      plan([held], { ...planning, policy: { ...planning.policy, secrets } }).questions;
    const ids = (secrets: 'never' | 'issuer' | 'everywhere') => [
      ...new Set(asked(secrets).map((one) => one.check.id)),
    ];
    expect(ids('never')).toEqual(['vault/lookup']);
    expect(ids('issuer')).toEqual(['vault/lookup', 'vault/introspect']);
    expect(ids('everywhere')).toEqual(['vault/lookup', 'vault/introspect', 'vault/probe']);
    // a lookup never gets to hold it
    expect(
      asked('everywhere').filter((one) => one.check.method === 'lookup' && one.secret !== undefined),
    ).toEqual([]);
    expect(asked('issuer').find((one) => one.check.id === 'vault/introspect')?.about).toContain(
      'TOMBSTONE_SUBJECT_X',
    );
  });

  const gaps: Record<string, [GrantRecord, string]> = {
    'a system that is not configured': [credential({ system: 'nowhere' }), 'R-SCOPE'],
    'a connector that is not installed': [credential({ kind: 'aws/access-key' }), 'R-SCOPE'],
    'a kind in a system of another connector': [credential({ system: 'db' }), 'R-SCOPE'],
    'a noun that the connector lacks': [credential({ kind: 'vault/nothing' }), 'R-SCOPE'],
    'a locator that the kind cannot read': [credential({ ref: { accessor: 7 } }), 'R-CHECK'],
  };
  for (const [name, [record, reason]] of Object.entries(gaps)) {
    it(`${name} is a target with a gap: ${reason}`, () => {
      const planned = plan([record], planning);
      expect(planned.targets[0]).toMatchObject({ asks: [], gap: { reason } });
      expect(planned.questions).toEqual([]);
    });
  }

  it('what --connector leaves out is unproven, not absent', () => {
    expect(plan([grant()], { ...planning, only: ['postgres'] }).targets[0]).toMatchObject({
      gap: { reason: 'R-SCOPE' },
    });
  });

  it('a placement is a copy of its credential', () => {
    const placements = [{ credential: 'c1', kind: 'vault/token', system: 'prod', ref: {} }];
    expect(plan([grant({ placements })], planning).targets[1]).toMatchObject({
      origin: 'copy',
      derivedFrom: 'c1',
    });
  });
});

describe('follow', () => {
  const found = (accessor: string, over = {}) => ({
    kind: 'vault/token',
    ref: { accessor },
    relation: 'made',
    ...over,
  });
  const saw = (parent: string, ...leads: ReturnType<typeof found>[]) =>
    evidence({ saw: 'present', state: 'active', revivedBy: 'others', value: '', leads }, { target: parent });
  const start = () => plan([grant()], planning).targets;
  const go = (targets: ReturnType<typeof start>, ...given: ReturnType<typeof saw>[]) =>
    follow(targets, given, [grant()], planning);

  it('a lead becomes a target with its questions, once', () => {
    const first = go(
      start(),
      saw('c1', found('a2'), found('a2'), found('a3', { bornAt: '2026-11-22T08:30:00Z' })),
    );
    expect(first.targets.map((one) => [one.id, one.origin, one.derivedFrom])).toEqual([
      ['c1', 'declared', undefined],
      ['c1/made-1', 'derived', 'c1'],
      ['c1/made-2', 'window-born', 'c1'],
    ]);
    expect(first.questions).toHaveLength(4);
    expect(go(first.targets, saw('c1', found('a2'))).questions).toEqual([]);
  });

  it('a lead to a declared target is that target, and a cycle ends', () => {
    const first = go(start(), saw('c1', found('a1')));
    expect(first.targets).toHaveLength(1);
    expect(first.targets[0]?.leads).toEqual([leadKey(found('a1'), 'prod')]);
    expect(first.questions).toEqual([]);
  });

  it('what cannot be followed is a target with a gap', () => {
    const far = go(
      start(),
      saw('c1', found('x', { system: 'nowhere' }), { ...found('y'), kind: 'aws/role' }),
    );
    expect(far.targets.slice(1)).toMatchObject([
      { gap: { reason: 'R-SCOPE' } },
      { gap: { reason: 'R-SCOPE' } },
    ]);
  });

  it('law 5: past its depth and past its number a lead is R-DEPTH, never dropped', () => {
    let targets = start();
    let parent = 'c1';
    for (let hop = 0; hop < 6; hop += 1) {
      targets = [...go(targets, saw(parent, found(`deep-${hop}`))).targets];
      parent = targets.at(-1)?.id ?? '';
    }
    expect(targets).toHaveLength(7);
    expect(targets.map((one) => one.gap?.reason).slice(4)).toEqual([undefined, 'R-DEPTH', 'R-DEPTH']);
    const many = go(start(), saw('c1', ...Array.from({ length: 1_005 }, (_, index) => found(`m${index}`))));
    expect(many.targets).toHaveLength(1_006);
    expect(many.targets.filter((one) => one.gap?.reason === 'R-DEPTH')).toHaveLength(5);
  });
});
