import { expect, test } from 'vitest';
import { connectors } from '../connectors/index.ts';
import { kinds } from '../connectors/kinds.ts';
import { kindsNamedIn } from '../src/registry-kinds.ts';
import { builtIn, kindLookup } from '../src/registry.ts';

// Two lists, because reading a record takes the kinds alone. A connector that stands in one of them
// only would be asked about nothing, or be a stranger to `record check`.

test('the kinds of connectors/kinds.ts are those of connectors/index.ts', async () => {
  expect(Object.keys(kinds)).toEqual(connectors.map(({ id }) => id));
  for (const { id, kinds: own } of connectors) expect((await kinds[id]?.())?.kinds).toBe(own);
});

test.each(connectors.map(({ id }) => id))('%s is known alike with and without its connector', async (id) => {
  const whole = kindLookup(builtIn());
  const alone = await kindsNamedIn([`kind: ${id}/anything`]);
  expect(alone.installed(id)).toBe(true);
  expect(alone.nouns(id)).toEqual(whole.nouns(id));
  for (const noun of whole.nouns(id)) {
    expect(alone.find(`${id}/${noun}`)).toBe(whole.find(`${id}/${noun}`));
  }
  // of the others nothing is loaded
  for (const other of connectors.filter((one) => one.id !== id))
    expect(alone.installed(other.id)).toBe(false);
});

test('what is not installed is not known', async () => {
  const named = await kindsNamedIn(['kind: vaul/token, kind: vault']);
  expect(named.installed('vaul')).toBe(false);
  expect(named.nouns('vaul')).toEqual([]);
  expect(named.find('vault')).toBeUndefined();
});
