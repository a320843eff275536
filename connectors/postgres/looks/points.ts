import { failed, inconclusive, look } from '../../../src/connector.ts';
import type { Check, Found, Scope } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { isVia } from '../config.ts';
import { readAllStats } from '../sources/sessions.ts';
import { readStreams, streams } from '../sources/streams.ts';
import type { Stream } from '../sources/streams.ts';
import { standby } from '../standby.ts';
import type { StandbyRef } from '../standby.ts';

export const points: Check<PostgresClient, Scope> = look({
  id: 'postgres/points',
  look: 'points',
  title: 'Does a standby follow that nobody asks?',
  needs: [readAllStats, ...readStreams],
  docs: 'https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW',
  effects: [],
  // a standby may have standbys of its own
  at: (point) => !isVia('pgbouncer')(point),
  async observe(_scope, ctx) {
    const list = await ctx.walk(streams, 'cluster');
    if (failed(list)) return list;
    const { items, controls } = list;
    const expected = items.find((one) => one.expected !== undefined)?.expected;
    const receives = items.find(({ does }) => does === 'receives');
    // only who is seen to receive under the name accounts for the stream of that name
    if (expected !== undefined && (receives?.as !== expected || receives.state !== 'streaming')) {
      return inconclusive(
        'R-SCOPE',
        `the standby ${expected} does not stream under that name: ${receives === undefined ? 'it receives no stream' : told(receives)}`,
        'its slot or its cluster_name as "name" of its endpoint',
      );
    }
    const sent = items.filter(({ does }) => does === 'sends');
    const accounted = new Map<string, Stream>();
    for (const one of sent) if (one.as !== undefined && !accounted.has(one.as)) accounted.set(one.as, one);
    const strange = sent.filter((one) => one.as === undefined || accounted.get(one.as) !== one);
    return {
      found: strange.map(asFound),
      excused: accounted.size === 0 ? {} : { 'a standby that is configured': accounted.size },
      controls,
    };
  },
});

function asFound(one: Stream): Found {
  const ref: StandbyRef = {
    name: one.slot ?? one.name ?? '(no name)',
    ...(one.address === null ? {} : { from: one.address }),
  };
  return {
    kind: standby.kind,
    ref,
    id: standby.id(ref) ?? ref.name,
    label: standby.label(ref),
    standing: told(one),
    relation: 'streams to',
  };
}

const told = ({ name, slot, state, address }: Stream): string =>
  [
    state ?? 'in an unknown state',
    name === null ? [] : `as ${name}`,
    slot === null ? [] : `over the slot ${slot}`,
    address === null ? [] : `with ${address}`,
  ]
    .flat()
    .join(' ');
