import { roles } from './corpus/roles.ts';
import { tell } from './tell.ts';

tell('roles', roles);
