import { failed } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import type { AwsClient } from '../client.ts';
import { instanceProfile } from '../kinds/instance-profile.ts';
import type { InstanceProfileRef } from '../kinds/instance-profile.ts';
import { roleOf } from '../of-role.ts';
import { making } from '../sessions-now.ts';
import { sessionsThrough } from '../sessions-through.ts';
import { instanceProfileCheck } from './instance-profile.ts';

/** What a machine fetched it has, and whoever was on it. */
export const instanceProfileSessions: Check<AwsClient, InstanceProfileRef> = {
  id: 'aws/instance-profile-sessions',
  title: 'May credentials that machines fetched by the profile still do anything?',
  of: instanceProfile,
  claim: 'derived',
  decides: true,
  method: 'list',
  needs: instanceProfileCheck.needs,
  docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html',
  effects: [],
  async observe(target, ctx): Promise<Observation> {
    const { ref } = target;
    const [listed, standing] = await Promise.all([
      instanceProfileCheck.observe(target, ctx),
      roleOf(ref, ctx),
    ]);
    if (failed(listed)) return listed;
    if (listed.saw === 'present') return making;
    if (failed(standing)) return standing;
    return sessionsThrough(standing, 'the profile', ref.sessions === 'named', ctx);
  },
};
