/**
 * Condition operators.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */

type Test = (value: string, wanted: string) => boolean;

const numeric = (compare: (a: number, b: number) => boolean): Test => {
  return (value, wanted) => compare(Number(value), Number(wanted));
};

/** A date is written out, or as seconds since the epoch. */
const instantOf = (text: string) => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));
const dated = (compare: (a: number, b: number) => boolean): Test => {
  return (value, wanted) => compare(instantOf(value), instantOf(wanted));
};

function inside(address: string, range: string): boolean {
  const [base = '', bits = '32'] = range.split('/');
  const whole = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  return Math.floor(whole(address) / size) === Math.floor(whole(base) / size);
}

const same: Test = (value, wanted) => value === wanted;
const sameLetters: Test = (value, wanted) => value.toLowerCase() === wanted.toLowerCase();
const matches: Test = (value, wanted) => like(wanted, value);

const positive: Readonly<Record<string, Test>> = {
  StringEquals: same,
  StringEqualsIgnoreCase: sameLetters,
  StringLike: matches,
  ArnEquals: matches,
  ArnLike: matches,
  Bool: sameLetters,
  IpAddress: inside,
  NumericEquals: numeric((a, b) => a === b),
  NumericLessThan: numeric((a, b) => a < b),
  NumericLessThanEquals: numeric((a, b) => a <= b),
  NumericGreaterThan: numeric((a, b) => a > b),
  NumericGreaterThanEquals: numeric((a, b) => a >= b),
  DateEquals: dated((a, b) => a === b),
  DateLessThan: dated((a, b) => a < b),
  DateLessThanEquals: dated((a, b) => a <= b),
  DateGreaterThan: dated((a, b) => a > b),
  DateGreaterThanEquals: dated((a, b) => a >= b),
};

/** The operator that each of these is the opposite of. */
const negative: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NotIpAddress: 'IpAddress',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
};

interface Operator {
  readonly name: string;
  readonly set: 'ForAllValues' | 'ForAnyValue' | undefined;
  readonly ifExists: boolean;
}

function operatorOf(text: string): Operator {
  const [, set, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(text) ?? [];
  return {
    name,
    set: set === 'ForAllValues' || set === 'ForAnyValue' ? set : undefined,
    ifExists: ifExists !== undefined,
  };
}

export function knownOperator(text: string): boolean {
  const { name } = operatorOf(text);
  return name === 'Null' || positive[name] !== undefined || negative[name] !== undefined;
}

/** Whether a condition is met by what the request carries under its key. */
export function holds(
  text: string,
  carried: string | readonly string[] | undefined,
  wanted: readonly string[],
): boolean {
  const { name, set, ifExists } = operatorOf(text);
  if (name === 'Null') return wanted.includes(String(carried === undefined));
  const opposite = negative[name];
  const test = positive[opposite ?? name];
  if (test === undefined) return false;
  // a key that is not there meets every negated operator, and what asks only where it is there
  if (carried === undefined) return ifExists || opposite !== undefined || set === 'ForAllValues';
  const any = (value: string) => wanted.some((one) => test(value, one));
  const met = (value: string) => any(value) === (opposite === undefined);
  const values = typeof carried === 'string' ? [carried] : carried;
  return set === 'ForAllValues' ? values.every(met) : values.some(met);
}

/** `*` is any text, `?` any one letter. */
export function like(pattern: string, text: string): boolean {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${source.replaceAll('*', '[^]*').replaceAll('?', '[^]')}$`).test(text);
}
