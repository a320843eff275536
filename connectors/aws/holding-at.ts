import { failed, inconclusive } from '../../src/connector.ts';
import type { Context, Controls, Failure } from '../../src/connector.ts';
import type { AwsClient } from './client.ts';
import { holderOf, holdingOf } from './holdings.ts';
import type { Holding } from './holdings.ts';
import { wholeAccount } from './place.ts';

interface AtPrincipal {
  readonly account?: string | undefined;
  readonly principalId?: string | undefined;
}

/** What the user, group or role of a record holds now; no holding where nobody has its id. */
export async function holdingAt(
  ref: AtPrincipal,
  ctx: Context<AwsClient>,
): Promise<{ readonly holding: Holding | undefined; readonly controls: Controls } | Failure> {
  if (ref.principalId === undefined) {
    return inconclusive(
      'R-IDENTITY',
      'the record gives no id of the user, group or role, and another may have the name now',
    );
  }
  const whole = await wholeAccount(ref, ctx);
  if (failed(whole)) return whole;
  const holder = holderOf(whole.all, ref.principalId);
  return { holding: holder && holdingOf(holder), controls: whole.controls };
}
