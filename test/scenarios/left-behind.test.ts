import { leftBehind } from './corpus/left-behind.ts';
import { tell } from './tell.ts';

tell('objects that are left behind', leftBehind);
