import { randomBytes } from 'node:crypto';
import type { Shape } from '../answer.ts';
import { demand } from '../authorize.ts';
import { flag, invalid, maybe, members, text, texts } from '../input.ts';
import { anything } from '../iam/targets.ts';
import type { Call, Operations } from '../operation.ts';
import { read, write } from '../operation.ts';
import { piece } from '../paging.ts';
import { idOf, shownAs } from '../trust.ts';
import type { Grant, Key } from './key.ts';
import { absent, keyOf, kmsError } from './key.ts';
import { checkNotPending, cutOf, endOf } from './keys.ts';

const grantable = new Set(
  'Decrypt Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo Sign Verify GetPublicKey CreateGrant RetireGrant DescribeKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateMac VerifyMac DeriveSharedSecret'.split(
    ' ',
  ),
);

/** As the world keeps it. */
function principal(call: Call, member: string): string | undefined {
  const given = maybe(call.input, member);
  if (given === undefined) return undefined;
  const kept = /^\w[\w.-]+\.amazonaws\.com$/.test(given) ? given : idOf(call.world, given);
  if (kept === undefined) throw kmsError('InvalidArnException', `ARN does not refer to a valid principal`);
  return kept;
}

function shape(call: Call, { arn }: Key, grant: Grant): Shape {
  const { retiring, constraints } = grant;
  return {
    KeyId: arn,
    GrantId: grant.id,
    Name: grant.name ?? '',
    CreationDate: new Date(grant.createdAt),
    GranteePrincipal: shownAs(call.world, grant.grantee),
    RetiringPrincipal: retiring === undefined ? undefined : shownAs(call.world, retiring),
    IssuingAccount: grant.issuer,
    Operations: grant.operations,
    Constraints: constraints === undefined ? undefined : Object.fromEntries(constraints),
  };
}

/** A dry run does nothing, and says that it could have. */
function checkForReal({ input }: Call): void {
  if (flag(input, 'DryRun') !== true) return;
  const message = 'The request would have succeeded, but the DryRun option is set.';
  throw kmsError('DryRunOperationException', message);
}

function createGrant(call: Call): Shape {
  const { input } = call;
  const key = keyOf(call, true);
  checkNotPending(key);
  if (key.state === 'Disabled') throw kmsError('DisabledException', `${key.arn} is disabled.`);
  const grantee = principal(call, 'GranteePrincipal');
  if (grantee === undefined) throw invalid('A grantee principal is required.');
  const operations = texts(input, 'Operations');
  const strange = operations.find((one) => !grantable.has(one));
  if (strange !== undefined || operations.length === 0) throw invalid(`Unknown operation ${strange ?? ''}`);
  const constraints = members(input, 'Constraints').map(([kind, inner]): [string, Map<string, string>] => [
    kind,
    new Map(Object.entries(inner).map(([name, value]) => [name, String(value)])),
  ]);
  checkForReal(call);
  const grant: Grant = {
    id: randomBytes(32).toString('hex'),
    token: randomBytes(96).toString('base64'),
    name: maybe(input, 'Name'),
    createdAt: call.now,
    grantee,
    retiring: principal(call, 'RetiringPrincipal'),
    operations,
    constraints: constraints.length === 0 ? undefined : new Map(constraints),
    issuer: call.account.arn('root'),
  };
  key.grants.set(grant.id, grant);
  return { GrantId: grant.id, GrantToken: grant.token };
}

/** That an id which was never issued is answered with an empty list is an assumption: the reference lists no error for it. */
function listGrants(call: Call): Shape {
  const { input } = call;
  const key = keyOf(call, false);
  const id = maybe(input, 'GrantId');
  const grantee = maybe(input, 'GranteePrincipal');
  const found = [...key.grants.values()].filter(
    (grant) =>
      (id === undefined || grant.id === id) &&
      (grantee === undefined || shownAs(call.world, grant.grantee) === grantee),
  );
  const { items, next } = piece(call, found, (grant) => grant.id, cutOf(50, 100));
  return { Grants: items.map((grant) => shape(call, key, grant)), ...endOf(next) };
}

/** The retiring principal may, and the grantee whose grant says so, and who is allowed to by policy. */
function retireGrant(call: Call): undefined {
  const { world, input, caller } = call;
  const token = maybe(input, 'GrantToken');
  const arn = maybe(input, 'KeyId') ?? '';
  if (token === undefined && !arn.startsWith('arn:'))
    throw kmsError('InvalidArnException', `Invalid arn ${arn}`);
  const id = token === undefined ? text(input, 'GrantId') : undefined;
  for (const owner of world.accounts.values()) {
    for (const key of owner.state.kmsKeys.values()) {
      if (key.arn.split(':')[3] !== call.region) continue;
      const grant = [...key.grants.values()].find((one) =>
        token === undefined ? key.arn === arn && one.id === id : one.token === token,
      );
      if (grant === undefined) continue;
      const isCaller = (who: string | undefined) => who === caller.principalId || who === caller.arn;
      const may =
        isCaller(grant.retiring) || (isCaller(grant.grantee) && grant.operations.includes('RetireGrant'));
      if (!may) keyOf({ ...call, input: { KeyId: key.arn } }, true);
      checkForReal(call);
      owner.keep();
      key.grants.delete(grant.id);
      return undefined;
    }
  }
  if (token !== undefined) throw kmsError('InvalidGrantTokenException', 'Invalid grant token');
  keyOf(call, true);
  throw absent('Grant ID not found');
}

export const grants: Operations = {
  CreateGrant: write(undefined, createGrant),
  ListGrants: read(undefined, listGrants),
  RevokeGrant: write(undefined, (call) => {
    const key = keyOf(call, true);
    const id = text(call.input, 'GrantId');
    if (!key.grants.has(id)) throw absent(`Grant ID ${id} not found`);
    checkForReal(call);
    key.grants.delete(id);
    return undefined;
  }),
  RetireGrant: write(undefined, retireGrant),
  // of the caller's own account and region
  ListRetirableGrants: read(undefined, (call) => {
    demand(call, 'kms:ListRetirableGrants', anything());
    const retiring = text(call.input, 'RetiringPrincipal');
    const found = [...call.state.kmsKeys.values()]
      .filter(({ arn }) => arn.split(':')[3] === call.region)
      .flatMap((key) => [...key.grants.values()].map((grant) => ({ key, grant })))
      .filter(
        ({ grant }) => grant.retiring !== undefined && shownAs(call.world, grant.retiring) === retiring,
      );
    const { items, next } = piece(call, found, ({ grant }) => grant.id, cutOf(50, 100));
    return { Grants: items.map(({ key, grant }) => shape(call, key, grant)), ...endOf(next) };
  }),
};
