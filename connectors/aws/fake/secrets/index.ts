/** Secrets Manager. https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html */
import type { Service } from '../operation.ts';
import { replicas } from './replicas.ts';
import { secrets } from './secrets.ts';
import { versions } from './versions.ts';

export const secretsManager: Service = {
  name: 'secretsmanager',
  protocol: 'json',
  space: 'secretsmanager',
  version: '2017-10-17',
  operations: { ...secrets, ...versions, ...replicas },
};
