import type { Failure } from '../../src/connector.ts';
import { failed, inconclusive, z } from '../../src/connector.ts';
import { NoAnswer } from './transport.ts';

/** One operation: what it is called, and the action that the verifier needs for it. */
export interface Operation {
  readonly name: string;
  /** `iam:ListAccessKeys` */
  readonly needs: string;
}

/** An error of AWS, by the code that stands in the answer. */
export interface Refused {
  readonly code: string;
  readonly failure: Failure;
}

const exception = z.object({
  name: z.string(),
  $metadata: z.object({ httpStatusCode: z.number().optional() }),
});

/** Runs one command of the SDK. Only what it answered with its own document comes back as output. */
export async function call<O>(
  operation: Operation,
  send: () => Promise<O>,
): Promise<{ readonly output: O } | Refused> {
  try {
    return { output: await send() };
  } catch (error) {
    if (error instanceof NoAnswer) return { code: '', failure: error.failure };
    const { data } = exception.safeParse(error);
    if (data === undefined) {
      // parsers of the SDK throw errors of their own; their texts may hold what was answered
      const detail = `the answer to ${operation.name} could not be read`;
      return { code: '', failure: inconclusive('R-ANSWER', detail) };
    }
    const code = data.name.replace(/Exception$/, '');
    return { code, failure: refusal(code, data.$metadata.httpStatusCode ?? 0, operation) };
  }
}

export const refused = (told: object): told is Refused => 'failure' in told;

/**
 * https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html. The texts of AWS are not kept:
 * they repeat what was signed.
 */
function refusal(code: string, status: number, { name, needs }: Operation): Failure {
  const said = `${name}: ${status} ${code}`;
  switch (code) {
    case 'AccessDenied':
    case 'UnauthorizedOperation':
    case 'NotAuthorized':
      return inconclusive('R-PERM', `the verifier may not ask: ${said}`, needs);
    case 'InvalidClientTokenId':
    case 'UnrecognizedClient':
    case 'SignatureDoesNotMatch':
    case 'InvalidSignature':
    case 'ExpiredToken':
    case 'InvalidToken':
    case 'AuthFailure':
    case 'IncompleteSignature':
    case 'MissingAuthenticationToken':
      return inconclusive('R-AUTH', `the verifier's own credential is not taken: ${said}`);
    case 'RequestExpired':
    case 'RequestTimeTooSkewed':
      return inconclusive('R-CLOCK', `the verifier's clock is not the server's: ${said}`);
    case 'Throttling':
    case 'RequestLimitExceeded':
    case 'TooManyRequests':
    case 'SlowDown':
    case 'LimitExceeded':
      return inconclusive('R-RATE', `asked to slow down: ${said}`);
    case 'RegionDisabled':
    case 'OptInRequired':
      return inconclusive('R-SCOPE', `the region is not open for this account: ${said}`);
    default:
      return status >= 500
        ? inconclusive('R-UNREACHABLE', `cannot answer: ${said}`)
        : inconclusive('R-ANSWER', `an answer that its documentation does not explain: ${said}`);
  }
}

/** The members that a verdict rests on: what is missing is no empty list. */
export function members<V>(operation: Operation, schema: z.ZodType<V>, output: unknown): V | Failure {
  const parsed = schema.safeParse(output);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  return inconclusive(
    'R-ANSWER',
    `${operation.name} was answered without ${first?.path.join('.') ?? 'its members'}`,
  );
}

/** Whether there is more, and where. */
interface Turn {
  readonly more: boolean;
  readonly next?: string | undefined;
}

/** IAM says of each page whether it is the last. */
const byMarker = z
  .object({ IsTruncated: z.boolean(), Marker: z.string().optional() })
  .transform(({ IsTruncated: more, Marker: next }): Turn => ({ more, next }));

/** KMS too, in its own words. */
export const byNextMarker = z
  .object({ Truncated: z.boolean(), NextMarker: z.string().optional() })
  .transform(({ Truncated: more, NextMarker: next }): Turn => ({ more, next }));

/** Other services hand out a token as long as there is more, and say nothing on the last page. */
export const byToken = z
  .object({ NextToken: z.string().min(1).optional() })
  .transform(({ NextToken: next }): Turn => ({ more: next !== undefined, next }));

/** Follows the marks to the last page. A page that does not say what its service says of each is no answer. */
export async function* pages<I>(
  operation: Operation,
  ask: (marker: string | undefined) => Promise<unknown>,
  items: z.ZodType<I>,
  turns: z.ZodType<Turn> = byMarker,
): AsyncGenerator<{ readonly value: I; readonly last: boolean } | Refused, void, void> {
  let marker: string | undefined;
  const seen = new Set<string>();
  for (;;) {
    const told = await call(operation, () => ask(marker));
    if (refused(told)) return yield told;
    const page = members(operation, turns, told.output);
    const value = members(operation, items, told.output);
    const flaw = failed(page) ? page : failed(value) ? value : turned(operation, page, seen);
    if (flaw !== undefined) return yield { code: '', failure: flaw };
    if (failed(page) || failed(value)) return;
    yield { value, last: !page.more };
    if (!page.more) return;
    marker = page.next;
  }
}

/** A marker that comes twice would go on for ever. */
function turned({ name }: Operation, { more, next }: Turn, seen: Set<string>): Failure | undefined {
  if (!more) return undefined;
  if (next === undefined) return inconclusive('R-PARTIAL', `${name} says that there is more, and not where`);
  if (seen.has(next)) return inconclusive('R-PARTIAL', `${name} leads back to a page that was read`);
  seen.add(next);
  return undefined;
}
