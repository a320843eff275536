import { failed, inconclusive } from '../../../src/connector.ts';
import type { Check, CheckTarget, Context, Observation } from '../../../src/connector.ts';
import { accountDetails } from '../account.ts';
import { seenAt } from '../assuming.ts';
import type { AwsClient } from '../client.ts';
import { getOidcProvider, getSamlProvider, oidcProvider, samlProvider } from '../identity-providers.ts';
import { overTime, turnsOf } from '../instants.ts';
import { roleTrust } from '../kinds/role-trust.ts';
import type { RoleTrustRef } from '../kinds/role-trust.ts';
import { wholeAccount } from '../place.ts';
import type { Whole } from '../place.ts';
import { readDocument } from '../policy/index.ts';
import { accountIn, maySubject, standingOf, turnsIn } from '../subject.ts';

/** Sessions end by themselves; whom the role lets in makes new ones. */
export const roleTrustCheck: Check<AwsClient, RoleTrustRef> = {
  id: 'aws/role-trust',
  title: 'May the subject still become the role?',
  of: roleTrust,
  claim: 'entitled',
  decides: true,
  method: 'list',
  needs: [accountDetails.needs, getOidcProvider.needs, getSamlProvider.needs],
  docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html',
  effects: [],
  async observe(target, ctx): Promise<Observation> {
    const { ref } = target;
    if (ref.roleId === undefined) {
      return inconclusive(
        'R-IDENTITY',
        'the record gives no id of the role, and another may have the name now',
      );
    }
    const whole = await wholeAccount(ref, ctx);
    if (failed(whole)) return whole;
    const { all, controls, at } = whole;
    const found = all.find((one) => one.is === 'role' && one.id === ref.roleId);
    if (found?.is !== 'role') return { saw: 'absent', controls };
    const { role } = found;
    const trust = readDocument(role.AssumeRolePolicyDocument, 'resource');
    if ('flaw' in trust) {
      return inconclusive('R-ANSWER', `whom ${role.RoleName} trusts cannot be read: ${trust.flaw}`);
    }
    const asked = { target, role, trust, whole };
    const turns = [...turnsOf([{ name: role.RoleName, document: trust }]), ...turnsIn(accountIn(all))];
    const seen = overTime(turns, at, (now) => seenAt(asked, now));
    return seen.saw === 'present' && seen.reason === 'R-LISTED'
      ? await behind(target, whole, seen, ctx)
      : seen;
  },
};

/** Web identities come by way of a provider. Where it is gone, the trust waits for somebody to make it again. */
async function behind(
  { ref, accounts }: CheckTarget<RoleTrustRef>,
  { all, at }: Whole,
  seen: Observation,
  ctx: Context<AwsClient>,
): Promise<Observation> {
  const { principal, claims = {} } = ref;
  const kind = /^arn:[^:]+:iam::\d+:(oidc|saml)-provider\//.exec(principal)?.[1];
  if (kind === undefined || seen.saw !== 'present') return seen;
  const provider = await (kind === 'oidc'
    ? ctx.read(oidcProvider, principal)
    : ctx.read(samlProvider, principal));
  if (failed(provider)) return provider;
  const standing = standingOf(all, accounts, at);
  const revived = (value: string, action: string): Observation => {
    const may = maySubject(standing, action, principal);
    if (typeof may === 'object') {
      return inconclusive(
        'R-NOAPI',
        `${value}; whether the subject brings that back goes by ${may.unknown.join(', ')}`,
      );
    }
    const { reason: _, ...rest } = seen;
    return { ...rest, state: 'disabled', revivedBy: may === 'yes' ? 'subject' : 'others', value };
  };
  if (provider.saw === 'nothing') {
    const making = kind === 'oidc' ? 'iam:CreateOpenIDConnectProvider' : 'iam:CreateSAMLProvider';
    return revived(`${seen.value}, which is not there: whoever makes it again gets in`, making);
  }
  const { aud } = claims;
  if (aud !== undefined && 'clientIds' in provider.value && !provider.value.clientIds.includes(aud)) {
    const adding = 'iam:AddClientIDToOpenIDConnectProvider';
    return revived(`${seen.value}, which no longer knows the client ${aud}`, adding);
  }
  return seen;
}
