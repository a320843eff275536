/** How a report should look: decided by the command line, never by a reporter. */
export interface Look {
  readonly color: boolean;
  /** `quiet`: only what is not gone. `full`: every gone item with all its controls. */
  readonly detail: 'quiet' | 'usual' | 'full';
  /** The command that asks again, for the "fix" lines. */
  readonly again: string;
  /** A JSON report that was saved beside this one: what `tombstone explain F-1` reads. */
  readonly saved?: string;
  /** The evidence file that was judged, where nothing was asked. It is unsigned. */
  readonly judgedFrom?: string;
}

export const plainLook: Look = { color: false, detail: 'usual', again: 'tombstone verify RECORD' };
