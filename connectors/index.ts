import type { AnyConnector } from '../src/connector.ts';

export const connectors: readonly AnyConnector[] = [];
