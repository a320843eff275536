import { leases } from './corpus/leases.ts';
import { tell } from './tell.ts';

tell('leases', leases);
