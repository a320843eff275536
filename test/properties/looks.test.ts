import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyConnector } from '../../src/connector.ts';
import { verify } from '../../src/verify.ts';
import { clock, configuration, events, grantOf, lineageOf, netConnector, nets, openNet } from './net.ts';
import type { Event, Net, Thing } from './net.ts';

const runs = process.env['CI'] === 'true' ? 10_000 : 1_000;

interface Given {
  readonly things: readonly Thing[];
  readonly declared: readonly string[];
  readonly order: Net['order'];
}

async function ask({ things, declared, order }: Given, happening: readonly Event[]) {
  const net = openNet(things, { declared, order }, happening);
  const connector = netConnector(net) as AnyConnector;
  const connectors = { get: () => connector, origin: () => 'builtin', all: [connector] };
  const run = await verify({ grants: [grantOf(declared)], configuration, connectors, now: clock(net) });
  return { net, ...run };
}

/** What stands at the end and is the grant's, or may be: whatever a run says is gone must not be among it. */
function left(net: Net): readonly string[] {
  const ours = lineageOf(net);
  return [...net.things.values()]
    .filter((one) => one.alive && one.id !== 'verifier')
    .filter((one) => ours.has(one.id) || (one.owner === 'nobody' && one.inWindow))
    .map((one) => one.id);
}

describe('looks and leads, while the system moves', () => {
  it('law 1: whatever stands at the end is never called clean', async () => {
    await fc.assert(
      fc.asyncProperty(nets, events, async (given, happening) => {
        const { net, report } = await ask(given, happening);
        if (left(net).length > 0) {
          expect(report.exitCode, JSON.stringify(left(net))).not.toBe(0);
        }
      }),
      { numRuns: runs },
    );
  }, 600_000);

  it('law 2: where nothing moves, what is clean is called so, and what is not is named', async () => {
    await fc.assert(
      fc.asyncProperty(nets, async (given) => {
        const { net, report } = await ask(given, []);
        const standing = left(net);
        const findings = report.grants[0]?.findings ?? [];
        // a chain that is too long is followed to its limit, and said
        const deep = findings.some(({ verdict }) => 'reason' in verdict && verdict.reason === 'R-DEPTH');
        expect(deep && lineageOf(net).size <= 4, 'R-DEPTH').toBe(false);
        if (deep) {
          expect(report.exitCode).not.toBe(0);
          return;
        }
        expect(report.exitCode === 0, JSON.stringify(standing)).toBe(standing.length === 0);
        const live = findings.filter((one) => one.verdict.verdict === 'live');
        const unexplained = standing.filter((id) => {
          const ours = lineageOf(net).has(id);
          return !ours && net.things.get(id)?.owner === 'nobody';
        });
        const named = [...live.map((one) => one.target.identity), ...unexplained];
        expect(new Set(named)).toEqual(new Set(standing));
      }),
      { numRuns: runs },
    );
  }, 600_000);

  it('law 5: circles end, and each thing is a target once', async () => {
    await fc.assert(
      fc.asyncProperty(nets, events, async (given, happening) => {
        const { report } = await ask(given, happening);
        const ids = (report.grants[0]?.findings ?? []).map((one) => one.target.identity);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: runs / 10 },
    );
  }, 600_000);

  it('law 2: a thing that ends between the look and the question about it is no doubt for ever', async () => {
    const ending: Thing = { id: 'a', owner: 'subject', inWindow: true, children: [], alive: true };
    const codes = new Set<number>();
    for (let at = 1; at <= 40; at += 1) {
      const { report } = await ask({ things: [ending], declared: ['b'], order: 'keyset' }, [
        { call: at, what: { ends: 'a' } },
      ]);
      const found = report.grants[0]?.findings.find((one) => one.target.identity === 'a');
      if (found?.verdict.verdict === 'gone') codes.add(report.exitCode);
    }
    expect([...codes]).toEqual([0]);
  });

  it('law 1: what is seen last is asked last: a thing that makes another and ends leaves it no place to hide', async () => {
    const maker: Thing = { id: 'a', owner: 'subject', inWindow: true, children: [], alive: true };
    for (const order of ['offset', 'keyset', 'snapshot'] as const) {
      for (let at = 1; at <= 30; at += 1) {
        const making = [{ call: at, what: { makes: 'x1', by: 'a' } }];
        const { net, report } = await ask({ things: [maker], declared: ['a'], order }, making);
        expect(net.calls < at || left(net).length > 0).toBe(true);
        expect(report.exitCode, `made before call ${at}, list by ${order}`).toBe(1);
      }
    }
  });
});
