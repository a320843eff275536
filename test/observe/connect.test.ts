import { describe, expect, it } from 'vitest';
import { vault } from '../../connectors/vault/index.ts';
import type { AnyConnector } from '../../src/connector.ts';
import { createRedactor } from '../../src/door/redact.ts';
import { createTape } from '../../src/door/tape.ts';
import { connect } from '../../src/observe/connect.ts';

const identity = { instance: 'i1', principal: 'p1' };
const connector: AnyConnector = {
  ...vault,
  host: () => ({ protocol: 'http:', host: '127.0.0.1', port: 9, allowInsecure: false }),
  connect: () => ({}),
  close: () => Promise.resolve(),
  points: () => ['direct'],
  identify: () => Promise.resolve(identity),
  kinds: [{ ...vault.kinds[0] }],
  checks: [{ ...vault.checks[0], observe: () => Promise.reject(new Error('not asked')) }],
};
const limits = { requestsPerSecond: 1, concurrency: 1, timeoutMs: 100 };
const surroundings = { now: Date.now, tape: createTape(), redactor: createRedactor() };

describe('law 8: the right instance', () => {
  const met = (instance?: string) =>
    connect(
      { name: 'v', connector: 'vault', config: {}, limits, ...(instance === undefined ? {} : { instance }) },
      connector,
      'direct',
      surroundings,
    );
  it('the pinned one is met', async () => {
    expect(await met('i1').identify(new AbortController().signal)).toEqual(identity);
    expect(await met().identify(new AbortController().signal)).toEqual(identity);
    expect([met('i1').pinned, met().pinned]).toEqual([true, false]);
  });
  it('any other is R-INSTANCE, and both are named', async () => {
    const answer = await met('i2').identify(new AbortController().signal);
    expect(answer).toMatchObject({ saw: 'inconclusive', reason: 'R-INSTANCE' });
    expect(JSON.stringify(answer)).toMatch(/i1.*i2/);
  });
});
