import { transitKeys } from './corpus/transit.ts';
import { tell } from './tell.ts';

tell('transit keys', transitKeys);
