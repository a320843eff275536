import { allow } from '../aws-world.ts';
import type { AwsScenario } from '../aws-world.ts';

export const entitlements: readonly AwsScenario[] = [
  {
    name: 'aws-group-besides',
    story: 'The policy is detached; a group that the subject is in gives the same, and it has a key.',
    naive: { asks: 'lists the policies of the user', says: 'gone' },
    truth: { by: 'reading a user with the key', is: 'works' },
    expected: {
      grant: 'unproven',
      exit: 3,
      needs: 'a baseline that was taken before the grant (tombstone capture)',
      targets: { e1: 'gone', 'sweep:aws-prod': 'unproven R-ORIGIN', 'hunt:aws-prod': 'gone' },
    },
    async play(world) {
      const [name, PolicyName] = ['alice', 'jit'];
      const principalId = world.user(name, 2_000);
      const key = world.key(name, 2_000);
      const PolicyDocument = allow('iam:GetUser');
      world.ago(2_000, 'CreateGroup', { GroupName: 'readers' });
      world.ago(2_000, 'PutGroupPolicy', { GroupName: 'readers', PolicyName: 'reads', PolicyDocument });
      world.ago(100, 'AddUserToGroup', { GroupName: 'readers', UserName: name });
      world.ago(120, 'PutUserPolicy', { UserName: name, PolicyName, PolicyDocument });
      world.iam('DeleteUserPolicy', { UserName: name, PolicyName });
      const ref = { principalName: name, principalId, policyName: PolicyName, policies: [PolicyDocument] };
      return {
        grant: {
          ...world.window(),
          users: [principalId],
          entitlements: [{ id: 'e1', kind: 'aws/inline-policy', system: 'aws-prod', ref }],
        },
        naive: () =>
          Promise.resolve(
            JSON.stringify(world.iam('ListUserPolicies', { UserName: name })).includes(PolicyName)
              ? 'still there'
              : 'gone',
          ),
        truth: () => world.reads(key, name),
        mend: async () => void world.iam('RemoveUserFromGroup', { GroupName: 'readers', UserName: name }),
      };
    },
  },
];
