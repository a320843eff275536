/** Who can the subject still become, in one account? Index once, walk from as many beginnings as there are. */
export { index, type Account, type Principal } from './account.ts';
export type { Snapshot } from './snapshot.ts';
export type { Beginning, Given } from './beginning.ts';
export { walk, type Hop, type Reach, type Reached } from './walk.ts';
