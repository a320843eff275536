import { wraps } from './corpus/wrapping.ts';
import { tell } from './tell.ts';

tell('wrapping tokens', wraps);
