/** How every list is cut: by the order of its keys, with a mark that means nothing to the caller. */
import type { AwsError } from './answer.ts';
import { maybe, number } from './input.ts';
import type { Call } from './operation.ts';

/** What a service calls the members of its pages. */
export interface Cut {
  /** Of the request: how many. */
  readonly size: string;
  readonly most: number;
  /** How many where the request does not say. */
  readonly usual: number;
  /** Of the request: after which. */
  readonly mark: string;
  /** What is answered to a mark from nowhere. */
  readonly strange: () => AwsError;
}

export interface Piece<T> {
  readonly items: readonly T[];
  /** Undefined at the end. */
  readonly next: string | undefined;
}

/** After the mark's key, so that a page is whole whatever was deleted meanwhile. */
export function piece<T>(call: Call, all: readonly T[], keyOf: (item: T) => string, cut: Cut): Piece<T> {
  const asked = number(call.input, cut.size, 1, cut.most) ?? cut.usual;
  const size = Math.min(asked, call.world.switches.pageSize ?? asked);
  const after = afterOf(call, cut);
  const sorted = all
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => after === undefined || key > after)
    .toSorted((one, other) => (one.key < other.key ? -1 : 1));
  const taken = sorted.slice(0, size);
  const last = sorted.length > size ? taken.at(-1) : undefined;
  const next =
    last === undefined ? undefined : Buffer.from(JSON.stringify([call.action, last.key])).toString('base64');
  return { items: taken.map(({ item }) => item), next };
}

function afterOf(call: Call, { mark, strange }: Cut): string | undefined {
  const marker = maybe(call.input, mark);
  if (marker === undefined) return undefined;
  const found = /^\["([^"]*)","(.*)"\]$/.exec(Buffer.from(marker, 'base64').toString());
  if (found?.[1] !== call.action) throw strange();
  return String(JSON.parse(`"${found[2] ?? ''}"`));
}
