import { hunts } from './corpus/hunts.ts';
import { tell } from './tell.ts';

tell('hunts', hunts);
