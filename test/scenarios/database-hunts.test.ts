import { databaseHunts } from './corpus/database-hunts.ts';
import { tell } from './tell.ts';

tell('what a grant left in a database', databaseHunts);
