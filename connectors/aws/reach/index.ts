/** Who can the subject still become, in one account? Index once, walk from as many beginnings as there are. */
export { index } from './account.ts';
export type { Snapshot } from './snapshot.ts';
export { walk, type Reach } from './walk.ts';
