/** Secrets as they are kept, and how a request names them. */
import { AwsError } from '../answer.ts';
import type { Account } from '../account.ts';
import type { Shape } from '../answer.ts';
import { text } from '../input.ts';
import type { Call } from '../operation.ts';
import type { Cut } from '../paging.ts';
import { demandOn } from '../resource-policy.ts';
import type { State } from '../state.ts';

export interface Version {
  readonly id: string;
  readonly createdAt: number;
  readonly value: string;
  readonly stages: Set<string>;
  accessedAt: number | undefined;
}

export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: number;
  readonly description: string | undefined;
  readonly tags: ReadonlyMap<string, string>;
  changedAt: number;
  accessedAt: number | undefined;
  /** The end of the recovery window. That `DeletedDate` shows this, and not when it was asked for, is an assumption. */
  deletesAt: number | undefined;
  policy: string | undefined;
  readonly versions: Map<string, Version>;
  /** Regions that have a copy. */
  readonly replicas: Set<string>;
  /** Of a copy: where the secret itself is. */
  readonly primaryRegion: string | undefined;
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html and each operation's own */
export const secretsError = (name: string, message: string) => new AwsError(name, 400, message);

export const cut: Cut = {
  size: 'MaxResults',
  most: 100,
  usual: 100,
  mark: 'NextToken',
  strange: () => secretsError('InvalidNextTokenException', 'The NextToken value is invalid.'),
};

export const ids = ({ arn, name }: Secret): Shape => ({ ARN: arn, Name: name });

/** Access is told by the day alone. */
export const dayOf = (at: number) => new Date(Math.floor(at / 86_400_000) * 86_400_000);

const pending = () =>
  secretsError(
    'InvalidRequestException',
    `You can't perform this operation on the secret because it was marked for deletion.`,
  );

const absent = () =>
  secretsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret.`);

export function secretsIn(state: State, region: string, now: number): readonly Secret[] {
  return [...state.secrets.values()].filter(
    ({ arn, deletesAt }) => arn.split(':')[3] === region && (deletesAt === undefined || deletesAt > now),
  );
}

/** By its name, by its ARN, or by its ARN without the six letters at the end. */
export function find(state: State, call: Call, id: string): Secret | undefined {
  return secretsIn(state, call.region, call.now).find(
    ({ arn, name }) => id === arn || id === arn.slice(0, -7) || (!id.startsWith('arn:') && id === name),
  );
}

function ownerOf({ world, account }: Call, id: string): Account | undefined {
  return id.startsWith('arn:') ? world.accounts.get(id.split(':')[4] ?? '') : account;
}

/**
 * The secret that the request names, for a caller who may.
 *
 * @throws AwsError first whether the caller may, then whether it is there.
 */
export function secretOf(call: Call, writes: boolean, missing: () => AwsError = absent): Secret {
  const id = text(call.input, 'SecretId');
  const owner = ownerOf(call, id) ?? call.account;
  const secret = find(writes ? owner.state : owner.shown, call, id);
  const arn =
    secret?.arn ?? (id.startsWith('arn:') ? id : owner.arn(`secret:${id}`, 'secretsmanager', call.region));
  const policy = owner.ruling.secrets.get(arn)?.policy;
  const called = secret === undefined ? id : arn;
  demandOn(call, `secretsmanager:${call.action}`, { arn, called }, { owner, policy, closed: false });
  if (secret === undefined) throw missing();
  if (writes) owner.keep();
  return secret;
}

/** The account that keeps it. */
export const ownerOfSecret = ({ world }: Call, { arn }: Secret): Account =>
  world.account(arn.split(':')[4] ?? '');

/** The same, where a secret that waits for its deletion is none. */
export function openSecret(call: Call, writes: boolean): Secret {
  const secret = secretOf(call, writes);
  if (secret.deletesAt !== undefined) throw pending();
  return secret;
}
