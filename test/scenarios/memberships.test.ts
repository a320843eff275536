import { memberships } from './corpus/memberships.ts';
import { tell } from './tell.ts';

tell('memberships', memberships);
