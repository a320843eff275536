/** The services that are served, by the name in a signature's credential scope. */
import { attached } from './iam/attached.ts';
import { inline } from './iam/inline.ts';
import { keys } from './iam/keys.ts';
import { users } from './iam/users.ts';
import type { Service } from './operation.ts';
import { sts } from './sts.ts';

const iam: Service = {
  name: 'iam',
  protocol: 'query',
  space: 'https://iam.amazonaws.com/doc/2010-05-08/',
  version: '2010-05-08',
  operations: { ...users, ...keys, ...inline, ...attached },
};

export const services: ReadonlyMap<string, Service> = new Map([iam, sts].map((one) => [one.name, one]));
