/** Takes known secrets out of texts, in the forms in which servers, libraries and formats repeat them. */
export interface Redactor {
  /** From now on the value is taken out of every text. Adding it twice changes nothing. */
  add(secret: string): void;
  /** The text with every form of every added secret replaced by `[redacted]`. */
  clean(text: string): string;
}

const mark = '[redacted]';
/** Shorter values would blacken half of every text: they are taken out only where they stand as a word. */
const short = 4;
/** Inner base64 and single lines are only looked for where a chance hit is out of the question. */
const telling = 12;

export function createRedactor(): Redactor {
  const known = new Set<string>();
  const words = new Set<string>();
  // by their first four characters, so that cleaning costs the length of the text, not the number of secrets
  const needles: Needles = new Map();

  function look(needle: string): void {
    if (needle.length < short) return;
    const head = headAt(needle, 0);
    const same = needles.get(head);
    if (same === undefined) needles.set(head, new Set([needle]));
    else same.add(needle);
  }

  return {
    add(secret) {
      if (secret === '' || known.has(secret)) return;
      known.add(secret);
      if (secret.length < short) words.add(secret);
      else for (const form of forms(secret)) look(form);
    },
    clean(text) {
      const spans = [...found(text, needles), ...foundWords(text, words)];
      return spans.length === 0 ? text : blacken(text, spans);
    },
  };
}

type Span = readonly [from: number, to: number];
type Needles = Map<number, Set<string>>;

/** The four characters as one number: a text for each place would be as many texts as characters. */
function headAt(text: string, from: number): number {
  let head = 0;
  for (let at = from; at < from + short; at++) head = (Math.imul(head, 131) + text.charCodeAt(at)) | 0;
  return head;
}

function* found(text: string, needles: Needles): Generator<Span> {
  if (needles.size === 0) return;
  for (let from = 0; from + short <= text.length; from++) {
    const same = needles.get(headAt(text, from));
    if (same === undefined) continue;
    for (const needle of same) if (text.startsWith(needle, from)) yield [from, from + needle.length];
  }
}

function* foundWords(text: string, words: ReadonlySet<string>): Generator<Span> {
  for (const word of words) {
    for (let from = text.indexOf(word); from !== -1; from = text.indexOf(word, from + 1)) {
      const to = from + word.length;
      if (!isWordy(text[from - 1]) && !isWordy(text[to])) yield [from, to];
    }
  }
}

function isWordy(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}

/** Overlapping finds become one mark, so that no tail of a secret stays. */
function blacken(text: string, spans: Span[]): string {
  spans.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  let clean = '';
  let done = 0;
  for (const [from, to] of spans) {
    if (to <= done) continue;
    if (from >= done) clean += text.slice(done, from) + mark;
    done = to;
  }
  return clean + text.slice(done);
}

function forms(secret: string): Set<string> {
  const all = new Set<string>();
  const plain = [secret, secret.trim(), withoutControls(secret)];
  // of a key file, a text may repeat a single line
  plain.push(...secret.split(/\r?\n/).filter((line) => line.length >= telling && !line.startsWith('-----')));
  for (const value of new Set(plain)) {
    for (const form of written(value)) all.add(form);
    for (const form of encoded(value)) all.add(form);
  }
  return all;
}

/** The value as text formats write it. */
function written(value: string): string[] {
  const percent = percentEncoded(value, /[A-Za-z0-9\-_.!~*'()]/);
  const json = JSON.stringify(value).slice(1, -1);
  const html = value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  const all = [
    value,
    percent,
    percent.replaceAll('%20', '+'),
    percentEncoded(value, /[A-Za-z0-9\-_.~]/),
    percentEncoded(value, /[^\s\S]/),
    json,
    json.replaceAll('/', '\\/'),
    // Go's encoder writes these three as \u escapes
    json.replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
    JSON.stringify(json).slice(1, -1),
    html,
    html.replaceAll("'", '&#39;'),
  ];
  return [...all, ...all.map((form) => form.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()))];
}

/** The value's bytes as base64, in both alphabets and at every place inside a longer run, and as hex. */
function encoded(value: string): string[] {
  const bytes = Buffer.from(value);
  const hex = bytes.toString('hex');
  const all = [bytes.toString('base64'), bytes.toString('base64url'), hex, hex.toUpperCase()];
  for (const before of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(before), bytes]);
    // only the characters that nothing but the secret decides
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor((shifted.length * 8) / 6);
    if (to - from < telling) continue;
    all.push(shifted.toString('base64').slice(from, to), shifted.toString('base64url').slice(from, to));
  }
  return all;
}

function percentEncoded(value: string, kept: RegExp): string {
  let text = '';
  for (const character of value) {
    text += kept.test(character)
      ? character
      : [...Buffer.from(character)]
          .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
          .join('');
  }
  return text;
}

/** One line without control characters: nothing that a terminal, a log or a CI system would obey. */
export function oneLine(text: string): string {
  return withoutControls(text.replace(/\s+/g, ' ')).trim();
}

function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '');
}
