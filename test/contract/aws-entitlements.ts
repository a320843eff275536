import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Asked } from '../../src/testing.ts';
import { identityCenter } from './aws-identity-center.ts';
import type { Call, Subject } from './aws-made.ts';

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

function untrusted(call: Call, name: string): void {
  const PolicyDocument = trusting({ Service: 'ec2.amazonaws.com' });
  call('UpdateAssumeRolePolicy', { RoleName: name, PolicyDocument });
}

const keyMade = z.object({ KeyMetadata: z.object({ Arn: z.string() }) });
const grantMade = z.object({ GrantId: z.string() });
const secretMade = z.object({ ARN: z.string(), VersionId: z.string() });

const grantOf = new Map<string, { readonly keyArn: string; readonly grantId: string }>();
function grantOn(call: Call, KeyId: string): string {
  const GranteePrincipal = here('user', 'verifier');
  return grantMade.parse(call('CreateGrant', { KeyId, GranteePrincipal, Operations: ['Decrypt'] }, 'kms'))
    .GrantId;
}

function withGrant(call: Call, name: string, others: number) {
  const keyArn = keyMade.parse(call('CreateKey', {}, 'kms')).KeyMetadata.Arn;
  for (let other = 0; other < others; other += 1) grantOn(call, keyArn);
  const ref = { keyArn, grantId: grantOn(call, keyArn) };
  grantOf.set(name, ref);
  return { ref };
}
const ofGrant: Omit<Subject, 'create'> = {
  end(call, name) {
    const { keyArn: KeyId = '', grantId: GrantId = '' } = grantOf.get(name) ?? {};
    call('RevokeGrant', { KeyId, GrantId }, 'kms');
  },
  asks: ({ body }, name) => body.includes(`"GrantId":"${grantOf.get(name)?.grantId ?? name}"`),
};

function withSecret(call: Call, Name: string) {
  const made = secretMade.parse(call('CreateSecret', { Name, SecretString: 'x' }, 'secretsmanager'));
  return { ref: { secretArn: made.ARN, versionId: made.VersionId } };
}
const asksSecret = ({ body }: Asked, name: string) =>
  body.includes('"SecretId"') && body.includes(`:${name}-`);
const keyOf = new Map<string, string>();
const accountRoot = 'arn:aws:iam::111111111111:root';
const opening = (Action: string, ...AWS: readonly string[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS }, Action, Resource: '*' }],
  });
const versionsOfNothing = {
  'secretsmanager:ListSecretVersionIds': 'tells the versions of a secret; one that is not there has none',
};

