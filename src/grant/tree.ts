/** A way down a document: keys and list indexes. */
export type Path = readonly (string | number)[];

/** Where a value stands. Offsets count UTF-16 units from the start of the text. */
export interface Spot {
  readonly at: number;
  /** Where the key that names it stands. */
  readonly key?: number;
  readonly entries?: ReadonlyMap<string, Spot>;
  readonly items?: readonly Spot[];
}

/** A decoded document: plain values, and where each of them stands. */
export interface Tree {
  readonly value: unknown;
  readonly spot: Spot;
}

/** Something wrong with a document, before it has a line and a column. */
export interface Finding {
  readonly path: Path;
  /** Points at the key instead of the value. */
  readonly onKey?: boolean;
  /** Where it stands; without it the path says. */
  readonly at?: number;
  readonly message: string;
  readonly hint?: string;
}

/** One document of a text. Without a tree it could not be read at all, and `findings` says why. */
export interface Reading {
  readonly start: number;
  readonly tree?: Tree;
  readonly findings: readonly Finding[];
  /** It was not even JSON, and may be something else. */
  readonly malformed?: true;
}

/** Bounds on what a person may hand in. */
export const maxDocumentBytes = 10 * 1024 * 1024;
export const maxDepth = 64;
/** Values in one document: with fewer than this it fits well into memory. */
export const maxValues = 1_000_000;
/** Words, marks and gaps of YAML in one document: what a million values are written with. */
export const maxMarks = 4_000_000;
/** Entries of one list. */
export const maxItems = 50_000;
/** Nodes that aliases may add to one document. */
export const maxExpanded = 10_000;
/** A file with more problems than this is not the file that was meant. */
export const maxFindings = 100;

export const tooLarge = 'a document may have 10 MiB at most';
export const tooDeep = 'values may nest 64 levels deep at most';
export const tooLong = 'a list may have 50,000 entries at most';
export const tooMany = 'a document may hold a million values at most';

/** Where a path stands: the value, its key, or, for what is missing, the nearest thing around it. */
export function offsetOf(spot: Spot, path: Path, onKey: boolean): number {
  let here = spot;
  for (const step of path) {
    const next = typeof step === 'number' ? here.items?.[step] : here.entries?.get(step);
    if (next === undefined) return here.key ?? here.at;
    here = next;
  }
  return onKey ? (here.key ?? here.at) : here.at;
}

/** The value at a path, or undefined. */
export function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined;
    here = Reflect.get(here, step);
  }
  return here;
}

/** Why a number cannot be taken as it is written: an id must not change on its way in. */
export function numberFlaw(source: string, value: number): string | undefined {
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return 'this number is too large to be kept exactly: put it in quotes';
  }
  if (/^-?(?:0|[1-9]\d{0,400})(?:\.\d{1,400})?$/.test(source) && Number.isFinite(value)) return undefined;
  return 'a number is written in plain decimal digits; put an id in quotes';
}

/** Is the document from `start` to `end` larger than it may be? Bytes are counted as UTF-8. */
export function oversize(text: string, start: number, end: number): boolean {
  const units = end - start;
  if (units * 3 <= maxDocumentBytes) return false;
  return (
    units > maxDocumentBytes || new TextEncoder().encode(text.slice(start, end)).length > maxDocumentBytes
  );
}

/** Ends the reading of a document: what follows cannot be understood. */
export class Stop extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** `{"a":1,"a":2}`: which one counts would be a guess. */
export function twice(path: Path, at: number): Finding {
  return { path, at, message: 'this key is written twice', hint: 'Keep one of the two.' };
}

/** A key that would reach into every object of the program is an ordinary unknown key here. */
export function unknownProto(path: Path, at: number): Finding {
  return { path, at, message: 'unknown key "__proto__"' };
}
