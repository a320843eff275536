import { leases } from './corpus/leases.ts';
import { statements } from './corpus/statements.ts';
import { tell } from './tell.ts';

tell('revocations and leases', [...statements, ...leases]);
