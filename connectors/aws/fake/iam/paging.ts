/** Pages as IAM cuts them: a marker that means nothing to the caller, and `IsTruncated` always there. */
import type { Shape } from '../answer.ts';
import { invalid, maybe, number } from '../input.ts';
import type { Call } from '../operation.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** The members that every list ends with. */
  readonly end: Shape;
}

/** In the order of their keys, after the marker's, so that a page is whole whatever was deleted meanwhile. */
export function page<T>(call: Call, all: readonly T[], keyOf: (item: T) => string): Page<T> {
  const asked = number(call.input, 'MaxItems', 1, 1000) ?? 100;
  const most = Math.min(asked, call.world.switches.pageSize ?? asked);
  const after = afterOf(call);
  const sorted = all
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => after === undefined || key > after)
    .toSorted((one, other) => (one.key < other.key ? -1 : 1));
  const taken = sorted.slice(0, most);
  const items = taken.map(({ item }) => item);
  const last = taken.at(-1);
  if (last === undefined || sorted.length <= most) return { items, end: { IsTruncated: false } };
  const Marker = Buffer.from(JSON.stringify([call.action, last.key])).toString('base64');
  return { items, end: { IsTruncated: true, Marker } };
}

/** That a marker from nowhere is refused in these words is an assumption. */
function afterOf(call: Call): string | undefined {
  const marker = maybe(call.input, 'Marker');
  if (marker === undefined) return undefined;
  const found = /^\["([^"]*)","(.*)"\]$/.exec(Buffer.from(marker, 'base64').toString());
  if (found?.[1] !== call.action) throw invalid('Invalid Marker.');
  return String(JSON.parse(`"${found[2] ?? ''}"`));
}

export function below<T extends { readonly path: string }>(call: Call, items: readonly T[]): readonly T[] {
  const prefix = maybe(call.input, 'PathPrefix') ?? '/';
  return items.filter(({ path }) => path.startsWith(prefix));
}
