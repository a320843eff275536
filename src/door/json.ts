/** The parsed value, or why there is none. */
export type Parsed = { readonly value: unknown } | { readonly unfit: string };

/** No answer that an API documents comes near; readers that recurse would fall over deeper ones. */
const deepest = 256;

/**
 * Reads an answer's bytes as JSON. A key that stands twice in one object is refused: readers differ
 * in which one they take (https://www.rfc-editor.org/rfc/rfc8259#section-4), so the answer says
 * nothing for certain. A `__proto__` key stays a plain own key.
 */
export function parseJson(bytes: Uint8Array): Parsed {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    const unfit = ambiguity(text);
    return unfit === undefined ? { value } : { unfit };
  } catch (error) {
    if (error instanceof SyntaxError) return { unfit: 'JSON that cannot be parsed' };
    if (error instanceof TypeError) return { unfit: 'JSON that is not UTF-8' };
    throw error;
  }
}

/** `text` is known to be JSON, so strings, brackets and colons are all there is to look at. */
function ambiguity(text: string): string | undefined {
  const open: (Set<unknown> | undefined)[] = [];
  let key: unknown;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      const end = closingQuote(text, at);
      if (open.at(-1) !== undefined) key = literal(text.slice(at, end + 1));
      at = end;
    } else if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : undefined);
      if (open.length > deepest) return 'JSON that is nested too deep';
    } else if (character === '}' || character === ']') open.pop();
    else if (character === ':') {
      const keys = open.at(-1);
      if (keys?.has(key) === true) return 'JSON that names a key twice';
      keys?.add(key);
    }
  }
  return undefined;
}

function closingQuote(text: string, from: number): number {
  let at = from + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** Two spellings of one key are one key: `"a"` and `"\u0061"`. */
function literal(quoted: string): unknown {
  return quoted.includes('\\') ? JSON.parse(quoted) : quoted.slice(1, -1);
}
