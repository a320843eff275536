import { bind } from './bind.ts';
import { postgresBinding } from './postgres.ts';

bind(postgresBinding);
