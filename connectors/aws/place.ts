import { failed, inconclusive } from '../../src/connector.ts';
import type { Context, Controls, Failure } from '../../src/connector.ts';
import { account } from './account.ts';
import type { Detail } from './account.ts';
import type { AwsClient } from './client.ts';
import { accountIn } from './key-ids.ts';

interface Placed {
  readonly account?: string | undefined;
  readonly accessKeyId?: string;
}

export interface Whole {
  readonly all: readonly Detail[];
  readonly controls: Controls;
  /** By the server's clock where it told one, RFC 3339. */
  readonly at: string;
}

/** Everything that stands in the account that the record speaks of. */
export async function wholeAccount(ref: Placed, ctx: Context<AwsClient>): Promise<Whole | Failure> {
  const list = await ctx.walk(account, '');
  if (failed(list)) return list;
  const { items: all, controls, stamp } = list;
  return wrongAccount(ref, stamp.instance) ?? { all, controls, at: stamp.serverAt ?? stamp.at };
}

/** The record speaks of another account than the one that answered: nothing there says anything of it. */
function wrongAccount(ref: Placed, asked: string): Failure | undefined {
  const carried = ref.accessKeyId === undefined ? undefined : accountIn(ref.accessKeyId);
  if (ref.account !== undefined && ref.account !== asked) {
    return inconclusive('R-SCOPE', `the record names the account ${ref.account}, ${asked} was asked`);
  }
  // older ids carry no account, and what is read from them is a number that nobody has
  if (ref.account === undefined && carried !== undefined && carried !== asked) {
    return inconclusive(
      'R-SCOPE',
      `by its id the key is of the account ${carried}, ${asked} was asked`,
      'the account of the key in the record',
    );
  }
  return undefined;
}
