import { describe, expect, it } from 'vitest';
import type { AnyConnector } from '../../src/connector.ts';
import { look } from '../../src/connector.ts';
import type { LookAt } from '../../src/connector.ts';
import { inconclusive } from '../../src/model/observation.ts';
import { lookAround } from '../../src/plan/look-around.ts';
import { plan } from '../../src/plan/plan.ts';
import type { Planning } from '../../src/plan/target.ts';
import { grant, planning as plain, vault } from './build.ts';

const looking = (at: LookAt) =>
  look<unknown>({
    id: `vault/${at}-of-everything`,
    title: 'Anything else?',
    look: at,
    needs: ['list'],
    docs: 'https://vault.test/',
    effects: [],
    observe: () => Promise.resolve(inconclusive('R-NOAPI', 'nobody asks here')),
  });

const withConnector = (over: Partial<AnyConnector>): Planning => ({
  ...plain,
  connector: (id) => (id === 'vault' ? { connector: { ...vault, ...over }, origin: 'builtin' } : undefined),
});
const offering = (...looks: readonly LookAt[]) =>
  withConnector({ checks: [...vault.checks, ...looks.map(looking)], without: {} });

const around = (record: ReturnType<typeof grant>, planning: Planning) =>
  lookAround(plan([record], planning).targets, [record], planning);

describe('every look at every system of a grant is a target', () => {
  it('with the accounts and the targets of the grant there, asked at every point', () => {
    const record = grant({
      subject: { kind: 'agent', id: 'bot', accounts: [{ system: 'prod', id: 'entity-1' }] },
    });
    const { targets, questions } = around(record, offering('sweep', 'hunt'));
    const looks = targets.filter((one) => one.origin === 'coverage');
    expect(looks.map((one) => [one.id, one.kind])).toEqual([
      ['sweep:prod', 'vault/sweep'],
      ['hunt:prod', 'vault/hunt'],
    ]);
    expect(looks[0]?.ref).toEqual({
      accounts: ['entity-1'],
      targets: [{ kind: 'vault/token', ref: { accessor: 'a1' }, id: 'a1' }],
    });
    expect(questions.map((one) => [one.check.id, one.point])).toEqual([
      ['vault/sweep-of-everything', 'a'],
      ['vault/sweep-of-everything', 'b'],
      ['vault/hunt-of-everything', 'a'],
      ['vault/hunt-of-everything', 'b'],
    ]);
  });

  it('with the system that a target was derived from, where that is another', () => {
    const [first] = grant().credentials;
    if (first === undefined) throw new Error('no credential');
    const record = grant({
      systems: ['prod', 'broker'].map((system) => ({ system, required: true })),
      credentials: [
        { ...first, id: 'lent', system: 'broker', ref: { accessor: 'b1' } },
        { ...first, id: 'made', ref: { accessor: 'a1' }, derivedFrom: 'lent' },
        { ...first, id: 'child', ref: { accessor: 'a2' }, derivedFrom: 'made' },
      ],
    });
    const { targets } = around(record, offering('hunt'));
    expect(targets.find((one) => one.id === 'hunt:prod')?.ref).toEqual({
      accounts: ['entity-1'],
      targets: [
        { kind: 'vault/token', ref: { accessor: 'a1' }, id: 'a1', issuedBy: 'broker' },
        { kind: 'vault/token', ref: { accessor: 'a2' }, id: 'a2' },
      ],
    });
  });

  it('the window of a hunt begins with the earliest credential', () => {
    const [first] = grant().credentials;
    if (first === undefined) throw new Error('no credential');
    const early = { ...first, id: 'early', issuedAt: '2026-11-22T07:00:00Z' };
    const { questions } = around(grant({ credentials: [first, early] }), offering('hunt', 'sweep'));
    expect(questions[0]?.window.from).toBe('2026-11-22T06:58:00.000Z');
  });

  it('a look that is not offered is unproven, unless the connector says why nothing can be found', () => {
    const ids = (without: AnyConnector['without']) =>
      around(grant(), withConnector(without === undefined ? {} : { without }))
        .targets.filter((one) => one.origin === 'coverage')
        .map((one) => [one.id, one.gap?.reason]);
    expect(ids({})).toEqual([
      ['sweep:prod', 'R-NOAPI'],
      ['hunt:prod', 'R-NOAPI'],
    ]);
    expect(ids({ hunt: 'a token makes nothing' })).toEqual([['sweep:prod', 'R-NOAPI']]);
    expect(ids({ sweep: 'no accounts', hunt: 'a token makes nothing' })).toEqual([]);
  });

  it('a touched system without any target, and without a look, is unproven', () => {
    const record = grant({
      systems: [
        { system: 'prod', required: true },
        { system: 'db', required: false },
        { system: 'nowhere', required: true },
      ],
    });
    const gaps = around(record, plain).targets.filter((one) => one.origin === 'coverage');
    expect(gaps.map((one) => [one.id, one.required, one.gap?.reason])).toEqual([
      ['coverage:db', false, 'R-SCOPE'],
      ['coverage:nowhere', true, 'R-SCOPE'],
    ]);
  });

  it('what --connector leaves out is said once', () => {
    const record = grant({ credentials: [] });
    const gaps = around(record, { ...offering('sweep', 'hunt'), only: ['postgres'] }).targets;
    expect(gaps.map((one) => [one.id, one.gap?.detail])).toEqual([
      ['coverage:prod', 'left out by --connector'],
    ]);
  });

  it('points that a check does not ask are not asked', () => {
    const [first] = vault.checks;
    const only = { ...first, at: (point: string) => point === 'a' };
    const planned = plan([grant()], withConnector({ checks: [only] }));
    expect(planned.questions.map((one) => one.point)).toEqual(['a']);
    expect(planned.targets[0]?.asks.map((one) => one.point)).toEqual(['a']);
  });
});
