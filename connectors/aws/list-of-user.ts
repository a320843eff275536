import type { IAMClient } from '@aws-sdk/client-iam';
import type { Failure, Raw, Source } from '../../src/connector.ts';
import { inconclusive, z } from '../../src/connector.ts';
import { pages, refused } from './calls.ts';
import type { Operation } from './calls.ts';
import type { AwsClient } from './client.ts';
import { elsewhere } from './identity.ts';

/** One credential of a user besides its access keys, whatever its kind. */
export interface UserCredential {
  /** `ACCA…`, `APKA…`, the id of the certificate, the serial of the device. */
  readonly id: string;
  readonly userName: string;
  readonly status: 'Active' | 'Inactive' | 'Expired';
  /** When it was created, uploaded or enabled. */
  readonly made: Date;
  /** `bedrock.amazonaws.com`, of those that are for one service alone. */
  readonly service?: string;
  /** Of those that were created with an end. */
  readonly expires?: Date;
}

export interface UserCredentials {
  readonly userName: string;
  readonly list: readonly UserCredential[];
}

/** In place of a name: those of all users, where the operation lists them. No user can be called so. */
export const everybody = '*';

export const status = z.enum(['Active', 'Inactive', 'Expired']);

export interface Listing {
  readonly id: string;
  readonly operation: Operation;
  readonly docs: string;
  ask(
    iam: IAMClient,
    input: { readonly UserName: string; readonly Marker?: string },
    abortSignal: AbortSignal,
  ): Promise<unknown>;
  readonly page: z.ZodType<readonly UserCredential[]>;
}

/**
 * The credentials of one user by its name, who must stand: AWS refuses a name that is nobody's, and says
 * another word to a verifier that may not ask. Few users have any, so a name that never was is the control.
 */
export function listOf({
  id,
  operation,
  docs,
  ask,
  page,
}: Listing): Source<AwsClient, string, UserCredentials> {
  return {
    id,
    scope: () => '',
    name: (userName) => userName,
    answers: (value, userName) => value.userName === userName,
    siblings: () => Promise.resolve([]),
    stranger: { key: () => 'tombstone-was-never-here', docs },
    async one(client, userName, abortSignal): Promise<Raw<UserCredentials>> {
      const wrong = elsewhere(client);
      if (wrong !== undefined) return wrong;
      const iam = await client.iam();
      const list: UserCredential[] = [];
      const input = (Marker: string | undefined) => ({
        UserName: userName,
        ...(Marker === undefined ? {} : { Marker }),
      });
      for await (const one of pages(operation, (marker) => ask(iam, input(marker), abortSignal), page)) {
        if (refused(one)) return one.code === 'NoSuchEntity' ? 'nothing' : one.failure;
        const other = one.value.find((credential) => credential.userName !== userName);
        if (other !== undefined && userName !== everybody)
          return foreign(operation, userName, other.userName);
        list.push(...one.value);
      }
      return { value: { userName, list } };
    },
  };
}

function foreign({ name }: Operation, userName: string, told: string): Failure {
  return inconclusive('R-ANSWER', `${name} was asked about ${userName}, the server told of ${told}`);
}
