import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';

const maxSecretBytes = 64 * 1024;
const maxTextBytes = 1024 * 1024;
const programTimeoutMs = 30_000;

/** What a reference gave, or why it gave nothing. The reason never holds a part of the value. */
export type Resolved = { readonly value: string } | { readonly reason: string };

/** Where references are looked up. `confined` is the rule for records: files below the directory only, no programs. */
export interface Place {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly confined: boolean;
}

/** Follows `env:NAME`, `file:PATH` or `exec:["cmd","arg"]`. */
export async function followReference(reference: string, place: Place): Promise<Resolved> {
  if (reference.startsWith('env:')) return fromVariable(reference.slice('env:'.length), place.env);
  if (reference.startsWith('file:')) {
    return fromFile(reference.slice('file:'.length), place, maxSecretBytes);
  }
  if (reference.startsWith('exec:') && !place.confined)
    return fromProgram(reference.slice('exec:'.length), place);
  return { reason: 'it is no reference that may stand here' };
}

/** A text file as it stands, without anything cut off. */
export async function readTextFile(path: string, place: Place): Promise<Resolved> {
  return fromFile(path, place, maxTextBytes, false);
}

function fromVariable(name: string, env: NodeJS.ProcessEnv): Resolved {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value === undefined) return { reason: 'the variable is not set' };
  return value === '' ? { reason: 'the variable is empty' } : { value };
}

async function fromFile(path: string, place: Place, limit: number, trim = true): Promise<Resolved> {
  let handle: FileHandle | undefined;
  try {
    const file = await realpath(resolve(place.directory, path));
    if (place.confined && !file.startsWith(withSlash(await realpath(place.directory)))) {
      return { reason: 'the file lies outside the directory of the record' };
    }
    // a pipe would wait for its writer, and a link was followed above
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    if (!(await handle.stat()).isFile()) return { reason: 'it is not a regular file' };
    const buffer = Buffer.alloc(limit + 1);
    let length = 0;
    for (let read = 1; read > 0 && length <= limit; length += read) {
      ({ bytesRead: read } = await handle.read(buffer, length, buffer.length - length));
    }
    if (length > limit) return { reason: `the file is larger than ${limit / 1024} KiB` };
    return decode(buffer.subarray(0, length), trim, 'the file');
  } catch (error) {
    return { reason: `the file cannot be read (${codeOf(error)})` };
  } finally {
    await handle?.close();
  }
}

function withSlash(directory: string): string {
  return directory.endsWith(sep) ? directory : directory + sep;
}

async function fromProgram(json: string, place: Place): Promise<Resolved> {
  const parsed: unknown = JSON.parse(json);
  const command = Array.isArray(parsed) ? parsed.map(String) : [];
  const [program, ...args] = command;
  if (program === undefined) return { reason: 'it names no program' };
  return new Promise((settle) => {
    const child = execFile(
      program,
      args,
      {
        cwd: place.directory,
        env: place.env,
        encoding: 'buffer',
        timeout: programTimeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: maxSecretBytes,
        shell: false,
        windowsHide: true,
      },
      (error, stdout) => {
        settle(
          error === null ? decode(stdout, true, 'the output of the program') : { reason: failure(error) },
        );
      },
    );
    // it must not wait for an answer on the terminal's input
    child.stdin?.end();
  });
}

function failure(
  error: Error & { code?: number | string | null; killed?: boolean; signal?: string | null },
): string {
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') {
    return `the program wrote more than ${maxSecretBytes / 1024} KiB`;
  }
  if (error.killed === true) return `the program did not end within ${programTimeoutMs / 1000} seconds`;
  if (typeof error.code === 'number') return `the program ended with code ${error.code}`;
  return `the program could not be run (${error.signal ?? codeOf(error)})`;
}

function decode(bytes: Uint8Array, trim: boolean, what: string): Resolved {
  let value: string;
  try {
    value = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { reason: `${what} is not UTF-8 text` };
  }
  if (trim) value = value.replace(/\r?\n$/, '');
  return value === '' ? { reason: `${what} is empty` } : { value };
}

/** `ENOENT`, never the message, which may hold arguments. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
