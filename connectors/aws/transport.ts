import { failed, inconclusive, unlisted } from '../../src/connector.ts';
import type { Door, Failure, HttpAnswer } from '../../src/connector.ts';

/** Carries a failure of the door, or of an answer that is none, through the SDK. */
export class NoAnswer extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.detail);
    this.name = 'NoAnswer';
    this.failure = failure;
  }
}

/** A request as the SDK hands it over: signed, its body written. */
interface Sent {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What the transport itself writes; the SDK signed `host` as it will be sent. */
const own = new Set(['host', 'content-length', 'expect']);

/**
 * The SDK's way out: everything goes through the door, and only what is AWS's own answer comes back. The
 * SDK reads a login page, another document and an empty body as an answer without members, that is as
 * an empty list.
 */
export function throughTheDoor(door: Door) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    destroy(): void {},
    updateHttpClientConfig(): void {},
    httpHandlerConfigs: (): Record<string, never> => ({}),
    async handle(sent: Sent, options: { readonly abortSignal?: unknown } = {}) {
      const text = bodyOf(sent.body);
      const operation = operationOf(sent, text);
      const headers = Object.fromEntries(
        Object.entries(sent.headers).filter(([name]) => !own.has(name.toLowerCase())),
      );
      const signal = options.abortSignal instanceof AbortSignal ? options.abortSignal : never;
      const answer = await door.http(
        {
          method: sent.method === 'POST' ? 'POST' : 'GET',
          path: `${sent.path}${queryOf(sent.query)}`,
          host: sent.hostname,
          headers,
          text,
          name: operation,
        },
        signal,
      );
      if (failed(answer)) throw new NoAnswer(answer);
      const flaw = flawOf(answer, operation);
      if (flaw !== undefined) throw new NoAnswer(strange(answer, operation, flaw));
      const body = Buffer.from(answer.text ?? '');
      return { response: { statusCode: answer.status, headers: { ...answer.headers }, body } };
    },
  };
}

const never = new AbortController().signal;

/** Whatever stands between may mean something by its status, but nothing of what was asked for. */
const strange = (answer: HttpAnswer, operation: string, flaw: string): Failure =>
  answer.status < 400
    ? inconclusive('R-ANSWER', `${operation} was answered with ${answer.status} and ${flaw}`)
    : unlisted(answer, flaw);

function bodyOf(body: unknown): string {
  if (body === undefined || body === null) return '';
  if (typeof body === 'string') return body;
  // the SDK's own bytes warn on stderr when they are taken for a text, as Buffer.from would
  if (body instanceof Uint8Array)
    return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  throw new NoAnswer(inconclusive('R-CHECK', 'the SDK wrote a body that is neither text nor bytes'));
}

/** `ListUsers`, `AWSIdentityStore.DescribeUser`. */
function operationOf({ headers }: Sent, text: string): string {
  return (
    headers['x-amz-target'] ?? new URLSearchParams(text).get('Action') ?? 'a request without an operation'
  );
}

function queryOf(query: Sent['query']): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map(
      (one: string | null) => `${encodeURIComponent(name)}=${encodeURIComponent(one ?? '')}`,
    ),
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/**
 * What the answer lacks to be one of the service
 * (https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html): the document of the operation,
 * or an error with its code, and the id of the request.
 */
function flawOf({ status, headers, text = '' }: HttpAnswer, operation: string): string | undefined {
  const json = headers['content-type']?.startsWith('application/x-amz-json-') === true;
  const numbered = headers['x-amzn-requestid'] !== undefined || /<RequestId>[^<]+<\/RequestId>/.test(text);
  if (!numbered) return 'no id of a request: this is not an answer of AWS';
  if (json) return text === '' ? 'an empty body' : undefined;
  const root = /^(?:<\?xml[^>]*\?>)?\s*<([A-Za-z]+)[\s>]/.exec(text)?.[1];
  if (status === 200) return root === `${operation}Response` ? undefined : 'another document than its own';
  return root === 'ErrorResponse' && /<Code>[\w.]+<\/Code>/.test(text) ? undefined : 'no error of AWS';
}
