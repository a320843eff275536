import { flawed, isRecord, type Flawed } from './read.ts';

/** Every string of a JSON text, with the colon after it where it is a name. */
const texts = /"(?:[^"\\]|\\.)*"\s*(:?)/g;

/**
 * JSON, plain or percent-encoded after RFC 3986. A name that stands twice in one object is a flaw: of the two
 * a parser keeps one, and nobody says which AWS keeps (https://www.rfc-editor.org/rfc/rfc8259#section-4).
 */
export function readJson(given: string): { readonly value: unknown } | Flawed {
  try {
    const text = /^\s*\{/.test(given) ? given : decodeURIComponent(given);
    const value: unknown = JSON.parse(text);
    const written = [...text.matchAll(texts)].filter(([, colon]) => colon === ':').length;
    return written === namesIn(value) ? { value } : flawed('a name stands twice in one object');
  } catch (error) {
    return flawed(
      `not JSON, plain or percent-encoded (${error instanceof Error ? error.name : 'unreadable'})`,
    );
  }
}

function namesIn(value: unknown): number {
  const inner: readonly unknown[] = Array.isArray(value)
    ? value
    : isRecord(value)
      ? Object.values(value)
      : [];
  const own = isRecord(value) ? inner.length : 0;
  return inner.reduce<number>((sum, one) => sum + namesIn(one), own);
}
