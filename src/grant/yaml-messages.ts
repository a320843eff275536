import type { ErrorCode, YAMLError } from 'yaml';

/** In our own words: the library quotes the source text, which may hold a secret. */
const messages: Partial<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias (*name) has neither an anchor nor a tag',
  BAD_ALIAS: 'this is not an alias: a text that starts with * needs quotes',
  BAD_COLLECTION_TYPE: 'this tag does not fit the value',
  BAD_DIRECTIVE: 'this %-line is not understood: remove it',
  BAD_DQ_ESCAPE: 'a backslash in double quotes starts an escape: use single quotes, or write \\\\',
  BAD_INDENT: 'the indentation does not fit: all fields of a map start in the same column',
  BAD_PROP_ORDER: 'an anchor (&name) or a tag stands in the wrong place',
  BAD_SCALAR_START: 'a text may not start with this character: put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a map inside a map starts on its own line; a text with ": " in it needs quotes',
  BLOCK_IN_FLOW: 'inside { } and [ ] no indented map or list may start',
  DUPLICATE_KEY: 'this key is written twice',
  KEY_OVER_1024_CHARS: 'a key may have 1024 characters at most',
  MISSING_CHAR: 'something is missing here: a closing quote, bracket or brace, a comma, a colon or a space',
  MULTILINE_IMPLICIT_KEY: 'a key stands on one line, with ": " after it',
  MULTIPLE_ANCHORS: 'a value has one anchor (&name) at most',
  MULTIPLE_TAGS: 'a value has one tag at most',
  NON_STRING_KEY: 'a key must be a text',
  TAB_AS_INDENT: 'YAML is indented with spaces, not with tabs',
  TAG_RESOLVE_FAILED: 'custom tags (!name) are not read',
};

/** What is wrong with the YAML, for people, without any of its text. */
export function syntaxMessage({ code, message }: YAMLError): string {
  const open = code === 'BAD_INDENT' && message.includes(' and end with a ');
  const said = open ? 'a { or [ is not closed' : (messages[code] ?? 'this was not expected here');
  return `not valid YAML: ${said}`;
}
