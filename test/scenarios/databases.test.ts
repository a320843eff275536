import { memberships } from './corpus/memberships.ts';
import { outlasting } from './corpus/outlasting.ts';
import { roles } from './corpus/roles.ts';
import { sessions } from './corpus/sessions.ts';
import { times } from './corpus/times.ts';
import { tell } from './tell.ts';

tell('sessions, roles, memberships, time', [...sessions, ...outlasting, ...roles, ...memberships, ...times]);
