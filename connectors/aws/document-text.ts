import { createHash } from 'node:crypto';

/**
 * SHA-256 of a policy document as the API gives it, plain or percent-encoded after RFC 3986: of its text,
 * and of the same JSON without spaces, for a broker may have written down either.
 *
 * @returns undefined where it is no JSON.
 */
export function digestsOf(document: string): readonly string[] | undefined {
  try {
    const text = /^\s*\{/.test(document) ? document : decodeURIComponent(document);
    return [text, JSON.stringify(JSON.parse(text))].map((one) =>
      createHash('sha256').update(one).digest('hex'),
    );
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof URIError) return undefined;
    throw error;
  }
}
