import { secretIds } from './corpus/secret-ids.ts';
import { tell } from './tell.ts';

tell('secret ids', secretIds);
