import { sessions } from './corpus/sessions.ts';
import { tell } from './tell.ts';

tell('sessions', sessions);
