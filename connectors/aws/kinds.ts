import type { Kind, Some } from '../../src/connector.ts';
import { accessKey } from './kinds/access-key.ts';
import { attachedPolicy } from './kinds/attached-policy.ts';
import { credentialKinds } from './kinds/credentials.ts';
import { entitlementKinds } from './kinds/entitlements.ts';
import { groupMembership } from './kinds/group-membership.ts';
import { iamPrincipal } from './kinds/principal.ts';
import { inlinePolicy } from './kinds/inline-policy.ts';

export const kinds: Some<Kind<unknown>> = [
  accessKey,
  attachedPolicy,
  groupMembership,
  iamPrincipal,
  inlinePolicy,
  ...credentialKinds,
  ...entitlementKinds,
];
