import type { AnyConnector } from '../src/connector.ts';
import { aws } from './aws/index.ts';
import { postgres } from './postgres/index.ts';
import { redis } from './redis/index.ts';
import { vault } from './vault/index.ts';

export const connectors: readonly AnyConnector[] = [aws, postgres, redis, vault];
