/** Identity Center's administration. https://docs.aws.amazon.com/singlesignon/latest/APIReference/welcome.html */
import type { Service } from '../operation.ts';
import { accountAssignments } from './assignments.ts';
import { permissionSets } from './permission-sets.ts';

export const identityCenter: Service = {
  name: 'sso',
  protocol: 'json',
  space: 'SWBExternalService',
  version: '2020-07-20',
  operations: { ...permissionSets, ...accountAssignments },
};
