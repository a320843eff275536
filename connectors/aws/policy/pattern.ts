import { held, type Context } from './context.ts';
import { every, not, some, truth, unknown, type Truth } from './truth.ts';

// Private-use characters stand for a `*` and a `?` that mean themselves: written as `${*}` and `${?}`,
// or come out of a variable.
const star = '\uE000';
const mark = '\uE001';
const literal = (text: string) => text.replaceAll('*', star).replaceAll('?', mark);
export const plain = (pattern: string): string => pattern.replaceAll(star, '*').replaceAll(mark, '?');

/** `*` for any run of characters, `?` for one. Takes time in proportion to both lengths multiplied, never more. */
export function glob(pattern: string, text: string): boolean {
  let at = 0;
  let read = 0;
  let back = -1;
  let from = 0;
  while (read < text.length) {
    const one = pattern[at];
    const same = one === star ? '*' : one === mark ? '?' : one;
    if (one === '*') {
      back = at;
      at += 1;
      from = read;
    } else if (one === '?' || same === text[read]) {
      at += 1;
      read += 1;
    } else if (back >= 0) {
      at = back + 1;
      from += 1;
      read = from;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

/** Patterns are in lower case already. */
export function actionMatches(
  { not: negated, patterns }: { readonly not: boolean; readonly patterns: readonly string[] },
  action: string,
): boolean {
  const name = action.toLowerCase();
  return patterns.some((pattern) => glob(pattern, name)) !== negated;
}

/**
 * Does the Resource or NotResource element name this ARN?
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function resourceMatches(
  element: { readonly not: boolean; readonly patterns: readonly string[] },
  arn: string,
  variables: boolean,
  context: Context,
): Truth {
  if (element.patterns.includes('*')) return truth(!element.not);
  const found = some(
    ...element.patterns.map((pattern) => {
      const expanded = variables ? expand(pattern, context) : { pattern };
      if ('absent' in expanded) {
        // the manual only says that the statement may be invalid
        return element.not ? unknown(expanded.absent) : 'no';
      }
      const match = arnMatches(expanded.pattern, arn);
      return expanded.open === undefined ? match : every(match, unknown(...expanded.open));
    }),
  );
  return element.not ? not(found) : found;
}

/** A wildcard stays inside its part of the ARN, or not: where that makes a difference, nobody wrote down which. */
function arnMatches(pattern: string, arn: string): Truth {
  const whole = glob(pattern, arn);
  if (!arn.startsWith('arn:')) return truth(whole);
  return whole === arnLike(pattern, arn) ? truth(whole) : unknown(`the resource pattern ${plain(pattern)}`);
}

/** Part by part, as ArnLike does it; parts that are missing at the end match everything. */
export function arnLike(pattern: string, arn: string): boolean {
  const wanted = parts(pattern);
  return parts(arn).every((part, index) => glob(wanted[index] ?? '*', part));
}

function parts(arn: string): readonly string[] {
  const all = arn.split(':');
  return all.length <= 6 ? all : [...all.slice(0, 5), all.slice(5).join(':')];
}

/** With its variables in place; `open`: keys whose value is not known, for which a `*` stands. */
export type Expanded =
  { readonly pattern: string; readonly open?: readonly string[] } | { readonly absent: string };

const variable = /\$\{([^}]*)\}/g;

/** Policy variables. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
export function expand(pattern: string, context: Context): Expanded {
  if (!pattern.includes('${')) return { pattern };
  const open: string[] = [];
  const absent: string[] = [];
  const expanded = pattern.replaceAll(variable, (_whole, inside: string) => {
    if (inside === '*') return star;
    if (inside === '?') return mark;
    if (inside === '$') return '$';
    const [, key = '', fallback] = /^\s*([^,]*?)\s*(?:,\s*'(.*)'\s*)?$/.exec(inside) ?? [];
    const values = held(context, key);
    const [value] = values ?? [];
    // several values cannot stand in one place
    if (key === '' || values === undefined || values.length > 1) open.push(key === '' ? inside : key);
    else if (value !== undefined) return literal(value);
    else if (fallback !== undefined) return literal(fallback);
    else absent.push(key);
    return '*';
  });
  const [missing] = absent;
  if (missing !== undefined) return { absent: missing };
  return { pattern: expanded, ...(open.length > 0 ? { open } : {}) };
}
