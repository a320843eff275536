import type { Check } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import type { AwsClient } from '../client.ts';
import { sshPublicKey } from '../kinds/ssh-public-key.ts';
import type { SshPublicKeyRef } from '../kinds/ssh-public-key.ts';
import { credentialOf } from '../of-user.ts';
import { listSshKeys, sshPublicKeys } from '../user-credentials.ts';

export const sshPublicKeyCheck: Check<AwsClient, SshPublicKeyRef> = {
  id: 'aws/ssh-public-key',
  title: 'Does the SSH key stand among those of its user?',
  of: sshPublicKey,
  claim: 'authenticates',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs, listSshKeys.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSSHPublicKeys.html',
  effects: [],
  observe: ({ ref }, ctx) => credentialOf(ref, ctx, sshPublicKeys, ref.sshPublicKeyId),
};
