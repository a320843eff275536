/** The services that are served, by the name in a signature's credential scope. */
import { cloudTrail } from './cloudtrail.ts';
import { attached } from './iam/attached.ts';
import { accountDetails } from './iam/details.ts';
import { groups } from './iam/groups.ts';
import { inline } from './iam/inline.ts';
import { keys } from './iam/keys.ts';
import { logins } from './iam/logins.ts';
import { policies } from './iam/policies.ts';
import { profiles } from './iam/profiles.ts';
import { providers } from './iam/providers.ts';
import { reports } from './iam/reports.ts';
import { roles } from './iam/roles.ts';
import { serviceCredentials } from './iam/service-credentials.ts';
import { uploads } from './iam/uploads.ts';
import { users } from './iam/users.ts';
import { identityCenter } from './identity-center/index.ts';
import { identityStore } from './identity-store/index.ts';
import { kms } from './kms/index.ts';
import type { Service } from './operation.ts';
import { organizations } from './organization/index.ts';
import { secretsManager } from './secrets/index.ts';
import { sts } from './sts.ts';

const iam: Service = {
  name: 'iam',
  protocol: 'query',
  space: 'https://iam.amazonaws.com/doc/2010-05-08/',
  version: '2010-05-08',
  operations: {
    ...users,
    ...keys,
    ...logins,
    ...uploads,
    ...serviceCredentials,
    ...groups,
    ...roles,
    ...profiles,
    ...policies,
    ...inline,
    ...attached,
    ...providers,
    ...accountDetails,
    ...reports,
  },
};

export const services: ReadonlyMap<string, Service> = new Map(
  [iam, sts, kms, secretsManager, organizations, identityCenter, identityStore, cloudTrail].map((one) => [
    one.name,
    one,
  ]),
);
