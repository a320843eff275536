import { bind } from './bind.ts';
import { redisBinding } from './redis.ts';

bind(redisBinding);
