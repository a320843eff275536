import { times } from './corpus/times.ts';
import { tell } from './tell.ts';

tell('times', times);
