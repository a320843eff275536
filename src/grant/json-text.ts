import type { Finding, Path, Reading, Spot, Tree } from './tree.ts';
import {
  maxDepth,
  maxItems,
  maxValues,
  numberFlaw,
  oversize,
  tooDeep,
  tooLarge,
  tooLong,
  tooMany,
  Stop,
  twice,
  unknownProto,
} from './tree.ts';

/**
 * Reads one JSON value between two offsets (RFC 8259) and keeps where everything stands, which
 * `JSON.parse` does not, and which keys were written twice, which it hides.
 */
export function readJson(text: string, start: number, end: number): Reading {
  if (oversize(text, start, end)) return { start, findings: [{ path: [], at: start, message: tooLarge }] };
  const scanner = new Scanner(text, start, end);
  try {
    const tree = scanner.document();
    return { start: tree.spot.at, tree, findings: scanner.findings };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    const findings = [{ path: [], at: error.at, message: error.message }];
    return error instanceof Malformed ? { start, findings, malformed: true } : { start, findings };
  }
}

/** Not JSON at all, where everything else that stops the reading is a bound. */
class Malformed extends Stop {
  constructor(at: number, message: string) {
    super(at, `not valid JSON: ${message}`);
  }
}

const words: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

class Scanner {
  readonly findings: Finding[] = [];
  readonly #text: string;
  readonly #end: number;
  #at: number;
  #values = 0;

  constructor(text: string, start: number, end: number) {
    this.#text = text;
    this.#at = start;
    this.#end = end;
  }

  document(): Tree {
    const tree = this.#value([], undefined, false);
    this.#skip();
    if (this.#at < this.#end) throw new Malformed(this.#at, 'something follows the end of the document');
    return tree;
  }

  #skip(): void {
    while (this.#at < this.#end && ' \t\r\n'.includes(this.#text.charAt(this.#at))) this.#at++;
  }

  #peek(): string {
    this.#skip();
    return this.#at < this.#end ? this.#text.charAt(this.#at) : '';
  }

  #take(mark: string, message: string): void {
    if (this.#peek() !== mark) throw new Malformed(this.#at, message);
    this.#at++;
  }

  #value(path: Path, key: number | undefined, ignored: boolean): Tree {
    if (++this.#values > maxValues) throw new Stop(this.#at, tooMany);
    const mark = this.#peek();
    if ((mark === '{' || mark === '[') && path.length >= maxDepth) throw new Stop(this.#at, tooDeep);
    const spot: Spot = key === undefined ? { at: this.#at } : { at: this.#at, key };
    if (mark === '{') return this.#map(path, spot, ignored);
    if (mark === '[') return this.#list(path, spot, ignored);
    if (mark === '"') return { value: this.#string(), spot };
    return { value: this.#bare(path, ignored), spot };
  }

  #map(path: Path, spot: Spot, ignored: boolean): Tree {
    const value: Record<string, unknown> = {};
    const entries = new Map<string, Spot>();
    this.#at++;
    if (this.#peek() === '}') this.#at++;
    else {
      do {
        if (this.#peek() !== '"') throw new Malformed(this.#at, 'a key in double quotes belongs here');
        const at = this.#at;
        const name = this.#string();
        this.#take(':', 'a colon belongs after the key');
        const child = this.#value([...path, name], at, ignored || name.startsWith('x-'));
        if (!ignored && entries.has(name)) this.findings.push(twice([...path, name], at));
        else if (name === '__proto__') {
          if (!ignored) this.findings.push(unknownProto([...path, name], at));
        } else value[name] = child.value;
        entries.set(name, child.spot);
      } while (this.#more('}'));
    }
    return { value, spot: { ...spot, entries } };
  }

  #list(path: Path, spot: Spot, ignored: boolean): Tree {
    const value: unknown[] = [];
    const items: Spot[] = [];
    this.#at++;
    if (this.#peek() === ']') this.#at++;
    else {
      do {
        if (items.length >= maxItems) throw new Stop(this.#at, tooLong);
        const child = this.#value([...path, items.length], undefined, ignored);
        value.push(child.value);
        items.push(child.spot);
      } while (this.#more(']'));
    }
    return { value, spot: { ...spot, items } };
  }

  #more(close: string): boolean {
    const mark = this.#peek();
    if (mark !== ',' && mark !== close) {
      throw new Malformed(this.#at, `a comma or "${close}" belongs here`);
    }
    this.#at++;
    return mark === ',';
  }

  #string(): string {
    const start = this.#at++;
    while (this.#at < this.#end && this.#text.charCodeAt(this.#at) !== 0x22) {
      this.#at += this.#text.charCodeAt(this.#at) === 0x5c ? 2 : 1;
    }
    if (this.#at >= this.#end) throw new Malformed(start, 'this text has no closing quote');
    this.#at++;
    try {
      return String(JSON.parse(this.#text.slice(start, this.#at)));
    } catch {
      throw new Malformed(start, 'this text holds a bad escape or a bare control character');
    }
  }

  #bare(path: Path, ignored: boolean): unknown {
    const start = this.#at;
    while (this.#at < this.#end && !' \t\r\n,]}:"[{'.includes(this.#text.charAt(this.#at))) this.#at++;
    const source = this.#text.slice(start, this.#at);
    if (words.has(source)) return words.get(source);
    const digits = source.charCodeAt(source.startsWith('-') ? 1 : 0);
    const value = digits >= 0x30 && digits <= 0x39 && source.length <= 1_000 ? Number(source) : Number.NaN;
    if (Number.isNaN(value)) throw new Malformed(start, 'a value belongs here');
    const flaw = numberFlaw(source, value);
    if (flaw !== undefined && !ignored) this.findings.push({ path, at: start, message: flaw });
    return value;
  }
}
