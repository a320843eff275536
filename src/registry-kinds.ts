import { kinds } from '../connectors/kinds.ts';
import { lookupOf } from './grant/kinds.ts';

/** The kinds of the built-in connectors, without the connectors: all that reading a record needs. */
export const builtInKinds = lookupOf(kinds);
