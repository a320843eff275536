import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { capture } from '../src/capture.ts';
import type { Baseline } from '../src/model/baseline.ts';
import type { Configuration } from '../src/model/config.ts';
import type { GrantRecord } from '../src/model/grant.ts';
import { look as lookOf, standingDigest } from '../src/look.ts';
import { Secret } from '../src/model/secret.ts';
import { mint } from '../src/observe/control.ts';
import type { ContractWorld } from '../src/testing.ts';
import { verify } from '../src/verify.ts';
import { dossier } from './judge/build.ts';
import { toyWorld } from './contract/toy.fake.ts';
import { toy } from './contract/toy.ts';
import type { AnyConnector } from '../src/connector.ts';

const connector = toy as AnyConnector;
const connectors = {
  get: (id: string) => (id === 'toy' ? connector : undefined),
  origin: () => 'builtin',
  all: [connector],
};
const limits = { requestsPerSecond: 100_000, concurrency: 8, timeoutMs: 5_000 };
const hour = 3_600_000;

let world: ContractWorld & { readonly ids: Set<string> };
beforeEach(async () => {
  world = await toyWorld();
});
afterEach(() => world.stop());

function configuration({ host, port } = world.address): Configuration {
  const token = new Secret('env:TOY', world.configuration(world.address).environment['TOY']);
  const config = { address: `http://${host}:${port}`, token };
  return {
    file: 'tombstone.yaml',
    directory: '/',
    connectors: [],
    policy: dossier().policy,
    systems: new Map([['prod', { name: 'prod', connector: 'toy', config, limits }]]),
  };
}

function grant(): GrantRecord {
  const at = (ms: number) => new Date(Date.now() + ms).toISOString();
  return {
    apiVersion: 'tombstone/v1',
    kind: 'AccessGrant',
    metadata: { id: 'g1', labels: {} },
    subject: { kind: 'agent', id: 'bot', accounts: [] },
    approvals: [],
    validity: { from: at(-2 * hour), until: at(hour) },
    revocation: { at: at(-hour) },
    systems: [{ system: 'prod', required: true }],
    credentials: [{ id: 'c1', kind: 'toy/key', system: 'prod', ref: { id: 'k-given' } }],
    entitlements: [],
    placements: [],
    source: { file: 'g.yaml', directory: '/' },
  };
}

async function look(baseline?: Baseline) {
  const baselines = new Map(baseline === undefined ? [] : [['g1', baseline]]);
  const run = await verify({ grants: [grant()], configuration: configuration(), connectors, baselines });
  const findings = run.report.grants[0]?.findings ?? [];
  return {
    ...run,
    verdicts: Object.fromEntries(
      findings.map(({ target, verdict }) => [
        target.id,
        verdict.verdict === 'gone' ? 'gone' : `${verdict.verdict} ${verdict.reason}`,
      ]),
    ),
  };
}

describe('a look at a whole system', () => {
  it('that finds nothing is complete, and says what it saw and why that is excused', async () => {
    world.ids.add('other1').add('other2');
    const { verdicts, report } = await look();
    expect(verdicts).toEqual({ c1: 'gone', 'hunt:prod': 'gone' });
    expect(report.exitCode).toBe(0);
    expect(report.grants[0]?.coverage).toEqual([
      {
        system: 'prod',
        looked: ['the targets of the record', 'whatever was born in the window'],
        notLooked: [],
        assumed: [],
        excused: { 'of others': 3 },
      },
    ]);
  });

  it('makes targets of what it finds, and they carry the verdict', async () => {
    world.ids.add('k-born');
    const { verdicts, report } = await look();
    expect(verdicts).toEqual({
      c1: 'gone',
      'hunt:prod': 'gone',
      'hunt:prod/was-born-in-the-window-1': 'live R-LISTED',
    });
    const found = report.grants[0]?.findings[0]?.target;
    expect(found).toMatchObject({ origin: 'window-born', identity: 'k-born' });
    expect(found).not.toHaveProperty('derivedFrom');
  });

  it('does not find the targets of the record again', async () => {
    world.ids.add('k-given');
    expect((await look()).verdicts).toEqual({ c1: 'live R-LISTED', 'hunt:prod': 'gone' });
  });

  it('that nothing explains is unproven, and names it', async () => {
    world.ids.add('x1').add('x2');
    const { verdicts, report } = await look();
    expect(verdicts).toEqual({ c1: 'gone', 'hunt:prod': 'unproven R-ORIGIN' });
    expect(report.grants[0]?.findings[0]?.verdict).toMatchObject({
      detail: 'key x1, key x2: nothing says whose',
      needs: expect.stringContaining('tombstone capture') as string,
    });
    expect(report.exitCode).toBe(3);
  });

  it('that may not look is unproven', async () => {
    const restore = await world.blind(['keys.list']);
    expect((await look()).verdicts).toMatchObject({ 'hunt:prod': 'unproven R-PERM' });
    await restore();
  });
});

