/** Sets of this size and less are found by trying them all. */
const exact = 3;
const candidates = 40;

/**
 * The smallest set of names that has a member in every way: what to remove so that none is left.
 * Exact for small ones, else the name that closes most comes first. The same ways give the same set.
 */
export function smallestCut(ways: readonly ReadonlySet<string>[]): readonly string[] {
  const open = ways.filter((way) => way.size > 0);
  // a way with only one member leaves no choice
  const forced = new Set(open.flatMap((way) => (way.size === 1 ? [...way] : [])));
  const left = open.filter((way) => ![...way].some((one) => forced.has(one)));
  const names = [...new Set(left.flatMap((way) => [...way]))].toSorted();
  for (let size = 0; size <= exact && names.length <= candidates; size += 1) {
    const found = ofSize(size, names, left);
    if (found !== undefined) return [...forced, ...found].toSorted();
  }
  return [...forced, ...greedy(names, left)].toSorted();
}

function ofSize(
  size: number,
  names: readonly string[],
  ways: readonly ReadonlySet<string>[],
): readonly string[] | undefined {
  const [first] = ways;
  if (first === undefined) return [];
  if (size === 0) return undefined;
  // one member of the first way must go
  for (const one of names) {
    if (!first.has(one)) continue;
    const rest = ofSize(
      size - 1,
      names,
      ways.filter((way) => !way.has(one)),
    );
    if (rest !== undefined) return [one, ...rest];
  }
  return undefined;
}

function greedy(names: readonly string[], ways: readonly ReadonlySet<string>[]): readonly string[] {
  const chosen: string[] = [];
  for (let left = ways; left.length > 0;) {
    const count = (one: string) => left.filter((way) => way.has(one)).length;
    const [next] = names.toSorted((a, b) => count(b) - count(a) || (a < b ? -1 : 1));
    if (next === undefined) break;
    chosen.push(next);
    left = left.filter((way) => !way.has(next));
  }
  return chosen;
}
