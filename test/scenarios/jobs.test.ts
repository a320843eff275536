import { jobs } from './corpus/jobs.ts';
import { tell } from './tell.ts';

tell('jobs of pg_cron', jobs, 'pg_cron');
