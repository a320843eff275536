import { inconclusive } from '../../src/connector.ts';
import type { Failure } from '../../src/connector.ts';
import { accountIn } from './key-ids.ts';

/** The record speaks of another account than the one that answered: nothing there says anything of it. */
export function wrongAccount(
  ref: { readonly account?: string | undefined; readonly accessKeyId?: string },
  asked: string,
): Failure | undefined {
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
