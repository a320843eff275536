import { tokens } from './corpus/tokens.ts';
import { tell } from './tell.ts';

tell('tokens', tokens);
