import type { AnyConnector } from '../src/connector.ts';
import { postgres } from './postgres/index.ts';
import { redis } from './redis/index.ts';
import { vault } from './vault/index.ts';

export const connectors: readonly AnyConnector[] = [postgres, redis, vault];
