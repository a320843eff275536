/** Which paths a rule covers, as the server reads them. */
import type { AclRule, Capability } from './acl-text.ts';

/**
 * Which of several rules decides about a path: the one whose first wildcard comes later, then the one
 * without a rest, then the one with fewer open parts, then the longer, then the later by the alphabet.
 * https://openbao.org/docs/concepts/policies/#priority-matching
 */
function stronger(one: string, other: string): number {
  const first = (pattern: string) => {
    const at = pattern.search(/(?<=^|\/)\+(?=\/|$)|\*$/);
    return at === -1 ? Infinity : at;
  };
  const open = (pattern: string) => pattern.split('/').filter((part) => part === '+').length;
  const rest = (pattern: string) => (pattern.endsWith('*') ? 1 : 0);
  if (first(one) !== first(other)) return first(one) > first(other) ? -1 : 1;
  return (
    rest(one) - rest(other) || open(one) - open(other) || other.length - one.length || (one > other ? -1 : 1)
  );
}

/** A template stands for what the caller is called by: any text, as far as this is known. */
const widened = (pattern: string): string => pattern.replace(/\{\{.*$/, '*');

/** May these rules, of one caller, do one of this at the path? */
export function permits(rules: readonly AclRule[], path: string, wanted: readonly Capability[]): boolean {
  const matching = rules.filter((rule) => meets(widened(rule.pattern), path));
  const gives = (list: readonly AclRule[]) =>
    list.some((rule) => rule.capabilities.some((one) => wanted.includes(one)));
  // what a template becomes is not known, nor what it is stronger than
  if (gives(matching.filter((rule) => rule.pattern.includes('{{')))) return true;
  const plain = matching.filter((rule) => !rule.pattern.includes('{{'));
  const [best] = plain.map((rule) => rule.pattern).toSorted(stronger);
  const deciding = plain.filter((rule) => rule.pattern === best);
  return !deciding.some((rule) => rule.capabilities.includes('deny')) && gives(deciding);
}

/** Rules that may do one of this somewhere below a pattern; one that takes a part of it away again is not looked at. */
export function touching(
  rules: readonly AclRule[],
  pattern: string,
  wanted: readonly Capability[],
): readonly AclRule[] {
  return rules.filter(
    (rule) =>
      !rule.capabilities.includes('deny') &&
      rule.capabilities.some((one) => wanted.includes(one)) &&
      meets(widened(rule.pattern), pattern),
  );
}

/** Is there a path that both patterns cover? A path itself is a pattern that covers nothing else. */
export function meets(one: string, other: string): boolean {
  const [left, right] = [one.split('/'), other.split('/')];
  for (let at = 0; ; at += 1) {
    const [a, b] = [left[at], right[at]];
    if (a === undefined || b === undefined) return a === b;
    const [lastA, lastB] = [at === left.length - 1, at === right.length - 1];
    const [restA, restB] = [lastA && a.endsWith('*'), lastB && b.endsWith('*')];
    if (restA && restB) return begins(a, b) || begins(b, a);
    if (restA) return b === '+' || b.startsWith(a.slice(0, -1));
    if (restB) return a === '+' || a.startsWith(b.slice(0, -1));
    if (a !== b && a !== '+' && b !== '+') return false;
  }
}

const begins = (one: string, other: string): boolean => one.startsWith(other.slice(0, -1));
