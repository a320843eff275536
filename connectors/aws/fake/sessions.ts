/** Sessions as STS hands them out. */
import { randomBytes } from 'node:crypto';
import type { Shape } from './answer.ts';
import { AwsError } from './answer.ts';
import type { Session } from './caller.ts';
import { newId, newSecret } from './ids.ts';
import { maybe, number, records, text } from './input.ts';
import { managedDocument } from './managed.ts';
import type { Call } from './operation.ts';
import { checkIdentityDocument } from './policy.ts';

type Given = Pick<Session, 'accountId' | 'kind' | 'principalId' | 'name' | 'policies' | 'mfa'> &
  Partial<Pick<Session, 'sourceIdentity' | 'tags'>>;

/** Keeps the session, and answers its `Credentials`. */
export function mint(call: Call, given: Given, seconds: number): Shape {
  const session: Session = {
    sourceIdentity: undefined,
    tags: new Map(),
    ...given,
    keyId: newId('ASIA', given.accountId),
    secret: newSecret(),
    token: randomBytes(240).toString('base64'),
    issuedAt: call.now,
    expiresAt: call.now + seconds * 1000,
  };
  call.world.sessions.set(session.keyId, session);
  return {
    AccessKeyId: session.keyId,
    SecretAccessKey: session.secret,
    SessionToken: session.token,
    Expiration: new Date(session.expiresAt),
  };
}

/** Session policies: the one written out and the managed ones named; undefined where there are none. */
export function sessionPolicies({ account, state, input }: Call): readonly string[] | undefined {
  const written = maybe(input, 'Policy');
  if (written !== undefined) checkIdentityDocument(written);
  const named = records(input, 'PolicyArns').map((one) => {
    const arn = text(one, 'arn');
    const document = managedDocument(account, state, arn);
    if (document === undefined) {
      throw new AwsError('ValidationError', 400, `The policy ${arn} does not exist or is not attachable.`);
    }
    return document;
  });
  if (written === undefined && named.length === 0) return undefined;
  return [...(written === undefined ? [] : [written]), ...named];
}

/** Root's own sessions last an hour at most, and are cut to it. */
export function ownSeconds(call: Call): number {
  const asked = number(call.input, 'DurationSeconds', 900, 129_600) ?? 43_200;
  return call.caller.kind === 'root' ? Math.min(asked, 3600) : asked;
}

/** Whether a second factor of the caller's own was shown. Any six digits are right. */
export function withMfa({ account, caller, input }: Call): boolean {
  const serial = maybe(input, 'SerialNumber');
  if (serial === undefined) return caller.session?.mfa ?? false;
  const user = account.state.users.items.get(caller.principalId);
  if (user?.devices.has(serial) && /^\d{6}$/.test(maybe(input, 'TokenCode') ?? '')) return true;
  throw new AwsError(
    'AccessDenied',
    403,
    'MultiFactorAuthentication failed with invalid MFA one time pass code. ',
  );
}
