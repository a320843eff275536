import { instantMs, whenBegan, z } from '../../src/connector.ts';
import type { Context, Scope, Stamp } from '../../src/connector.ts';
import type { AwsClient } from './client.ts';

export type LookContext = Context<AwsClient>;

const anything = z.record(z.string(), z.unknown());
const unique = /^A[A-Z]{3}[A-Z0-9]{12,}$/;

/** Every unique id of IAM that the record names, or that was found before: these have verdicts of their own. */
export function idsNamed({ accounts, targets }: Scope): ReadonlySet<string> {
  const told = targets.flatMap(({ ref }) => {
    const parsed = anything.safeParse(ref);
    return parsed.success ? Object.values(parsed.data) : [];
  });
  return new Set(
    [...accounts, ...told].filter((one): one is string => typeof one === 'string' && unique.test(one)),
  );
}

/** Was it made since the grant began? IAM tells whole seconds: it may have been at the end of one. */
export function bornSince({ window }: Pick<LookContext, 'window'>, stamp: Stamp): (made: Date) => boolean {
  const { since } = whenBegan(window, stamp);
  return (made) => since(new Date(made.getTime() + 999).toISOString());
}

/** A capture asks what stood before any grant: about all of time. */
export const ofAllTime = ({ window }: Pick<LookContext, 'window'>): boolean =>
  (instantMs(window.from) ?? 0) <= 0;
