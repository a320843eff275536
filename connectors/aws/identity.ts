import { randomBytes } from 'node:crypto';
import { failed, inconclusive, z } from '../../src/connector.ts';
import type { Failure, Identity } from '../../src/connector.ts';
import { call, members, refused } from './calls.ts';
import type { Operation } from './calls.ts';
import type { AwsClient, Keys } from './client.ts';
import { neverIssued } from './key-ids.ts';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html: nobody can be denied it. */
export const whoAmI: Operation = { name: 'GetCallerIdentity', needs: 'sts:GetCallerIdentity' };

const caller = z.object({
  Account: z.string().regex(/^\d{12}$/),
  Arn: z.string().min(1),
  UserId: z.string().min(1),
});

/** Which account answers, and whom it takes the verifier for. The account is the instance. */
export async function identify(client: AwsClient, signal: AbortSignal): Promise<Identity | Failure> {
  const told = await whoIs(client, undefined, signal);
  if (refused(told)) return told.failure;
  const seen = members(whoAmI, caller, told.output);
  if (failed(seen)) return seen;
  const { Account: account, Arn: arn, UserId: userId } = seen;
  const open = await opensToStrangers(client, account, signal);
  if (open !== undefined) return open;
  client.own = { account, arn, userId };
  return { instance: account, principal: arn };
}

/** The configuration names another account than the one that answers. */
export function elsewhere({ config, own }: AwsClient): Failure | undefined {
  if (own === undefined || own.account === config.account) return undefined;
  return inconclusive(
    'R-INSTANCE',
    `the credential is of the account ${own.account}, the system is configured for ${config.account}`,
    "a credential of the configured account, or the account's own system in the configuration",
  );
}

/** `GetCallerIdentity` with these keys; the verifier's own where none are given. */
export async function whoIs(client: AwsClient, keys: Keys | undefined, abortSignal: AbortSignal) {
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const sts = await client.sts(keys);
  return call(whoAmI, () => sts.send(new GetCallerIdentityCommand({}), { abortSignal }));
}

/** An endpoint that takes a key which was never issued authenticates nobody: nothing it says is of anyone. */
async function opensToStrangers(
  client: AwsClient,
  account: string,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  if (client.refusesStrangers) return undefined;
  const accessKeyId = neverIssued(account);
  const told = await whoIs(client, { accessKeyId, secretAccessKey: noSecret() }, signal);
  if (refused(told) && told.code === 'InvalidClientTokenId') {
    client.refusesStrangers = true;
    return undefined;
  }
  if (refused(told) && told.failure.reason !== 'R-AUTH') return told.failure;
  return inconclusive(
    'R-CONTROL',
    `a key that was never issued was not refused as unknown (${refused(told) ? told.code : 'accepted'}): this endpoint does not authenticate`,
  );
}

/** Forty characters, like a secret of AWS: the secret of nothing. */
export const noSecret = (): string => randomBytes(30).toString('base64');
