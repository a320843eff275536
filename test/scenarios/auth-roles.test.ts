import { authRoles } from './corpus/auth-roles.ts';
import { tell } from './tell.ts';

tell('roles and users of auth mounts', authRoles);
