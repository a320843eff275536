import type { Node, Scalar } from 'yaml';
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Finding, Path, Spot, Tree } from './tree.ts';
import {
  maxDepth,
  maxExpanded,
  maxFindings,
  maxItems,
  maxValues,
  numberFlaw,
  Stop,
  tooDeep,
  tooLong,
  tooMany,
  twice,
  unknownProto,
} from './tree.ts';

const coreTag = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/;

/** Turns the nodes of one YAML document into plain values, and keeps where each of them stands. */
export class Decoder {
  readonly findings: Finding[] = [];
  readonly #anchors = new Map<string, Node>();
  /** What each alias meant where it stands: a later anchor may take the same name. */
  readonly #meant = new Map<Node, Node>();
  readonly #open = new Set<Node>();
  #expanded = 0;
  #inAlias = 0;
  #values = 0;

  /** `ignored` holds below `x-…`: what is not used need not be well-formed. */
  decode(node: Node | null | undefined, path: Path, spot: Spot, ignored: boolean): Tree {
    if (++this.#values > maxValues) throw new Stop(spot.at, tooMany);
    if (this.#inAlias > 0 && ++this.#expanded > maxExpanded) {
      throw new Stop(spot.at, `aliases (*name) may add ${maxExpanded.toLocaleString('en')} values at most`);
    }
    if (node === null || node === undefined)
      return { value: null, spot: { ...spot, at: spot.key ?? spot.at } };
    if (isAlias(node)) return this.#alias(node, node.source, path, spot, ignored);
    const here = { ...spot, at: node.range?.[0] ?? spot.at };
    if (!isScalar(node) && path.length >= maxDepth) throw new Stop(here.at, tooDeep);
    // an anchor counts where it stands, not where an alias brings it
    if (this.#inAlias === 0 && 'anchor' in node && typeof node.anchor === 'string') {
      this.#anchors.set(node.anchor, node);
    }
    if (node.tag !== undefined && !coreTag.test(node.tag)) {
      this.#find(path, here.at, 'custom tags (!name) are not read');
    }
    this.#open.add(node);
    try {
      if (isMap(node)) return this.#map(node.items, path, here, ignored);
      if (isSeq(node)) return this.#list(node.items, path, here, ignored);
      return this.#scalar(node, path, here, ignored);
    } finally {
      this.#open.delete(node);
    }
  }

  #find(path: Path, at: number, message: string): void {
    if (this.findings.length < maxFindings) this.findings.push({ path, at, message });
  }

  #alias(node: Node, name: string, path: Path, spot: Spot, ignored: boolean): Tree {
    const at = node.range?.[0] ?? spot.at;
    const meant = this.#meant.get(node) ?? this.#anchors.get(name);
    if (meant === undefined || this.#open.has(meant)) {
      const what = meant === undefined ? 'names no anchor (&name) above it' : 'stands inside its own anchor';
      throw new Stop(at, `this alias (*name) ${what}`);
    }
    this.#meant.set(node, meant);
    this.#inAlias++;
    const tree = this.decode(meant, path, spot, ignored);
    this.#inAlias--;
    return { value: tree.value, spot: { ...tree.spot, at } };
  }

  #map(items: readonly { key: unknown; value: unknown }[], path: Path, spot: Spot, ignored: boolean): Tree {
    const value: Record<string, unknown> = {};
    const entries = new Map<string, Spot>();
    for (const pair of items) {
      const key = pair.key;
      if (!isScalar(key) || typeof key.value !== 'string') {
        this.#find(path, spot.at, 'a key must be a text');
        continue;
      }
      const name = key.value;
      const at = key.range?.[0] ?? spot.at;
      const below = [...path, name];
      const child = this.decode(asNode(pair.value), below, { at, key: at }, ignored || name.startsWith('x-'));
      if (!ignored && entries.has(name)) this.findings.push(twice(below, at));
      else if (name === '__proto__') {
        if (!ignored) this.findings.push(unknownProto(below, at));
      } else value[name] = child.value;
      entries.set(name, child.spot);
    }
    return { value, spot: { ...spot, entries } };
  }

  #list(nodes: readonly unknown[], path: Path, spot: Spot, ignored: boolean): Tree {
    const value: unknown[] = [];
    const items: Spot[] = [];
    if (nodes.length > maxItems) throw new Stop(spot.at, tooLong);
    for (const node of nodes) {
      const child = this.decode(asNode(node), [...path, items.length], { at: spot.at }, ignored);
      value.push(child.value);
      items.push(child.spot);
    }
    return { value, spot: { ...spot, items } };
  }

  #scalar(node: Node, path: Path, spot: Spot, ignored: boolean): Tree {
    const scalar: Scalar | undefined = isScalar(node) ? node : undefined;
    const value = scalar?.value;
    if (typeof value === 'number' && !ignored) {
      const flaw = numberFlaw(scalar?.source ?? '', value);
      if (flaw !== undefined) this.#find(path, spot.at, flaw);
    }
    // nothing was written: the key is the only thing to point at
    const at = value === null && (scalar?.source ?? '') === '' ? (spot.key ?? spot.at) : spot.at;
    return { value: value ?? null, spot: { ...spot, at } };
  }
}

function asNode(value: unknown): Node | null {
  return isAlias(value) || isMap(value) || isSeq(value) || isScalar(value) ? value : null;
}
