/** STS: who am I, and sessions. */
import type { Shape } from './answer.ts';
import { AwsError } from './answer.ts';
import { assumeRole } from './assume-role.ts';
import { demand } from './authorize.ts';
import { accountOf } from './ids.ts';
import { text } from './input.ts';
import type { Call, Service } from './operation.ts';
import { read } from './operation.ts';
import { mint, ownSeconds, sessionPolicies, withMfa } from './sessions.ts';

/** A session of a user's own may only assume roles and ask who it is. */
function barSessions({ caller, action }: Call): void {
  if (caller.kind === 'federated' || caller.session?.kind === 'user') {
    throw new AwsError('AccessDenied', 403, `Cannot call ${action} with session credentials`);
  }
}

function keyInfo(call: Call): Shape {
  barSessions(call);
  demand(call, 'sts:GetAccessKeyInfo', { arn: '*', called: '*' });
  const id = text(call.input, 'AccessKeyId');
  const account = accountOf(id);
  // what the service says of an id that is nobody's is an assumption
  if (account === undefined || !call.world.accounts.has(account)) {
    throw new AwsError('ValidationError', 400, 'Invalid Access Key ID');
  }
  return { Account: account };
}

/** Long-term keys alone may. */
function checkLongTerm({ caller, action }: Call): void {
  if (caller.session !== undefined) {
    throw new AwsError('AccessDenied', 403, `Cannot call ${action} with session credentials`);
  }
}

/** No policy gives it and none takes it: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html */
function sessionToken(call: Call): Shape {
  checkLongTerm(call);
  const { account, caller } = call;
  const given = {
    accountId: account.id,
    kind: 'user',
    principalId: caller.principalId,
    name: '',
    policies: undefined,
    mfa: withMfa(call),
  } as const;
  return { Credentials: mint(call, given, ownSeconds(call)) };
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html */
function federationToken(call: Call): Shape {
  checkLongTerm(call);
  const { account, caller } = call;
  const name = text(call.input, 'Name');
  const arn = account.arn(`federated-user/${name}`, 'sts');
  demand(call, 'sts:GetFederationToken', { arn, called: arn });
  const policies = sessionPolicies(call);
  const given = {
    accountId: account.id,
    kind: 'federated',
    principalId: caller.principalId,
    name,
    policies,
    mfa: false,
  } as const;
  return {
    Credentials: mint(call, given, ownSeconds(call)),
    FederatedUser: { FederatedUserId: `${account.id}:${name}`, Arn: arn },
    PackedPolicySize: policies === undefined ? undefined : 1,
  };
}

export const sts: Service = {
  name: 'sts',
  protocol: 'query',
  space: 'https://sts.amazonaws.com/doc/2011-06-15/',
  version: '2011-06-15',
  // none of them changes what an account holds: sessions are kept nowhere that a replica shows
  operations: {
    // nobody needs a right for it, and no deny takes it away
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    GetCallerIdentity: read(undefined, ({ caller, account }) => ({
      Arn: caller.arn,
      UserId: caller.userId,
      Account: account.id,
    })),
    GetAccessKeyInfo: read(undefined, keyInfo),
    AssumeRole: read(undefined, assumeRole),
    GetSessionToken: read(undefined, sessionToken),
    GetFederationToken: read(undefined, federationToken),
  },
};
