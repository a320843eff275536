/** Answers and errors, and the two ways in which AWS writes them: Query (XML) and JSON 1.1. */

export type Value =
  string | number | boolean | Date | undefined | readonly Value[] | ReadonlyMap<string, Value> | Shape;

/** The members of an answer. One that is undefined is not written; a Map is written as AWS's map. */
export interface Shape {
  readonly [member: string]: Value;
}

/** An error of the service, under the code that goes over the wire. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** What is sent, whatever made it. */
export interface Raw {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** No `<XResult>` where the operation answers nothing. */
export function queryAnswer(
  action: string,
  xmlns: string,
  result: Shape | undefined,
  requestId: string,
): Raw {
  const inner = result === undefined ? '' : element(`${action}Result`, result);
  const body =
    `<${action}Response xmlns="${xmlns}">${inner}` +
    `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`;
  return { status: 200, type: 'text/xml', body: `${body}\n` };
}

export function queryError(error: AwsError, xmlns: string, requestId: string): Raw {
  const type = error.status >= 500 ? 'Receiver' : 'Sender';
  const inner = element('Error', { Type: type, Code: error.code, Message: error.message });
  const body = `<ErrorResponse xmlns="${xmlns}">${inner}<RequestId>${requestId}</RequestId></ErrorResponse>`;
  return { status: error.status, type: 'text/xml', body: `${body}\n` };
}

export function jsonAnswer(result: Shape | undefined): Raw {
  return { status: 200, type: 'application/x-amz-json-1.1', body: JSON.stringify(plain(result ?? {})) };
}

/** What JSON services call the errors that every service has, all with status 400. */
const jsonNames: Readonly<Record<string, string>> = {
  InvalidClientTokenId: 'UnrecognizedClientException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  ExpiredToken: 'ExpiredTokenException',
  AccessDenied: 'AccessDeniedException',
  Throttling: 'ThrottlingException',
  MissingAuthenticationToken: 'MissingAuthenticationTokenException',
  IncompleteSignature: 'IncompleteSignatureException',
  InvalidAction: 'UnknownOperationException',
  ValidationError: 'ValidationException',
  MalformedInput: 'SerializationException',
  MalformedPolicyDocument: 'MalformedPolicyDocumentException',
};

export function jsonError(error: AwsError): Raw {
  const name = jsonNames[error.code];
  return {
    status: name === undefined ? error.status : 400,
    type: 'application/x-amz-json-1.1',
    body: JSON.stringify({ __type: name ?? error.code, message: error.message }),
  };
}

function element(name: string, value: Value): string {
  if (value === undefined) return '';
  const inner = content(value);
  return inner === '' ? `<${name}/>` : `<${name}>${inner}</${name}>`;
}

function content(value: Exclude<Value, undefined>): string {
  if (typeof value === 'string') return escape(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  // AWS writes whole seconds
  if (value instanceof Date) return instant(value.getTime());
  if (isList(value)) return value.map((one) => element('member', one)).join('');
  if (value instanceof Map) {
    return [...value].map(([key, one]) => element('entry', { key: String(key), value: one })).join('');
  }
  return Object.entries(value)
    .map(([name, one]) => element(name, one))
    .join('');
}

function plain(value: Value): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (value === undefined || typeof value !== 'object') return value;
  if (isList(value)) return value.map(plain);
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, one]) => [String(key), plain(one)]));
}

const isList = (value: object): value is readonly Value[] => Array.isArray(value);

/** RFC 3339 in whole seconds. */
export function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Policy documents are percent-encoded as RFC 3986 says. */
export function encoded(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
