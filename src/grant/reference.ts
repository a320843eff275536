/** What is wrong with a reference in a record. A record comes from outside: it may name its own files and the subject's variables, nothing else. */
export function recordReferenceFlaw(text: string): { message: string; hint?: string } | undefined {
  if (text.startsWith('file:')) return ownFileFlaw(text.slice('file:'.length));
  if (/^env:TOMBSTONE_SUBJECT_[A-Za-z0-9_]+$/.test(text)) return undefined;
  if (text.startsWith('exec:')) {
    return {
      message: 'a record may not run a program: only file:PATH or env:TOMBSTONE_SUBJECT_… belongs here',
    };
  }
  if (text.startsWith('env:')) {
    return {
      message: 'a record may only name variables that start with TOMBSTONE_SUBJECT_',
      hint: 'Hand the value over as env:TOMBSTONE_SUBJECT_…: a record must not reach the verifier’s own variables.',
    };
  }
  return {
    message: 'a reference belongs here, never the value itself: file:PATH or env:TOMBSTONE_SUBJECT_…',
  };
}

/** What is wrong with a path that must stay inside the record's own directory. Symbolic links are looked at when it is read. */
export function ownFileFlaw(path: string): { message: string; hint?: string } | undefined {
  const rule = 'it must stay inside the directory of the record';
  if (path === '' || path.endsWith('/')) return { message: 'the name of a file is missing' };
  if (/^(?:[/\\~]|[A-Za-z]:)/.test(path)) return { message: `this path is absolute: ${rule}` };
  if (path.split(/[/\\]/).includes('..')) return { message: `this path leads upward (..): ${rule}` };
  // oxlint-disable-next-line no-control-regex -- a path with control characters is no path a person wrote
  if (/[\u0000-\u001f]/.test(path)) return { message: 'this path holds control characters' };
  return undefined;
}
