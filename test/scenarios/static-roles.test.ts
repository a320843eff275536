import { staticRoles } from './corpus/static-roles.ts';
import { tell } from './tell.ts';

tell('static roles', staticRoles);
