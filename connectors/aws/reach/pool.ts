/** Names in order, of which those that are done drop out: what is left below a prefix, without a look at the rest. */
export interface Pool {
  below(prefix: string): Iterable<string>;
}

export function poolOf(sorted: readonly string[], done: (name: string) => boolean): Pool {
  // the next place that may still be open, shortened on every pass
  const next = sorted.map((_, place) => place);
  const open = (from: number): number => {
    let place = from;
    while (place < sorted.length && (next[place] !== place || done(sorted[place] ?? ''))) {
      next[place] = Math.max(next[place] ?? 0, place + 1);
      place = next[place] ?? sorted.length;
    }
    for (let back = from; back < place;) {
      const after = next[back] ?? place;
      next[back] = place;
      back = after;
    }
    return place;
  };
  return {
    *below(prefix) {
      for (let place = open(first(sorted, prefix)); place < sorted.length; place = open(place + 1)) {
        const name = sorted[place] ?? '';
        if (!name.startsWith(prefix)) return;
        yield name;
      }
    },
  };
}

function first(sorted: readonly string[], prefix: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < prefix) low = middle + 1;
    else high = middle;
  }
  return low;
}
