import { describe } from 'vitest';
import { findPgBouncer } from '../servers/pgbouncer.ts';
import { realServer } from '../servers/require.ts';
import { points } from './corpus/points.ts';
import { tell } from './tell.ts';

describe.runIf(realServer('PgBouncer', findPgBouncer()))('with a pooler and a standby', () => {
  tell('several points', points);
});
