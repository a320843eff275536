import { certificates } from './corpus/certificates.ts';
import { tell } from './tell.ts';

tell('certificates', certificates);
