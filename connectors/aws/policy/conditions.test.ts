import { expect, test } from 'vitest';
import { conditionsHold } from './condition.ts';
import { readConditions } from './condition-block.ts';
import { contextOf } from './context.ts';
import type { Truth } from './truth.ts';

type Facts = Parameters<typeof contextOf>[0];

function holds(condition: object, facts: Facts): Truth | { readonly flaw: string } {
  const read = readConditions(condition);
  if ('flaw' in read) return read;
  return conditionsHold(read, true, contextOf(facts));
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
const table: readonly (readonly [object, Facts, 'yes' | 'no' | string[]])[] = [
  [{ StringEquals: { k: ['a', 'b'] } }, { k: 'b' }, 'yes'],
  [{ StringEquals: { k: 'a' } }, { k: 'A' }, 'no'],
  [{ StringEquals: { k: 'a*' } }, { k: 'ab' }, 'no'],
  [{ StringEquals: { k: 'a${*}' } }, { k: 'a*' }, 'yes'],
  [{ StringEqualsIgnoreCase: { K: 'a' } }, { k: 'A' }, 'yes'],
  [{ StringNotEquals: { k: ['a', 'b'] } }, { k: 'c' }, 'yes'],
  [{ StringNotEquals: { k: ['a', 'b'] } }, { k: 'b' }, 'no'],
  [{ StringNotEqualsIgnoreCase: { k: 'a' } }, { k: 'A' }, 'no'],
  [{ StringLike: { k: 'a*c?' } }, { k: 'abbcd' }, 'yes'],
  [{ StringLike: { k: 'a${*}' } }, { k: 'ab' }, 'no'],
  [{ StringNotLike: { k: 'a*' } }, { k: 'ab' }, 'no'],
  [{ NumericLessThan: { k: 10 } }, { k: '9' }, 'yes'],
  [{ NumericLessThan: { k: '10' } }, { k: '10' }, 'no'],
  [{ NumericLessThanEquals: { k: '10' } }, { k: '10' }, 'yes'],
  [{ NumericGreaterThan: { k: '10' } }, { k: '9' }, 'no'],
  [{ NumericGreaterThanEquals: { k: '10' } }, { k: '10.0' }, 'yes'],
  [{ NumericEquals: { k: '10' } }, { k: '10.0' }, 'yes'],
  [{ NumericNotEquals: { k: '10' } }, { k: '10.0' }, 'no'],
  [{ NumericEquals: { k: 'ten' } }, { k: '10' }, ['a value (ten, 10)']],
  [{ DateLessThan: { k: '2026-11-23T10:00:00Z' } }, { k: '2026-11-23T09:59:59Z' }, 'yes'],
  [{ DateLessThan: { k: '2026-11-23T10:00:00Z' } }, { k: '2026-11-23T11:59:59+02:00' }, 'yes'],
  [{ DateLessThan: { k: '2026-11-23' } }, { k: '2026-11-23T00:00:00Z' }, 'no'],
  [{ DateLessThanEquals: { k: '2026-11-23T10:00Z' } }, { k: '2026-11-23T10:00:00.000Z' }, 'yes'],
  [{ DateGreaterThan: { k: '1764000000' } }, { k: '2026-11-23T10:00:00Z' }, 'yes'],
  [{ DateGreaterThanEquals: { k: '2026-11-23T10:00:00Z' } }, { k: '2026-11-23T09:00:00Z' }, 'no'],
  [{ DateEquals: { k: '2026' } }, { k: '2026-01-01T00:00:00Z' }, ['a value (2026, 2026-01-01T00:00:00Z)']],
  [{ DateNotEquals: { k: '2026-01-01' } }, { k: '2026-01-01T00:00:00Z' }, 'no'],
  [{ Bool: { k: true } }, { k: 'True' }, 'yes'],
  [{ Bool: { k: 'false' } }, { k: 'true' }, 'no'],
  [{ BinaryEquals: { k: 'QmluYXJ5' } }, { k: 'QmluYXJ5' }, 'yes'],
  [{ IpAddress: { k: '203.0.113.0/24' } }, { k: '203.0.113.9' }, 'yes'],
  [{ IpAddress: { k: '203.0.113.0/24' } }, { k: '203.0.114.9' }, 'no'],
  [{ IpAddress: { k: '203.0.113.9' } }, { k: '203.0.113.9' }, 'yes'],
  [{ IpAddress: { k: '0.0.0.0/0' } }, { k: '2001:db8::1' }, 'no'],
  [{ IpAddress: { k: '2001:db8::/32' } }, { k: '2001:DB8:1::9' }, 'yes'],
  [{ NotIpAddress: { k: ['10.0.0.0/8', '192.168.0.0/16'] } }, { k: '192.168.7.7' }, 'no'],
  [{ NotIpAddress: { k: '10.0.0.0/33' } }, { k: '9.9.9.9' }, ['an address (10.0.0.0/33, 9.9.9.9)']],
  [{ ArnLike: { k: 'arn:aws:iam::*:role/*' } }, { k: 'arn:aws:iam::111122223333:role/a/b' }, 'yes'],
  [{ ArnEquals: { k: 'arn:aws:iam::*:role/x' } }, { k: 'arn:aws:iam::111122223333:role/x' }, 'yes'],
  [{ ArnLike: { k: 'arn:aws:iam:*role/x' } }, { k: 'arn:aws:iam::111122223333:role/x' }, 'no'],
  [{ ArnNotLike: { k: 'arn:aws:iam::*:role/x' } }, { k: 'arn:aws:iam::111122223333:role/x' }, 'no'],
  [{ ArnNotEquals: { k: 'arn:aws:iam::1:role/x' } }, { k: 'arn:aws:iam::1:role/y' }, 'yes'],
  [{ ArnLike: { k: 'role/x' } }, { k: 'arn:aws:iam::1:role/x' }, ['an ARN (role/x, arn:aws:iam::1:role/x)']],
  // absent
  [{ Null: { k: 'true' } }, { k: null }, 'yes'],
  [{ Null: { k: 'true' } }, { k: 'x' }, 'no'],
  [{ Null: { k: false } }, { k: 'x' }, 'yes'],
  [{ StringEquals: { k: 'a' } }, { k: null }, 'no'],
  [{ StringEqualsIfExists: { k: 'a' } }, { k: null }, 'yes'],
  [{ StringEqualsIfExists: { k: 'a' } }, { k: 'b' }, 'no'],
  [{ StringNotLike: { k: 'a' } }, { k: null }, 'yes'],
  [{ NotIpAddress: { k: '10.0.0.0/8' } }, { k: null }, 'yes'],
  [{ DateLessThan: { k: '2026-01-01' } }, { k: null }, 'no'],
  // not known
  [{ StringEquals: { k: 'a' } }, {}, ['k']],
  [{ StringEqualsIfExists: { k: 'a' } }, {}, ['k']],
  [{ Null: { k: 'true' } }, {}, ['k']],
  [{ 'ForAllValues:StringEquals': { k: 'a' } }, {}, ['k']],
  [{ StringEquals: { k: 'a', l: 'b' } }, { l: 'c' }, 'no'],
  [{ StringEquals: { k: 'a', l: 'b' } }, {}, ['k', 'l']],
  [{ StringEquals: { k: '${l}' } }, { k: 'a' }, ['l']],
  [{ StringEquals: { k: ['${l}', 'a'] } }, { k: 'a' }, 'yes'],
  // variables
  [{ StringEquals: { k: '${l}' } }, { k: 'a', l: 'a' }, 'yes'],
  [{ StringLike: { k: '${l}/*' } }, { k: '*/x', l: '*' }, 'yes'],
  [{ StringLike: { k: '${l}/*' } }, { k: 'b/x', l: '*' }, 'no'],
  [{ StringNotEquals: { k: '${l}' } }, { k: 'a', l: null }, ['l']],
  // several values
  [{ 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'b'] }, 'yes'],
  [{ 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'c'] }, 'no'],
  [{ 'ForAllValues:StringEquals': { k: 'a' } }, { k: null }, 'yes'],
  [{ 'ForAllValues:StringNotEquals': { k: 'a' } }, { k: ['b', 'a'] }, 'no'],
  [{ 'ForAnyValue:StringEquals': { k: 'a' } }, { k: ['b', 'a'] }, 'yes'],
  [{ 'ForAnyValue:StringEquals': { k: 'a' } }, { k: null }, 'no'],
  [{ 'ForAnyValue:StringNotEquals': { k: 'a' } }, { k: ['a', 'b'] }, 'yes'],
  [{ 'ForAnyValue:StringNotEquals': { k: 'a' } }, { k: null }, 'no'],
  [{ 'ForAnyValue:StringLikeIfExists': { k: 'a*' } }, { k: null }, ['k']],
  [{ StringEquals: { k: 'a' } }, { k: ['a', 'b'] }, ['k']],
];

for (const [condition, facts, expected] of table) {
  test(`${JSON.stringify(condition)} on ${JSON.stringify(facts)}`, () => {
    expect(holds(condition, facts)).toEqual(Array.isArray(expected) ? { unknown: expected } : expected);
  });
}

test('what is no operator is said', () => {
  expect(holds({ StringMatches: { k: 'a' } }, {})).toEqual({
    flaw: 'an unknown condition operator StringMatches',
  });
  expect(holds({ NullIfExists: { k: 'true' } }, {})).toEqual({
    flaw: 'an unknown condition operator NullIfExists',
  });
  expect(holds({ StringEquals: { k: [] } }, {})).toEqual({
    flaw: 'Condition StringEquals k has no value, or one of another type',
  });
  expect(holds({ StringEquals: { k: [{}] } }, {})).toEqual({
    flaw: 'Condition StringEquals k has no value, or one of another type',
  });
});
