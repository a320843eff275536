import { witnesses } from './corpus/witnesses.ts';
import { tell } from './tell.ts';

tell('the audit log', witnesses);
