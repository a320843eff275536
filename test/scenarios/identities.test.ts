import { identities } from './corpus/identities.ts';
import { tell } from './tell.ts';

tell('entities of tokens', identities);
