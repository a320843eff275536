import { servers } from './corpus/servers.ts';
import { tokens } from './corpus/tokens.ts';
import { tell } from './tell.ts';

tell('tokens, servers, the verifier itself', [...tokens, ...servers]);
