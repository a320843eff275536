import type { Context, Controls, Failure, Observation, Source } from '../../src/connector.ts';
import { failed, inconclusive, instantMs } from '../../src/connector.ts';
import type { Detail, UserDetail } from './account.ts';
import type { AwsClient } from './client.ts';
import type { UserCredential, UserCredentials } from './list-of-user.ts';
import { wholeAccount } from './place.ts';

interface OfUser {
  readonly account?: string | undefined;
  readonly accessKeyId?: string | undefined;
  readonly userId?: string | undefined;
}

/** The user of a record as it stands now, and the whole account around it. */
export interface Standing {
  readonly all: readonly Detail[];
  /** undefined: no user has this id. */
  readonly user: UserDetail | undefined;
  readonly controls: Controls;
  /** By the server's clock where it told one, RFC 3339. */
  readonly at: string;
}

/** The user is found by its id, for a user can be renamed and another can take the name. */
export async function userOf(ref: OfUser, ctx: Context<AwsClient>): Promise<Standing | Failure> {
  const { account, accessKeyId, userId } = ref;
  if (userId === undefined) {
    return inconclusive(
      'R-IDENTITY',
      'the record gives no id of the user, and another may have the name now',
    );
  }
  const whole = await wholeAccount({ account, ...(accessKeyId === undefined ? {} : { accessKeyId }) }, ctx);
  if (failed(whole)) return whole;
  const { all, controls, at } = whole;
  const found = all.find((one) => one.id === userId);
  if (found === undefined) return { all, user: undefined, controls, at };
  if (found.is !== 'user') {
    return inconclusive('R-IDENTITY', `${userId} is the id of a ${found.is} here, and not of a user`);
  }
  return { all, user: found.user, controls, at };
}

/** What a user of a record has, and the user. */
export interface Held<I> extends Standing {
  readonly found: I | undefined;
  /** Of the answer that tells what it has; undefined where there is no user. */
  readonly serverAt?: string;
}

/**
 * One thing of a user. A user who is not there has none: IAM deletes no user who has a password, a key,
 * a certificate, a credential or a device
 * (https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html).
 */
export async function heldBy<K, V, I>(
  ref: OfUser,
  ctx: Context<AwsClient>,
  source: Source<AwsClient, K, V>,
  key: (userName: string) => K,
  pick: (value: V) => I | undefined,
): Promise<Held<I> | Failure> {
  const standing = await userOf(ref, ctx);
  if (failed(standing)) return standing;
  const { user, controls } = standing;
  if (user === undefined) return { ...standing, found: undefined };
  const seen = await ctx.read(source, key(user.UserName));
  if (failed(seen)) return seen;
  if (seen.saw === 'nothing') return renamed(user.UserName);
  const { serverAt } = seen.stamp;
  const at = serverAt === undefined ? {} : { serverAt };
  const found = pick(seen.value);
  if (seen.controls === undefined) {
    return found === undefined
      ? (seen.uncontrolled ?? uncontrolled(user.UserName))
      : { ...standing, ...at, found };
  }
  const [first, ...rest] = controls;
  return { ...standing, ...at, found, controls: [first, ...rest, ...seen.controls] };
}

export const renamed = (userName: string): Failure =>
  inconclusive(
    'R-LAG',
    `${userName} stood in the list of users and was not there a moment later`,
    'another look',
  );

export const uncontrolled = (userName: string): Failure =>
  inconclusive('R-CONTROL', `what ${userName} has was told, its control before or after was not`);

/**
 * One of the credentials that IAM lists of a user, by its id.
 *
 * @param made where another can come to have the id: when this one was made, RFC 3339.
 */
export async function credentialOf(
  ref: OfUser,
  ctx: Context<AwsClient>,
  source: Source<AwsClient, string, UserCredentials>,
  id: string,
  made?: string,
): Promise<Observation> {
  const held = await heldBy(
    ref,
    ctx,
    source,
    (userName) => userName,
    ({ list }) => list.find((one) => one.id === id),
  );
  if (failed(held)) return held;
  const { found, controls, serverAt } = held;
  if (found === undefined) return { saw: 'absent', controls };
  if (made === undefined || instantMs(made) === found.made.getTime()) return standing(found, serverAt);
  return inconclusive(
    'R-IDENTITY',
    `${found.userName} has ${id}, made ${found.made.toISOString()}, the record's was made ${made}`,
    'its end too, or who made it',
  );
}

/** What is inactive or over can be set active, or given another secret, under the id that it has. */
function standing(
  { status, service, userName, made, expires }: UserCredential,
  serverAt?: string,
): Observation {
  const now = instantMs(serverAt);
  const until = expires?.toISOString();
  const over =
    status === 'Expired' || (expires !== undefined && now !== undefined && now > expires.getTime());
  const state = over ? 'Expired' : status;
  const ends = until === undefined ? '' : `, ${over ? 'over since' : 'until'} ${until}`;
  const where = service === undefined ? '' : ` for ${service}`;
  return {
    saw: 'present',
    state: state === 'Active' ? 'active' : 'disabled',
    revivedBy: 'others',
    value: `${state}${where}, of ${userName}, made ${made.toISOString()}${ends}`,
    ...(until === undefined || over ? {} : { bound: { until, basis: 'issuer' } }),
  };
}
