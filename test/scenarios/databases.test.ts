import { memberships } from './corpus/memberships.ts';
import { roles } from './corpus/roles.ts';
import { sessions } from './corpus/sessions.ts';
import { times } from './corpus/times.ts';
import { tell } from './tell.ts';

tell('sessions, roles, memberships, time', [...sessions, ...roles, ...memberships, ...times]);
