/** Keys as they are kept, and how a request names them. */
import { AwsError } from '../answer.ts';
import { refusal } from '../authorize.ts';
import type { Account } from '../account.ts';
import { text } from '../input.ts';
import type { Call } from '../operation.ts';
import { demandOn } from '../resource-policy.ts';

export interface Grant {
  readonly id: string;
  readonly token: string;
  readonly name: string | undefined;
  readonly createdAt: number;
  /** As the world keeps principals: the id of a user or role in the place of its ARN. */
  readonly grantee: string;
  readonly retiring: string | undefined;
  readonly operations: readonly string[];
  readonly constraints: ReadonlyMap<string, ReadonlyMap<string, string>> | undefined;
  readonly issuer: string;
}

export interface Key {
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly description: string;
  state: 'Enabled' | 'Disabled' | 'PendingDeletion';
  deletesAt: number | undefined;
  policy: string;
  readonly grants: Map<string, Grant>;
}

/** What its API reference documents for almost every error, whatever the error means. */
export const kmsError = (name: string, message: string) => new AwsError(name, 400, message);

export const absent = (message: string) => kmsError('NotFoundException', message);

interface Place {
  readonly owner: Account;
  readonly arn: string;
}

/**
 * A key is looked for in the request's region alone. An ARN of another region is answered as absent, by
 * what people report: "Invalid arn" and the region.
 */
function placeOf({ world, account, region }: Call, id: string): Place | undefined {
  if (id.includes('alias/')) throw new Error('the fake knows no aliases of keys');
  if (!id.startsWith('arn:')) return { owner: account, arn: account.arn(`key/${id}`, 'kms', region) };
  const [, place = '', of = ''] = /^arn:aws[^:]*:kms:([^:]*):(\d{12}):key\/[^/]+$/.exec(id) ?? [];
  if (of === '') throw kmsError('InvalidArnException', `Invalid arn ${id}`);
  if (place !== region) throw absent(`Invalid arn ${place}`);
  const owner = world.accounts.get(of);
  return owner === undefined ? undefined : { owner, arn: id };
}

/** The key as a read sees it, or, of a write, as it is. */
export function keyIn(owner: Account, arn: string, writes: boolean, now: number): Key | undefined {
  const key = (writes ? owner.state : owner.shown).kmsKeys.get(arn);
  return key?.deletesAt !== undefined && key.deletesAt <= now ? undefined : key;
}

/**
 * The key that the request names, for a caller who may.
 *
 * @throws AwsError first whether the caller may, then whether it is there. One of another account is
 * refused alike in both cases.
 */
export function keyOf(call: Call, writes: boolean): Key {
  const place = placeOf(call, text(call.input, 'KeyId'));
  const action = `kms:${call.action}`;
  if (place === undefined) {
    const why =
      'because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access';
    throw refusal(call.caller, action, 'this resource', why);
  }
  const { owner, arn } = place;
  const key = keyIn(owner, arn, writes, call.now);
  const ruling = key === undefined ? undefined : (owner.ruling.kmsKeys.get(arn) ?? key);
  const guarded = { owner, policy: ruling?.policy, closed: key !== undefined };
  const direct = ruling !== undefined && granted(call, ruling);
  demandOn(call, action, { arn, called: arn }, { ...guarded, granted: direct });
  if (key === undefined) throw absent(`Key '${arn}' does not exist`);
  if (writes) owner.keep();
  return key;
}

/** Whether a grant on the key is the caller's, for this very operation. */
function granted({ caller, action }: Call, key: Key): boolean {
  return [...key.grants.values()].some(
    ({ grantee, operations }) =>
      operations.includes(action) &&
      (grantee === caller.principalId || grantee === caller.arn || grantee === caller.account.arn('root')),
  );
}
