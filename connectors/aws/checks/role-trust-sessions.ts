import { failed } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import type { AwsClient } from '../client.ts';
import { roleTrust } from '../kinds/role-trust.ts';
import type { RoleTrustRef } from '../kinds/role-trust.ts';
import { roleOf } from '../of-role.ts';
import { making } from '../sessions-now.ts';
import { sessionsThrough } from '../sessions-through.ts';
import { roleTrustCheck } from './role-trust.ts';

/** Whoever was let in has sessions that know nothing of the trust any more. */
export const roleTrustSessions: Check<AwsClient, RoleTrustRef> = {
  id: 'aws/role-trust-sessions',
  title: 'May sessions that were made through the trust still do anything?',
  of: roleTrust,
  claim: 'derived',
  decides: true,
  method: 'list',
  needs: roleTrustCheck.needs,
  docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html',
  effects: [],
  async observe(target, ctx): Promise<Observation> {
    const { ref } = target;
    const [trusted, standing] = await Promise.all([roleTrustCheck.observe(target, ctx), roleOf(ref, ctx)]);
    if (failed(trusted)) return trusted;
    if (trusted.saw === 'present' && trusted.state === 'active') return making;
    if (failed(standing)) return standing;
    return sessionsThrough(standing, 'the trust', ref.sessions === 'named', ctx);
  },
};
