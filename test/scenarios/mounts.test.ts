import { mounts } from './corpus/mounts.ts';
import { tell } from './tell.ts';

tell('mounts that are moved or disabled', mounts);
