import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Asked } from '../../src/testing.ts';
import type { Subject } from './aws-subjects.ts';

const policyMade = z.object({ Policy: z.object({ Arn: z.string(), PolicyId: z.string() }) });

const wholeAccount = ({ body }: Asked) => body.includes('Action=GetAccountAuthorizationDetails');

const userMade = z.object({ User: z.object({ UserId: z.string() }) });
const roleMade = z.object({ Role: z.object({ RoleId: z.string(), Arn: z.string() }) });
const profileMade = z.object({ InstanceProfile: z.object({ InstanceProfileId: z.string() }) });

const fence = 'arn:aws:iam::aws:policy/AdministratorAccess';
const trusting = (Principal: object, Action = 'sts:AssumeRole') =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action }] });

const reads = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
});
const writes = reads.replace('GetObject', 'PutObject');
const here = (kind: string, name: string) => `arn:aws:iam::111111111111:${kind}/${name}`;

/** What a grant confers, and what it takes away. */
export const entitlements: Readonly<Record<string, Subject>> = {
  'aws/policy-version': {
    create(call, name) {
      const made = call('CreatePolicy', { PolicyName: name, PolicyDocument: reads });
      const { Arn: policyArn, PolicyId: policyId } = policyMade.parse(made).Policy;
      call('CreatePolicyVersion', { PolicyArn: policyArn, PolicyDocument: writes, SetAsDefault: 'true' });
      const sha256 = createHash('sha256').update(writes).digest('hex');
      return { ref: { policyArn, policyId, versionId: 'v2', sha256 } };
    },
    end(call, name) {
      const PolicyArn = here('policy', name);
      call('SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v1' });
      call('DeletePolicyVersion', { PolicyArn, VersionId: 'v2' });
    },
    asks: wholeAccount,
  },
  'aws/permissions-boundary': {
    create(call, name) {
      const principalId = userMade.parse(call('CreateUser', { UserName: name })).User.UserId;
      return { ref: { principalName: name, principalId, policyArn: fence } };
    },
    end: (call, name) =>
      void call('PutUserPermissionsBoundary', { UserName: name, PermissionsBoundary: fence }),
    asks: wholeAccount,
  },
  'aws/instance-profile': {
    create(call, name) {
      const AssumeRolePolicyDocument = trusting({ Service: 'ec2.amazonaws.com' });
      const made = call('CreateRole', { RoleName: name, AssumeRolePolicyDocument });
      const profile = call('CreateInstanceProfile', { InstanceProfileName: name });
      call('AddRoleToInstanceProfile', { InstanceProfileName: name, RoleName: name });
      return {
        ref: {
          instanceProfileId: profileMade.parse(profile).InstanceProfile.InstanceProfileId,
          roleId: roleMade.parse(made).Role.RoleId,
        },
      };
    },
    end: (call, name) =>
      void call('RemoveRoleFromInstanceProfile', { InstanceProfileName: name, RoleName: name }),
    asks: wholeAccount,
  },
};
