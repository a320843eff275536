import { privileges } from './corpus/privileges.ts';
import { tell } from './tell.ts';

tell('rights on objects', privileges);
