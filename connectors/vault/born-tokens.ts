import type { Answer, Failure, Findings, Found } from '../../src/connector.ts';
import { earliest, failed, instantMs } from '../../src/connector.ts';
import { accessors } from './accessors.ts';
import type { TokenFacts } from './client.ts';
import type { LookContext, LookScope } from './looking.ts';
import { scopeOf } from './place.ts';
import { accessor } from './sources.ts';

export interface Listed {
  readonly facts: TokenFacts;
  /** Milliseconds, by the server's clock. */
  readonly born: number;
  readonly bornInWindow: boolean;
}

/** Every token of the namespace but the verifier's own and those that have verdicts already. */
export async function tokensIn(
  scope: LookScope,
  ctx: LookContext,
  findings: Findings,
): Promise<readonly Listed[] | Failure> {
  const { namespace } = scope;
  const list = await ctx.walk(accessors, scopeOf({ namespace, ending: undefined }));
  if (failed(list)) return list;
  findings.take({ saw: 'value', value: undefined, controls: list.controls, stamp: list.stamp });
  const named = new Set(scope.targets.map(({ id }) => id));
  const others = list.items.filter((item) => !item.own && !named.has(item.accessor));
  findings.excuse(
    'named in the record, or found before',
    list.items.filter(({ accessor: id }) => named.has(id)).length,
  );
  const seen: readonly Answer<TokenFacts>[] = await Promise.all(
    others.map((item) => ctx.read(accessor, { accessor: item.accessor, namespace })),
  );
  const from = earliest(ctx.window, list.stamp);
  return seen.flatMap((answer) => {
    const taken = findings.take(answer);
    if (taken?.saw !== 'value') return [];
    const facts = taken.value;
    const born = instantMs(facts.issue_time ?? undefined) ?? facts.creation_time * 1_000 + 999;
    return [{ facts, born, bornInWindow: born >= from }];
  });
}

export const isWrap = ({ policies }: TokenFacts): boolean =>
  policies?.length === 1 && policies[0] === 'response-wrapping';

/**
 * A token as a look tells of it.
 * @param said what the record says that it, and what it could make, carries.
 */
export function tokenFound(
  facts: TokenFacts,
  { namespace }: LookScope,
  relation: string,
  said?: readonly string[],
): Found {
  const { accessor: id, path, policies, entity_id: entity, display_name: name } = facts;
  const kind = isWrap(facts) ? 'vault/wrapping-token' : 'vault/token';
  const carries = (policies ?? []).toSorted().join(',');
  return {
    kind,
    id,
    ref: {
      accessor: id,
      ...(namespace === undefined ? {} : { namespace }),
      ...(said === undefined ? {} : { policies: said }),
    },
    relation,
    bornAt: facts.issue_time ?? new Date(facts.creation_time * 1_000).toISOString(),
    label: `${isWrap(facts) ? 'wrapping token' : 'token'} ${id} (${name === '' ? path : name})`,
    standing: `${path} policies=${carries} entity=${entity ?? ''}`,
  };
}
