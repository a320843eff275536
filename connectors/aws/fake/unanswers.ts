/** Answers with status 200 that answer nothing: a login page, another document, no document. */
import type { Raw } from './answer.ts';

export const unanswers = {
  loginPage: {
    status: 200,
    type: 'text/html; charset=utf-8',
    body: '<html><head><title>Sign in</title></head><body><form>login</form></body></html>',
  },
  /** The same, under the content type of an answer. */
  loginPageAsXml: {
    status: 200,
    type: 'text/xml',
    body: '<html><head><title>Sign in</title></head><body><form>login</form></body></html>',
  },
  otherRoot: { status: 200, type: 'text/xml', body: '<Foo/>' },
  empty: { status: 200, type: 'text/xml', body: '' },
  braces: { status: 200, type: 'application/x-amz-json-1.1', body: '{}' },
  truncated: { status: 200, type: 'text/xml', body: '<ListUsersResponse xmlns="https://iam.amazonaws' },
} satisfies Readonly<Record<string, Raw>>;
