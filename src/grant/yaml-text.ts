import type { Document, YAMLError } from 'yaml';
import { Composer, Lexer, Parser } from 'yaml';
import type { Finding, Reading } from './tree.ts';
import { maxDepth, maxFindings, maxMarks, oversize, Stop, tooDeep, tooLarge, tooMany } from './tree.ts';
import { Decoder } from './yaml-decoder.ts';
import { syntaxMessage } from './yaml-messages.ts';

/**
 * Reads YAML 1.2 (core schema) one document at a time. The marks are watched while they are read, so
 * that a text that nests or grows beyond the bounds is given up before anything is built from it.
 */
export function* readYaml(text: string): Generator<Reading> {
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    stringKeys: true,
    // found in `Decoder`: the library compares every key with every other
    uniqueKeys: false,
    logLevel: 'silent',
  });
  let start = 0;
  try {
    for (const document of composer.compose(tokens(text))) {
      const end = document.range[2];
      if (oversize(text, start, end)) throw new Stop(start, tooLarge);
      yield read(text, document);
      start = end;
    }
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    yield { start, findings: [{ path: [], at: error.at, message: error.message }] };
    return;
  }
  const stray = composer.streamInfo().errors[0];
  if (stray) yield { start, findings: [{ path: [], at: stray.pos[0], message: syntaxMessage(stray) }] };
}

function* tokens(text: string) {
  const parser = new Parser();
  let marks = 0;
  let oddities = 0;
  let start = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      const odd = token.type === 'error' || token.type === 'directive';
      if (odd && ++oddities > maxFindings) throw new Stop(parser.offset, 'this is not YAML');
      if (token.type === 'document') {
        marks = 0;
        start = parser.offset;
      }
      yield token;
    }
    // on the stack: the document, each open collection, the scalar being read
    if (parser.stack.length > maxDepth + 2) throw new Stop(parser.offset, tooDeep);
    if (++marks > maxMarks) throw new Stop(start, tooMany);
  }
  yield* parser.end();
}

function read(text: string, document: Document.Parsed): Reading {
  const start = document.contents?.range[0] ?? document.range[0];
  const syntax = oneEachLine(text, [...document.errors, ...document.warnings]);
  if (syntax.length > 0) return { start, findings: syntax };
  if (document.directives.yaml.version !== '1.2') {
    return {
      start,
      findings: [
        { path: [], at: document.range[0], message: 'only YAML 1.2 is read: remove the %YAML line' },
      ],
    };
  }
  const decoder = new Decoder();
  try {
    const tree = decoder.decode(document.contents, [], { at: start }, false);
    return { start, tree, findings: decoder.findings };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return { start, findings: [...decoder.findings, { path: [], at: error.at, message: error.message }] };
  }
}

/** One slip of the pen is many errors to the parser: of a line, the first says enough. */
function oneEachLine(text: string, errors: readonly YAMLError[]): Finding[] {
  const found: Finding[] = [];
  let lineEnd = -1;
  for (const error of errors.toSorted((a, b) => a.pos[0] - b.pos[0])) {
    const at = error.pos[0];
    if (at <= lineEnd) continue;
    if (found.length >= maxFindings) break;
    found.push({ path: [], at, message: syntaxMessage(error) });
    const end = text.indexOf('\n', at);
    lineEnd = end === -1 ? text.length : end;
  }
  return found;
}
