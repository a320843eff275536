import { failed, inconclusive } from '../../../src/connector.ts';
import type { Check, Observation } from '../../../src/connector.ts';
import type { AwsClient } from '../client.ts';
import { identityCenterAssignment } from '../kinds/identity-center-assignment.ts';
import type { IdentityCenterAssignmentRef } from '../kinds/identity-center-assignment.ts';
import { making } from '../sessions-now.ts';
import { overByRecord } from '../sessions-through.ts';
import { identityCenterAssignmentCheck } from './identity-center-assignment.ts';

/** The role of a permission set stands in the account that it opens, and its sessions know nothing of Identity Center. */
export const identityCenterSessions: Check<AwsClient, IdentityCenterAssignmentRef> = {
  id: 'aws/identity-center-sessions',
  title: 'May sessions that were made through the assignment still do anything?',
  of: identityCenterAssignment,
  claim: 'derived',
  decides: true,
  method: 'lookup',
  needs: identityCenterAssignmentCheck.needs,
  docs: 'https://docs.aws.amazon.com/singlesignon/latest/userguide/authconcept.html',
  effects: [],
  async observe(target, ctx): Promise<Observation> {
    const { ref } = target;
    const assigned = await identityCenterAssignmentCheck.observe(target, ctx);
    if (failed(assigned)) return assigned;
    if (assigned.saw === 'present' && assigned.state === 'active') return making;
    const role = `the permission set's role in ${ref.accountId}`;
    const controls = 'controls' in assigned ? assigned.controls : undefined;
    const at = controls?.[0]?.stamp.serverAt ?? ctx.window.to;
    const over = overByRecord(role, ref.sessions === 'named', ctx.window, at);
    if (typeof over === 'string')
      return { saw: 'excluded', basis: 'declared', why: over, controls: controls ?? [] };
    return {
      ...inconclusive(
        'R-DERIVED',
        `sessions of ${role} (AWSReservedSSO_…) live up to 12 hours without the assignment, and without the user`,
        'every such session in the record (sessions: named), or 12 hours',
      ),
      bound: over.bound,
    };
  },
};
