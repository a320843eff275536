/** Far more than budgets let out at once. */
const most = 32;

/**
 * Does `work` for every item, in their order, so many of them at a time. The door keeps the rate;
 * this keeps what waits before the door small, where there are tens of thousands.
 */
export async function abreast<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly (readonly [T, R])[]> {
  const done: (readonly [T, R])[] = [];
  const left = items.entries();
  const lane = async () => {
    // the lanes share one iterator, so every item is taken once
    for (const [index, item] of left) done[index] = [item, await work(item)];
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, lane));
  return done;
}
