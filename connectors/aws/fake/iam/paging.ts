/** Pages as IAM cuts them: a marker that means nothing to the caller, and `IsTruncated` always there. */
import type { Shape } from '../answer.ts';
import { invalid, maybe } from '../input.ts';
import type { Call } from '../operation.ts';
import type { Cut } from '../paging.ts';
import { piece } from '../paging.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** The members that every list ends with. */
  readonly end: Shape;
}

/** That a marker from nowhere is refused in these words is an assumption. */
const cut: Cut = {
  size: 'MaxItems',
  most: 1000,
  usual: 100,
  mark: 'Marker',
  strange: () => invalid('Invalid Marker.'),
};

export function page<T>(call: Call, all: readonly T[], keyOf: (item: T) => string): Page<T> {
  const { items, next } = piece(call, all, keyOf, cut);
  return {
    items,
    end: next === undefined ? { IsTruncated: false } : { IsTruncated: true, Marker: next },
  };
}

export function below<T extends { readonly path: string }>(call: Call, items: readonly T[]): readonly T[] {
  const prefix = maybe(call.input, 'PathPrefix') ?? '/';
  return items.filter(({ path }) => path.startsWith(prefix));
}
