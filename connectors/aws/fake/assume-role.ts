/**
 * AssumeRole: the role's trust policy and the caller's own policies. A caller of the role's own account
 * whom the trust policy names itself needs no other; whose account it names, or who comes from another,
 * needs both. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
import type { Account } from './account.ts';
import type { Shape } from './answer.ts';
import { AwsError } from './answer.ts';
import { contextOf, refusal, rule } from './authorize.ts';
import { invalid, maybe, number, tagsOf, text } from './input.ts';
import type { Call } from './operation.ts';
import type { Asked } from './policy.ts';
import { namedIsEnough } from './resource-policy.ts';
import { mint, sessionPolicies, withMfa } from './sessions.ts';
import type { Role } from './state.ts';
import { find } from './state.ts';
import { trusts } from './trust.ts';

interface Found {
  readonly account: Account;
  readonly role: Role;
}

export function assumeRole(call: Call): Shape {
  const { caller, input } = call;
  const arn = text(input, 'RoleArn');
  const name = text(input, 'RoleSessionName');
  if (!/^[\w+=,.@-]{2,64}$/.test(name)) {
    throw invalid(
      `1 validation error detected: Value '${name}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
    );
  }
  const seconds = number(input, 'DurationSeconds', 900, 43_200) ?? 3600;
  if (caller.kind === 'root') throw denied('Roles may not be assumed by root accounts.');
  if (caller.kind === 'federated') throw denied('Cannot call AssumeRole with federated user credentials');
  const found = roleOf(call, arn);
  const mfa = withMfa(call);
  const sourceIdentity = maybe(input, 'SourceIdentity') ?? caller.session?.sourceIdentity;
  const tags = tagsOf(input);
  const wanted = ['sts:AssumeRole'];
  if (maybe(input, 'SourceIdentity') !== undefined) wanted.push('sts:SetSourceIdentity');
  if (tags.size > 0) wanted.push('sts:TagSession');
  for (const action of wanted) checkMay(call, action, arn, found, sourceIdentity, mfa);
  if (found === undefined) throw refused(call, 'sts:AssumeRole', arn);
  const { role, account } = found;
  // one role from another: an hour at most
  if (caller.kind === 'role' && seconds > 3600) {
    throw invalid(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  if (seconds > role.maxSessionSeconds) {
    throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  const policies = sessionPolicies({ ...call, account, state: account.state });
  const Credentials = mint(
    call,
    {
      accountId: account.id,
      kind: 'role',
      principalId: role.id,
      name,
      policies,
      sourceIdentity,
      tags,
      mfa: false,
    },
    seconds,
  );
  return {
    Credentials,
    AssumedRoleUser: {
      AssumedRoleId: `${role.id}:${name}`,
      Arn: account.arn(`assumed-role/${role.name}/${name}`, 'sts'),
    },
    PackedPolicySize: policies === undefined ? undefined : 1,
    SourceIdentity: sourceIdentity,
  };
}

const denied = (message: string) => new AwsError('AccessDenied', 403, message);

/** As rights are seen: a role that a replica does not show yet cannot be assumed. */
function roleOf({ world }: Call, arn: string): Found | undefined {
  const [, id = '', path = ''] = /^arn:aws[^:]*:iam::(\d{12}):role(\/.*)$/.exec(arn) ?? [];
  const account = world.accounts.get(id);
  if (account === undefined) return undefined;
  const role = find(account.ruling.roles, path.slice(path.lastIndexOf('/') + 1));
  return role !== undefined && role.path + role.name === path ? { account, role } : undefined;
}

/** A role that is not there is refused as one that does not trust the caller. */
function refused({ caller }: Call, action: string, arn: string, because = ''): AwsError {
  return denied(refusal(caller, action, arn, because).message.trimEnd());
}

function checkMay(
  call: Call,
  action: string,
  arn: string,
  found: Found | undefined,
  sourceIdentity: string | undefined,
  mfa: boolean,
): void {
  const { caller, input } = call;
  const context = new Map([
    ...contextOf(call),
    ['sts:rolesessionname', text(input, 'RoleSessionName')] as const,
    ['aws:multifactorauthpresent', String(mfa)] as const,
  ]);
  const externalId = maybe(input, 'ExternalId');
  if (externalId !== undefined) context.set('sts:externalid', externalId);
  if (sourceIdentity !== undefined) context.set('sts:sourceidentity', sourceIdentity);
  // a user's own key carries no word of a second factor, unless one was shown
  if (!mfa && caller.session === undefined) context.delete('aws:multifactorauthpresent');
  const asked: Asked = { action, resource: arn, context };
  const ruling = rule(caller, asked);
  if (ruling.layers.some(({ said }) => said === 'deny')) throw refused(call, action, arn, ruling.because);
  if (found === undefined) throw refused(call, action, arn);
  const trust = trusts(found.role.trust, found.account.id, caller, asked);
  if (trust.said !== 'allow') throw refused(call, action, arn);
  if (!ruling.allowed && !(trust.direct && namedIsEnough(caller, ruling.layers))) {
    throw refused(call, action, arn, ruling.because);
  }
}
