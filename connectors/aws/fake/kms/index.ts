/** KMS: keys, their policies, their grants. https://docs.aws.amazon.com/kms/latest/APIReference/Welcome.html */
import type { Service } from '../operation.ts';
import { grants } from './grants.ts';
import { keys } from './keys.ts';

export const kms: Service = {
  name: 'kms',
  protocol: 'json',
  space: 'TrentService',
  version: '2014-11-01',
  operations: { ...keys, ...grants },
};
