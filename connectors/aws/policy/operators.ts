import { instantMs } from '../../../src/connector.ts';
import { inNetwork } from './network.ts';
import { arnLike, glob, plain } from './pattern.ts';
import { truth, unknown, type Truth } from './truth.ts';

/** Compares one value of the policy with one of the request. Of a negated operator the positive question is asked. */
export interface Operator {
  readonly name: OperatorName;
  readonly negated: boolean;
  /** May the policy's value hold variables? */
  readonly variables: boolean;
  compare(wanted: string, had: string): Truth;
}

export type OperatorName =
  | `String${'' | 'Not'}Equals${'' | 'IgnoreCase'}`
  | `String${'' | 'Not'}Like`
  | `Arn${'' | 'Not'}${'Equals' | 'Like'}`
  | `${'Numeric' | 'Date'}${'Equals' | 'NotEquals' | 'LessThan' | 'LessThanEquals' | 'GreaterThan' | 'GreaterThanEquals'}`
  | 'Bool'
  | 'BinaryEquals'
  | 'IpAddress'
  | 'NotIpAddress';

const exact = (wanted: string, had: string) => truth(plain(wanted) === had);
const folded = (wanted: string, had: string) => truth(plain(wanted).toLowerCase() === had.toLowerCase());
const like = (wanted: string, had: string) => truth(glob(wanted, had));
const arn = (wanted: string, had: string) =>
  had.startsWith('arn:') && plain(wanted).startsWith('arn:')
    ? truth(arnLike(wanted, had))
    : unknown(`an ARN (${plain(wanted)}, ${had})`);

type Order = (wanted: number, had: number) => boolean;
type Read = (text: string) => number | undefined;

const ordered =
  (read: Read, order: Order) =>
  (wanted: string, had: string): Truth => {
    const [left, right] = [read(wanted), read(had)];
    if (left === undefined || right === undefined) return unknown(`a value (${wanted}, ${had})`);
    return truth(order(left, right));
  };

const number: Read = (text) => (/^[+-]?\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined);

/** RFC 3339, a day in UTC, or seconds since the epoch. Four digits could be a year, and are not guessed at. */
export const date: Read = (text) => {
  if (/^\d{5,11}$/.test(text)) return Number(text) * 1_000;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return instantMs(`${text}T00:00:00Z`);
  return instantMs(/T\d{2}:\d{2}(?:Z|[+-])/.test(text) ? text.replace(/(T\d{2}:\d{2})/, '$1:00') : text);
};

const bool = (wanted: string, had: string): Truth =>
  /^(?:true|false)$/i.test(wanted) && /^(?:true|false)$/i.test(had)
    ? truth(wanted.toLowerCase() === had.toLowerCase())
    : unknown(`a value (${wanted}, ${had})`);

const address = (wanted: string, had: string): Truth => {
  const inside = inNetwork(wanted, had);
  return inside === undefined ? unknown(`an address (${wanted}, ${had})`) : truth(inside);
};

const orders: ReadonlyMap<
  'Equals' | 'LessThan' | 'LessThanEquals' | 'GreaterThan' | 'GreaterThanEquals',
  Order
> = new Map([
  ['Equals', (wanted, had) => had === wanted],
  ['LessThan', (wanted, had) => had < wanted],
  ['LessThanEquals', (wanted, had) => had <= wanted],
  ['GreaterThan', (wanted, had) => had > wanted],
  ['GreaterThanEquals', (wanted, had) => had >= wanted],
]);

const operator = (
  name: OperatorName,
  compare: Operator['compare'],
  { negated = false, variables = false } = {},
): Operator => ({ name, negated, variables, compare });

const both = { negated: true, variables: true };
const text = { variables: true };

export const operators: readonly Operator[] = [
  operator('StringEquals', exact, text),
  operator('StringNotEquals', exact, both),
  operator('StringEqualsIgnoreCase', folded, text),
  operator('StringNotEqualsIgnoreCase', folded, both),
  operator('StringLike', like, text),
  operator('StringNotLike', like, both),
  operator('ArnEquals', arn, text),
  operator('ArnLike', arn, text),
  operator('ArnNotEquals', arn, both),
  operator('ArnNotLike', arn, both),
  ...[...orders].flatMap(([order, holds]) => [
    operator(`Numeric${order}`, ordered(number, holds)),
    operator(`Date${order}`, ordered(date, holds)),
  ]),
  operator(
    'NumericNotEquals',
    ordered(number, (wanted, had) => had === wanted),
    { negated: true },
  ),
  operator(
    'DateNotEquals',
    ordered(date, (wanted, had) => had === wanted),
    { negated: true },
  ),
  operator('Bool', bool),
  operator('BinaryEquals', exact),
  operator('IpAddress', address),
  operator('NotIpAddress', address, { negated: true }),
];
