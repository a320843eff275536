import { groups } from './corpus/groups.ts';
import { tell } from './tell.ts';

tell('members of groups', groups);
