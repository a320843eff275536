/**
 * Who signed. First the key's id, then the session's token, then the signature, then the end of the
 * session's life. That a wrong clock is found before the key is looked for is an assumption, as is that
 * an inactive key is unknown before its signature is looked at.
 */
import type { Account } from './account.ts';
import { AwsError } from './answer.ts';
import type { Caller, Session } from './caller.ts';
import { rootOf } from './caller.ts';
import { accountOf } from './ids.ts';
import { iamRegion, isOptIn, isRegion, partitionOf } from './regions.ts';
import type { Signature, SignedRequest } from './sigv4.ts';
import { checkClock, checkSignature, mismatch, signatureOf } from './sigv4.ts';
import type { State } from './state.ts';
import type { World } from './world.ts';

const unknownToken = () =>
  new AwsError('InvalidClientTokenId', 403, 'The security token included in the request is invalid.');

/** @throws AwsError as the service refuses. */
export function authenticate(world: World, request: SignedRequest): readonly [Caller, Signature] {
  const said = signatureOf(request);
  if (world.switches.authenticates === 'everybody') return [anybody(world), said];
  if (!isRegion(said.region)) {
    throw mismatch(`Credential should be scoped to a valid region, not '${said.region}'.`);
  }
  const partition = partitionOf(said.region);
  const global = said.service === 'iam' || said.service === 'organizations';
  if (global && said.region !== iamRegion[partition]) {
    throw mismatch(`Credential should be scoped to a valid region, not '${said.region}'.`);
  }
  checkClock(said, world.clock.now(), world.switches.skewToleranceMs);
  const account = world.accounts.get(accountOf(said.keyId) ?? '');
  if (account === undefined || account.partition !== partition) throw unknownToken();
  // a region that the account has not switched on knows none of its keys: an assumption
  if (isOptIn(said.region) && !account.regions.has(said.region)) throw unknownToken();
  const caller = said.keyId.startsWith('ASIA')
    ? bySession(world, account, request, said)
    : byKey(world, account, request, said);
  return [caller, said];
}

function byKey(world: World, account: Account, request: SignedRequest, said: Signature): Caller {
  const key = account.ruling.keys.get(said.keyId);
  if (key === undefined || !key.active || said.token !== undefined) throw unknownToken();
  checkSecret(world, request, said, key.secret);
  // what was used last is kept with the key as it is, which a replica may not show any more
  const kept = account.state.keys.get(said.keyId);
  if (kept !== undefined) {
    kept.lastUsed = { at: world.clock.now(), service: said.service, region: said.region };
  }
  const caller = callerOf(account, account.ruling, key.id, key.userId, undefined);
  if (caller === undefined) throw unknownToken();
  return caller;
}

function bySession(world: World, account: Account, request: SignedRequest, said: Signature): Caller {
  const session = world.sessions.get(said.keyId);
  if (session === undefined || session.token !== said.token) throw unknownToken();
  checkSecret(world, request, said, session.secret);
  if (session.expiresAt <= world.clock.now()) {
    throw new AwsError('ExpiredToken', 403, 'The security token included in the request is expired');
  }
  const { principalId, keyId } = session;
  const caller = callerOf(account, account.ruling, keyId, principalId, session);
  if (caller === undefined) {
    if (world.switches.orphans === 'refused') throw unknownToken();
    return orphan(account, session);
  }
  const role = account.state.roles.items.get(principalId);
  if (role !== undefined) role.lastUsed = { at: world.clock.now(), region: said.region };
  // seen widely on the real service: sessions that may not call IAM are told that their key is unknown
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html
  const barred = session.kind === 'federated' || (session.kind === 'user' && !session.mfa);
  if (barred && said.service === 'iam') throw unknownToken();
  return caller;
}

function checkSecret(world: World, request: SignedRequest, said: Signature, secret: string): void {
  const now = world.clock.now();
  const wrongAt = world.wrongSecrets.get(said.keyId);
  if (wrongAt !== undefined && now < wrongAt + world.switches.wrongSecretLingersMs) throw mismatch();
  try {
    checkSignature(request, said, secret);
  } catch (error) {
    world.wrongSecrets.set(said.keyId, now);
    throw error;
  }
}

/** Undefined where the user or the role is no more: one of the same name has another id. */
function callerOf(
  account: Account,
  state: State,
  keyId: string,
  principalId: string,
  session: Session | undefined,
): Caller | undefined {
  if (session?.kind === 'role') {
    const role = state.roles.items.get(principalId);
    if (role === undefined) return undefined;
    const arn = account.arn(`assumed-role/${role.name}/${session.name}`, 'sts');
    const userId = `${role.id}:${session.name}`;
    return {
      account,
      kind: 'role',
      keyId,
      principalId,
      arn,
      userId,
      principalArn: account.roleArn(role),
      session,
    };
  }
  const root = principalId === account.id;
  const user = state.users.items.get(principalId);
  if (user === undefined && !root) return undefined;
  const owner = user === undefined ? account.arn('root') : account.userArn(user);
  if (session?.kind === 'federated') return federated(account, session, owner);
  if (root) return { ...rootOf(account), keyId, session };
  return {
    account,
    kind: 'user',
    keyId,
    principalId,
    arn: owner,
    userId: principalId,
    principalArn: owner,
    session,
  };
}

function federated(account: Account, session: Session, owner: string): Caller {
  return {
    account,
    kind: 'federated',
    keyId: session.keyId,
    principalId: session.principalId,
    arn: account.arn(`federated-user/${session.name}`, 'sts'),
    userId: `${account.id}:${session.name}`,
    principalArn: owner,
    session,
  };
}

/** A session after its user or role: it has a name still, and no policy that could allow it anything. */
function orphan(account: Account, session: Session): Caller {
  const { keyId, principalId, name } = session;
  if (session.kind === 'federated') return federated(account, session, account.arn(`user/${principalId}`));
  const role = session.kind === 'role';
  const arn = role
    ? account.arn(`assumed-role/${principalId}/${name}`, 'sts')
    : account.arn(`user/${principalId}`);
  const userId = role ? `${principalId}:${name}` : principalId;
  return { account, kind: session.kind, keyId, principalId, arn, userId, principalArn: arn, session };
}

/** What moto says where it enforces nothing. */
function anybody(world: World): Caller {
  const [account] = world.accounts.values();
  if (account === undefined) throw new Error('a world has an account');
  const arn = account.arn('user/moto', 'sts');
  return { ...rootOf(account), arn, userId: 'AKIAIOSFODNN7EXAMPLE', principalArn: arn, unruled: true };
}
