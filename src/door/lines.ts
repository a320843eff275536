import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Trouble } from './trouble.ts';
import { stopped, trouble } from './trouble.ts';

/** Bytes of one line: far above any entry of a log, far below what hurts. */
export const lineLimit = 16 * 1024 * 1024;
const chunkSize = 256 * 1024;
const newline = 10;

/** What was read of a file: its bytes from the first to `bytes`, in which so many lines ended. */
export interface ReadLines {
  readonly lines: number;
  readonly bytes: number;
  /** SHA-256 of those bytes, hex. */
  readonly digest: string;
  /** Bytes after the last line end: a line that is still being written. */
  readonly unended: number;
}

/**
 * Reads a file to the end that it had when it was opened, and hands over each whole line, without its
 * end. What is written meanwhile is not read.
 *
 * @param take called once a line, in order; a line that has no end yet is not handed over
 */
export async function readLines(
  path: string,
  take: (line: string) => void,
  signal: AbortSignal,
  most = lineLimit,
): Promise<ReadLines | Trouble> {
  let file: FileHandle;
  try {
    // without waiting for somebody to write, where it is a pipe
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return fileTrouble(error);
  }
  try {
    const facts = await file.stat();
    if (!facts.isFile()) return trouble('R-ANSWER', 'is no plain file', 'no plain file');
    return await readTo(facts.size, file, take, signal, most);
  } catch (error) {
    return fileTrouble(error);
  } finally {
    await file.close();
  }
}

async function readTo(
  size: number,
  file: FileHandle,
  take: (line: string) => void,
  signal: AbortSignal,
  most: number,
): Promise<ReadLines | Trouble> {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(chunkSize);
  let rest = Buffer.alloc(0);
  let [bytes, lines] = [0, 0];
  while (bytes < size) {
    if (signal.aborted) return stopped();
    const { bytesRead } = await file.read(buffer, 0, Math.min(chunkSize, size - bytes), bytes);
    if (bytesRead === 0) return trouble('R-PARTIAL', 'was cut off while it was read', 'cut off');
    bytes += bytesRead;
    hash.update(buffer.subarray(0, bytesRead));
    let chunk = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline)) {
      take(chunk.toString('utf8', 0, end));
      lines += 1;
      chunk = chunk.subarray(end + 1);
    }
    rest = chunk;
    if (rest.length > most)
      return trouble('R-ANSWER', `has a line of more than ${most} bytes`, 'line too long');
  }
  return { lines, bytes, digest: hash.digest('hex'), unended: rest.length };
}

/** Only the code of the error is read: its message repeats the path in words that differ by platform. */
function fileTrouble(error: unknown): Trouble {
  const code =
    typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
      ? error.code
      : undefined;
  // not an error of the system: a bug of whoever took the line
  if (code === undefined) throw error;
  if (code === 'ENOENT' || code === 'ENOTDIR') return trouble('R-UNREACHABLE', 'there is no such file', code);
  if (code === 'EACCES' || code === 'EPERM') return trouble('R-PERM', 'the file may not be read', code);
  if (code === 'EISDIR') return trouble('R-ANSWER', 'is no plain file', code);
  return trouble('R-UNREACHABLE', `the file cannot be read (${code})`, code);
}
