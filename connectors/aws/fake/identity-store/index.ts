/** Identity Center's own users and groups. https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/welcome.html */
import type { Service } from '../operation.ts';
import { directoryUsers } from './users.ts';
import { directoryGroups } from './groups.ts';

export const identityStore: Service = {
  name: 'identitystore',
  protocol: 'json',
  space: 'AWSIdentityStore',
  version: '2020-06-15',
  operations: { ...directoryUsers, ...directoryGroups },
};
