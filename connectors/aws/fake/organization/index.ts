/** Organizations. https://docs.aws.amazon.com/organizations/latest/APIReference/Welcome.html */
import type { Service } from '../operation.ts';
import { policies } from './policies.ts';
import { structure } from './structure.ts';

export const organizations: Service = {
  name: 'organizations',
  protocol: 'json',
  space: 'AWSOrganizationsV20161128',
  version: '2016-11-28',
  operations: { ...structure, ...policies },
  throttled: 'TooManyRequestsException',
};
