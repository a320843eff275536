import type { Stamp } from '../connector.ts';
import { failed, inconclusive } from '../model/observation.ts';
import type { Failure } from '../model/observation.ts';
import { nobody, sighted } from './control.ts';
import type { GroupContext, Outcome } from './group.ts';

/** Pages that one walk may have: a server that never says "last" is not a whole list. */
const pageLimit = 10_000;

/** The whole list, to its last page, with a witness in it. */
export async function walk(context: GroupContext): Promise<Outcome> {
  const { group, others } = context;
  const sibling = others[0];
  if (sibling === undefined) return nobody(group.source.id, group.scope);
  const first = await list(context);
  if (failed(first)) return first;
  if (group.source.order === 'offset') {
    // a row can slip between two offset pages; two equal passes say that none did
    const second = await list(context);
    if (failed(second)) return second;
    if (canonical(first.raw) !== canonical(second.raw)) {
      return inconclusive('R-PARTIAL', 'the list changed while it was paged: two passes differ');
    }
  }
  const seen = first.raw.find((item) => group.source.answers(item, sibling.key));
  const raw = seen === undefined ? 'nothing' : { value: seen };
  const control = sighted(group.source, { kind: 'sibling', sibling }, 'within', { raw, stamp: first.stamp });
  return failed(control) ? control : { ...first, controls: [control] };
}

const canonical = (items: readonly unknown[]) =>
  JSON.stringify(items.map((item) => JSON.stringify(item)).toSorted());

async function list(context: GroupContext): Promise<{ raw: readonly unknown[]; stamp: Stamp } | Failure> {
  const { connection, group, stamp, signal } = context;
  const ask = group.source.all;
  if (ask === undefined) return inconclusive('R-CHECK', `${group.source.id} offers no list`);
  const [items, at] = await stamp(async () => {
    const whole: unknown[] = [];
    let pages = 0;
    for await (const page of ask.call(group.source, connection.client, group.scope, signal)) {
      if (failed(page)) return page;
      whole.push(...page.items);
      if (page.last) return whole;
      if (++pages >= pageLimit) break;
    }
    return inconclusive('R-PARTIAL', `the list of ${group.source.id} never said that it was whole`);
  });
  return failed(items) ? items : { raw: items, stamp: at };
}