describe('a baseline', () => {
  const taken = () => capture({ accounts: [], configuration: configuration(), connectors });

  it('excuses what stood before the grant, and nothing that came later', async () => {
    world.ids.add('x1').add('k-old');
    const { baseline, missed } = await taken();
    expect(missed).toEqual([]);
    expect(baseline.entries.map((one) => one.id)).toEqual(['k-old', 'x1']);
    const clean = await look(baseline);
    expect(clean.verdicts).toEqual({ c1: 'gone', 'hunt:prod': 'gone' });
    expect(clean.report.grants[0]?.coverage[0]?.excused).toMatchObject({ 'stood before the grant': 2 });
    world.ids.add('x2').add('k-new');
    expect((await look(baseline)).verdicts).toEqual({
      c1: 'gone',
      'hunt:prod': 'unproven R-ORIGIN',
      'hunt:prod/was-born-in-the-window-1': 'live R-LISTED',
    });
  });

  it('excuses nothing that changed, nor anything in another instance or system', async () => {
    world.ids.add('x1');
    const { baseline } = await taken();
    const changed = baseline.entries.map((one) => ({ ...one, digest: '0'.repeat(64) }));
    const elsewhere = baseline.entries.map((one) => ({ ...one, system: 'other' }));
    for (const other of [
      { ...baseline, entries: changed },
      { ...baseline, entries: elsewhere },
      { ...baseline, instances: { prod: 'toy-2' } },
      { ...baseline, instances: {} },
    ]) {
      expect((await look(other)).verdicts).toMatchObject({ 'hunt:prod': 'unproven R-ORIGIN' });
    }
  });

  it('with a gap is said', async () => {
    const restore = await world.blind(['keys.list']);
    expect((await taken()).missed).toMatchObject([{ failure: { reason: 'R-PERM' } }]);
    await restore();
  });
});

describe('a point that nobody asks', () => {
  const stamp = {
    system: 'prod',
    instance: 'toy-1',
    point: 'direct',
    principal: 'v',
    source: 'toy/points',
    scope: '',
    epoch: 1,
    at: '2026-01-01T00:00:00Z',
    exchanges: [],
  };
  const found = {
    kind: 'toy/point',
    ref: {},
    id: 'p1',
    label: 'p1',
    standing: 'streams',
    relation: 'leads to',
  };
  const target = (standing: string) => ({
    id: 't',
    ref: { accounts: [], targets: [] },
    system: 'prod',
    accounts: [],
    baseline: {
      capturedAt: stamp.at,
      instances: { prod: 'toy-1' },
      entries: [{ system: 'prod', kind: 'toy/point', id: 'p1', digest: standingDigest(standing) }],
    },
  });
  const seenBy = async (at: 'points' | 'hunt') => {
    const check = lookOf({
      id: `toy/${at}`,
      look: at,
      title: 'Is there another one?',
      needs: ['none'],
      docs: 'https://example.com/points',
      effects: [],
      observe: () =>
        Promise.resolve({
          found: [found],
          excused: {},
          controls: [mint({ form: 'sighting', when: 'within', chosen: 'own', of: 'x', stamp })],
        }),
    });
    const captured: string[] = [];
    const ctx = {
      window: { from: stamp.at, to: stamp.at },
      read: () => Promise.reject(new Error('nothing is read')),
      walk: () => Promise.reject(new Error('nothing is read')),
    };
    const keep = (all: readonly { readonly id: string }[]) => captured.push(...all.map(({ id }) => id));
    const seen = await check.observe({ ...target('streams'), captured: keep }, ctx);
    return { saw: seen.saw, captured };
  };

  it('is not excused by having stood before the grant, and not captured', async () => {
    expect(await seenBy('hunt')).toEqual({ saw: 'absent', captured: ['p1'] });
    expect(await seenBy('points')).toEqual({ saw: 'present', captured: [] });
  });
});
