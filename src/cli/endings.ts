import { EvidenceError, UsageError } from '../model/errors.ts';
import type { Problem } from '../model/errors.ts';
import { shown } from '../reporters/shown.ts';
import { Interrupted, crashText } from './guard.ts';

/** How a command ends that has no verdict: the code, and what people read on stderr. */
export interface Ending {
  readonly code: number;
  readonly text: string;
}

/** The ending of whatever a command threw. What is not known to be the user's or the file's fault is ours. */
export function ending(error: unknown, debug: boolean): Ending {
  if (error instanceof Interrupted) {
    return { code: error.exitCode, text: `exit ${error.exitCode}: ${error.message}, no verdict` };
  }
  if (error instanceof EvidenceError) {
    return {
      code: 4,
      text: `tombstone: ${shown(error.message)}\nexit 4: the evidence is broken, nothing was judged`,
    };
  }
  if (error instanceof UsageError) return { code: 2, text: usageText(error) };
  if (isUsageOfCommander(error)) {
    // commander has printed its own message, and the help it was asked for
    return error.exitCode === 0 ? { code: 0, text: '' } : { code: 2, text: 'exit 2: wrong usage' };
  }
  return { code: 70, text: crashText(error, debug) };
}

/** Told by its name: importing the class would load the whole library into every start. */
function isUsageOfCommander(error: unknown): error is Error & { readonly exitCode: number } {
  return error instanceof Error && /^Commander|^InvalidArgument/.test(error.name) && 'exitCode' in error;
}

function usageText({ message, problems }: UsageError): string {
  const count = problems.length;
  const why = count === 0 ? 'wrong usage or configuration' : count === 1 ? '1 problem' : `${count} problems`;
  return [
    `tombstone: ${shown(message)}`,
    ...problems.map(problemText),
    `exit 2: ${why}, nothing was verified`,
  ].join('\n');
}

/** `file:line:column  field  message`, and what to do below it. */
export function problemText({ file, line, column, field, message, hint }: Problem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const parts = [place, field, message].filter((part) => part !== undefined).map((part) => shown(part));
  return `${parts.join('  ')}${hint === undefined ? '' : `\n    ${shown(hint)}`}`;
}

/** `ENOENT`, where the error has such a code. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
