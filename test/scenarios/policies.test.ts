import { policies } from './corpus/policies.ts';
import { tell } from './tell.ts';

tell('policies', policies);
