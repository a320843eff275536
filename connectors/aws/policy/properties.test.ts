import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contextOf } from './context.ts';
import { evaluate, type Decision } from './evaluate.ts';
import type { Request } from './statement.ts';
import {
  facts,
  keys,
  policies,
  request,
  statement,
  world,
  type Drawn,
  type World,
} from './worlds.fixture.ts';

const some = fc.constantFrom;

const hidden = fc.subarray(Object.keys(keys));

const openness = ({ outcome }: Decision) => (outcome === 'allowed' ? 2 : outcome === 'unknown' ? 1 : 0);
const runs = { numRuns: 3_000 };

function whole(
  of: Omit<Request, 'context'>,
  known: Record<string, string | null>,
  without: readonly string[],
): Request {
  return {
    ...of,
    context: contextOf(Object.fromEntries(Object.entries(known).filter(([key]) => !without.includes(key)))),
  };
}

const places = ['identity', 'boundary', 'session', 'resource', 'scps'] as const;

/** The same world with one more statement in one of its places, where it has that place. */
function added(to: World, place: (typeof places)[number], one: Drawn): World | undefined {
  switch (place) {
    case 'identity':
      return { ...to, identity: [...to.identity, [one]] };
    case 'boundary':
      return to.boundary && { ...to, boundary: [...to.boundary, one] };
    case 'session':
      return to.session && { ...to, session: [...to.session, [one]] };
    case 'resource':
      return to.resource && { ...to, resource: [...to.resource, one] };
    case 'scps':
      return to.scps[0] && { ...to, scps: [[...to.scps[0], [one]], ...to.scps.slice(1)] };
  }
}

for (const effect of ['Deny', 'Allow'] as const) {
  test(effect === 'Deny' ? 'an added deny never opens' : 'an added allow never closes', () => {
    fc.assert(
      fc.property(
        world,
        request,
        facts,
        hidden,
        some(...places),
        statement,
        (of, asks, known, without, place, one) => {
          const more = added(of, place, { ...one, effect });
          fc.pre(more !== undefined);
          const asked = whole(asks, known, without);
          const [before, after] = [evaluate(asked, policies(of)), evaluate(asked, policies(more))].map(
            openness,
          );
          if (effect === 'Deny') expect(after).toBeLessThanOrEqual(before ?? Number.NaN);
          else expect(after).toBeGreaterThanOrEqual(before ?? Number.NaN);
        },
      ),
      runs,
    );
  });
}

test('order never matters', () => {
  fc.assert(
    fc.property(world, request, facts, hidden, (of, asks, known, without) => {
      const asked = whole(asks, known, without);
      const turned: World = {
        ...of,
        identity: of.identity.map((one) => one.toReversed()).toReversed(),
        boundary: of.boundary?.toReversed(),
        session: of.session?.toReversed(),
        resource: of.resource?.toReversed(),
        scps: of.scps.map((level) => level.toReversed()).toReversed(),
      };
      const [one, two] = [evaluate(asked, policies(of)), evaluate(asked, policies(turned))];
      expect(two.outcome).toBe(one.outcome);
      expect(two.unknown.toSorted()).toEqual(one.unknown.toSorted());
    }),
    runs,
  );
});

test('what is said with less known is never contradicted by what is said with all known', () => {
  let [sure, unsure] = [0, 0];
  fc.assert(
    fc.property(world, request, facts, hidden, (of, asks, known, without) => {
      const less = evaluate(whole(asks, known, without), policies(of));
      const all = evaluate(whole(asks, known, []), policies(of));
      if (less.outcome === 'unknown') {
        unsure += 1;
        expect(less.unknown.length).toBeGreaterThan(0);
      } else {
        sure += 1;
        expect(openness(all)).toBe(openness(less));
      }
    }),
    runs,
  );
  // both happen, or the property says nothing
  expect(sure).toBeGreaterThan(100);
  expect(unsure).toBeGreaterThan(100);
});

test('with everything known, only what no page settles stays unknown', () => {
  fc.assert(
    fc.property(world, request, facts, (of, asks, known) => {
      const { outcome, unknown } = evaluate(whole(asks, known, []), policies(of));
      if (outcome !== 'unknown') return;
      expect(
        unknown.every(
          (one) => /^Principal "\*"|name of the role session$/.test(one) || one === 'aws:SourceIdentity',
        ),
      ).toBe(true);
      // a variable whose key is absent stands in a condition or a NotResource only
      if (unknown.includes('aws:SourceIdentity')) expect(known['aws:SourceIdentity']).toBe(null);
    }),
    runs,
  );
});