/** What a grant confers, and what it takes away. */
export const entitlements: Readonly<Record<string, Subject>> = {
  ...identityCenter,
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
  'aws/instance-profile-sessions': {
    create(call, name) {
      const AssumeRolePolicyDocument = trusting({ Service: 'ec2.amazonaws.com' });
      const made = call('CreateRole', { RoleName: name, AssumeRolePolicyDocument });
      const profile = call('CreateInstanceProfile', { InstanceProfileName: name });
      call('AddRoleToInstanceProfile', { InstanceProfileName: name, RoleName: name });
      return {
        ref: {
          instanceProfileId: profileMade.parse(profile).InstanceProfile.InstanceProfileId,
          roleId: roleMade.parse(made).Role.RoleId,
          sessions: 'named',
        },
      };
    },
    end: (call, name) =>
      void call('RemoveRoleFromInstanceProfile', { InstanceProfileName: name, RoleName: name }),
    asks: wholeAccount,
  },
  'aws/role-trust': {
    create(call, name) {
      const user = userMade.parse(call('CreateUser', { UserName: name })).User;
      const AssumeRolePolicyDocument = trusting({ AWS: here('user', name) });
      const made = call('CreateRole', { RoleName: name, AssumeRolePolicyDocument });
      const { RoleId: roleId } = roleMade.parse(made).Role;
      return { ref: { roleId, principal: here('user', name), principalId: user.UserId } };
    },
    end: untrusted,
    asks: wholeAccount,
  },
  'aws/role-trust-sessions': {
    create(call, name) {
      const user = userMade.parse(call('CreateUser', { UserName: name })).User;
      const AssumeRolePolicyDocument = trusting({ AWS: here('user', name) });
      const made = call('CreateRole', { RoleName: name, AssumeRolePolicyDocument });
      const { RoleId: roleId } = roleMade.parse(made).Role;
      const principal = { principal: here('user', name), principalId: user.UserId };
      return { ref: { roleId, ...principal, sessions: 'named' } };
    },
    end: untrusted,
    asks: wholeAccount,
  },
  'aws/role-trust of a web identity': {
    create(call, name) {
      const principal = here('oidc-provider', `${name}.example`);
      call('CreateOpenIDConnectProvider', { Url: `https://${name}.example` });
      const AssumeRolePolicyDocument = trusting({ Federated: principal }, 'sts:AssumeRoleWithWebIdentity');
      const made = call('CreateRole', { RoleName: name, AssumeRolePolicyDocument });
      return { ref: { roleId: roleMade.parse(made).Role.RoleId, principal } };
    },
    end: untrusted,
    asks: wholeAccount,
    describing: {
      'iam:GetOpenIDConnectProvider':
        'tells whether the provider stands; a role that does not name it lets nobody in by it',
    },
  },
  'aws/identity-provider': {
    create(call, name) {
      call('CreateOpenIDConnectProvider', { Url: `https://${name}.example` });
      return { ref: { providerArn: here('oidc-provider', `${name}.example`) } };
    },
    end: (call, name) =>
      void call('DeleteOpenIDConnectProvider', {
        OpenIDConnectProviderArn: here('oidc-provider', `${name}.example`),
      }),
    asks: ({ body }, name) =>
      body.includes('Action=GetOpenIDConnectProvider') && body.includes(`${name}.example`),
  },
  'aws/identity-provider of SAML': {
    create(call, name) {
      call('CreateSAMLProvider', { Name: name, SAMLMetadataDocument: '<EntityDescriptor/>' });
      return { ref: { providerArn: here('saml-provider', name) } };
    },
    end: (call, name) => void call('DeleteSAMLProvider', { SAMLProviderArn: here('saml-provider', name) }),
    asks: ({ body }, name) => body.includes('Action=GetSAMLProvider') && body.includes(name),
  },
  'aws/kms-grant': { create: (call, name) => withGrant(call, name, 0), ...ofGrant },
  'aws/kms-grant beside another': { create: (call, name) => withGrant(call, name, 1), ...ofGrant },
  'aws/secret-version': {
    create: withSecret,
    end: (call, name) =>
      void call('DeleteSecret', { SecretId: name, ForceDeleteWithoutRecovery: true }, 'secretsmanager'),
    asks: asksSecret,
    describing: versionsOfNothing,
  },
  'aws/resource-policy': {
    create(call, name) {
      const user = userMade.parse(call('CreateUser', { UserName: name })).User;
      const { Arn } = keyMade.parse(call('CreateKey', {}, 'kms')).KeyMetadata;
      const Policy = opening('kms:*', here('user', name), accountRoot);
      call('PutKeyPolicy', { KeyId: Arn, Policy }, 'kms');
      keyOf.set(name, Arn);
      return { ref: { resourceArn: Arn, principal: here('user', name), principalId: user.UserId } };
    },
    end: (call, name) =>
      void call(
        'PutKeyPolicy',
        { KeyId: keyOf.get(name) ?? '', Policy: opening('kms:*', accountRoot) },
        'kms',
      ),
    asks: (asked, name) => wholeAccount(asked) || asked.body.includes(`"KeyId":"${keyOf.get(name) ?? name}"`),
  },
  'aws/resource-policy of a secret': {
    create(call, name) {
      const user = userMade.parse(call('CreateUser', { UserName: name })).User;
      const resourceArn = withSecret(call, name).ref.secretArn;
      const ResourcePolicy = opening('secretsmanager:GetSecretValue', here('user', name));
      call('PutResourcePolicy', { SecretId: resourceArn, ResourcePolicy }, 'secretsmanager');
      return { ref: { resourceArn, principal: here('user', name), principalId: user.UserId } };
    },
    end: (call, name) => void call('DeleteResourcePolicy', { SecretId: name }, 'secretsmanager'),
    asks: (asked, name) => wholeAccount(asked) || asksSecret(asked, name),
  },
};
