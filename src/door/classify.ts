import type { HttpAnswer } from '../connector.ts';
import type { Failure } from '../model/observation.ts';
import { oneLine } from './redact.ts';

/**
 * The failure for an HTTP answer that is not in the connector's table of determinate answers. No
 * status ever means absence here: a 404 is only an answer nobody listed.
 */
export function unlisted(answer: HttpAnswer, text: string, needs?: string): Failure {
  const { status, headers } = answer;
  const line = oneLine(text).slice(0, 300).toWellFormed();
  const said = `${status}${line === '' ? '' : ` ${line}`}`;
  const failure = (reason: Failure['reason'], detail: string): Failure => ({
    saw: 'inconclusive',
    reason,
    detail,
    ...(needs !== undefined && (reason === 'R-PERM' || reason === 'R-AUTH') ? { needs } : {}),
  });
  if (status === 429 || (status === 403 && limited(headers, text))) {
    const wait = headers['retry-after'];
    return failure(
      'R-RATE',
      `asked to slow down: ${said}${wait === undefined ? '' : `, retry after ${wait}`}`,
    );
  }
  if (status === 401) return failure('R-AUTH', `the verifier's credential is refused: ${said}`);
  if (status === 403) return failure('R-PERM', `not permitted: ${said}`);
  if (status === 407) return failure('R-UNREACHABLE', `a proxy wants a credential: ${said}`);
  if (status === 408 || status >= 472) return failure('R-UNREACHABLE', `the server cannot answer: ${said}`);
  return failure('R-ANSWER', `not an answer that the documentation defines: ${said}`);
}

function limited(headers: HttpAnswer['headers'], text: string): boolean {
  return headers['x-ratelimit-remaining'] === '0' || 'retry-after' in headers || /rate limit/i.test(text);
}
