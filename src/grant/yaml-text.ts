import type { Document, Node, ParsedNode, Scalar } from 'yaml';
import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, Parser } from 'yaml';
import { twice, unknownProto } from './json-text.ts';
import type { Finding, Path, Reading, Spot, Tree } from './tree.ts';
import {
  maxDepth,
  maxExpanded,
  maxFindings,
  maxPieces,
  numberFlaw,
  oversize,
  tooDeep,
  tooLarge,
  tooMany,
} from './tree.ts';
import { syntaxMessage } from './yaml-messages.ts';

class Stop extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/**
 * Reads YAML 1.2 (core schema) one document at a time. The marks are watched while they are read, so
 * that a text that nests or grows beyond the bounds is given up before anything is built from it.
 */
export function* readYaml(text: string): Generator<Reading> {
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    stringKeys: true,
    // found in `Decoder`: the library compares every key with every other
    uniqueKeys: false,
    logLevel: 'silent',
  });
  let start = 0;
  try {
    for (const document of composer.compose(tokens(text))) {
      const end = document.range[2];
      if (oversize(text, start, end)) throw new Stop(start, tooLarge);
      yield read(document);
      start = end;
    }
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    yield { start, findings: [{ path: [], at: error.at, message: error.message }] };
    return;
  }
  const stray = composer.streamInfo().errors[0];
  if (stray) yield { start, findings: [{ path: [], at: stray.pos[0], message: syntaxMessage(stray.code) }] };
}

function* tokens(text: string) {
  const parser = new Parser();
  let pieces = 0;
  let errors = 0;
  let start = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error' && ++errors > maxFindings) throw new Stop(parser.offset, 'this is not YAML');
      if (token.type === 'document') {
        pieces = 0;
        start = parser.offset;
      }
      yield token;
    }
    // on the stack: the document, each open collection, the scalar being read
    if (parser.stack.length > maxDepth + 2) throw new Stop(parser.offset, tooDeep);
    if (++pieces > maxPieces) throw new Stop(start, tooMany);
  }
  yield* parser.end();
}

function read(document: Document.Parsed<ParsedNode>): Reading {
  const start = document.contents?.range[0] ?? document.range[0];
  const syntax = [...document.errors, ...document.warnings].slice(0, maxFindings);
  if (syntax.length > 0) {
    return {
      start,
      findings: syntax.map(({ code, pos }) => ({ path: [], at: pos[0], message: syntaxMessage(code) })),
    };
  }
  if (document.directives.yaml.version !== '1.2') {
    return {
      start,
      findings: [
        { path: [], at: document.range[0], message: 'only YAML 1.2 is read: remove the %YAML line' },
      ],
    };
  }
  const decoder = new Decoder();
  try {
    const tree = decoder.decode(document.contents, [], { at: start }, false);
    return { start, tree, findings: decoder.findings };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return { start, findings: [...decoder.findings, { path: [], at: error.at, message: error.message }] };
  }
}

const coreTag = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/;

class Decoder {
  readonly findings: Finding[] = [];
  readonly #anchors = new Map<string, Node>();
  /** What each alias meant where it stands: a later anchor may take the same name. */
  readonly #meant = new Map<Node, Node>();
  readonly #open = new Set<Node>();
  #expanded = 0;
  #inAlias = 0;

  /** `ignored` holds below `x-…`: what is not used need not be well-formed. */
  decode(node: Node | null | undefined, path: Path, spot: Spot, ignored: boolean): Tree {
    if (path.length > maxDepth) throw new Stop(spot.at, tooDeep);
    if (this.#inAlias > 0 && ++this.#expanded > maxExpanded) {
      throw new Stop(spot.at, `aliases (*name) may add ${maxExpanded.toLocaleString('en')} values at most`);
    }
    if (node === null || node === undefined)
      return { value: null, spot: { ...spot, at: spot.key ?? spot.at } };
    if (isAlias(node)) return this.#alias(node, node.source, path, spot, ignored);
    if ('anchor' in node && typeof node.anchor === 'string') this.#anchors.set(node.anchor, node);
    const here = { ...spot, at: node.range?.[0] ?? spot.at };
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
