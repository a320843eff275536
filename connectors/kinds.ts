import type { Kind } from '../src/connector.ts';
import { kinds as aws } from './aws/kinds.ts';
import { kinds as postgres } from './postgres/kinds.ts';
import { kinds as redis } from './redis/kinds.ts';
import { kinds as vault } from './vault/kinds.ts';

export const kinds: readonly Kind<unknown>[] = [...aws, ...postgres, ...redis, ...vault];
