import { expect, test } from 'vitest';
import { connectors } from '../connectors/index.ts';
import { kinds } from '../connectors/kinds.ts';
import { builtInKinds } from '../src/registry-kinds.ts';
import { builtIn, kindLookup } from '../src/registry.ts';

// Two lists, because reading a record takes the kinds alone. A connector that stands in one of them
// only would be asked about nothing, or be a stranger to `record check`.

test('the kinds of connectors/kinds.ts are those of connectors/index.ts', () => {
  expect([...kinds]).toEqual(connectors.flatMap((connector) => connector.kinds));
});

test.each(connectors.map(({ id }) => id))('%s is known alike with and without its connector', (id) => {
  const whole = kindLookup(builtIn());
  expect(builtInKinds.installed(id)).toBe(true);
  expect(builtInKinds.nouns(id)).toEqual(whole.nouns(id));
  for (const noun of whole.nouns(id)) {
    expect(builtInKinds.find(`${id}/${noun}`)).toBe(whole.find(`${id}/${noun}`));
  }
});

test('what is not installed is not known', () => {
  expect(builtInKinds.installed('vaul')).toBe(false);
  expect(builtInKinds.nouns('vaul')).toEqual([]);
  expect(builtInKinds.find('vault')).toBeUndefined();
});
