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
  const whole = group.source.order === 'offset' ? await settled(context) : await list(context);
  if (failed(whole)) return whole;
  const { raw, stamp } = whole;
  const seen = raw.find((item) => group.source.answers(item, sibling.key));
  const told = { raw: seen === undefined ? ('nothing' as const) : { value: seen }, stamp };
  const control = sighted(group.source, { kind: 'sibling', sibling }, 'within', told);
  return failed(control) ? control : { raw, stamp, controls: [control] };
}

/** How often a list that pages by places is read until two passes agree. */
const passes = 4;

/** A row can slip between two offset pages; two equal passes say that none did. One page is one answer. */
async function settled(context: GroupContext): Promise<Pass | Failure> {
  let before = await list(context);
  for (let pass = 1; pass < passes; pass += 1) {
    if (failed(before) || before.pages === 1) return before;
    const next = await list(context);
    if (failed(next) || canonical(before.raw) === canonical(next.raw)) return next;
    before = next;
  }
  return inconclusive('R-PARTIAL', 'the list changed while it was paged: no two passes in turn agree');
}

const canonical = (items: readonly unknown[]) =>
  JSON.stringify(items.map((item) => JSON.stringify(item)).toSorted());

interface Pass {
  readonly raw: readonly unknown[];
  readonly pages: number;
  readonly stamp: Stamp;
}

async function list(context: GroupContext): Promise<Pass | Failure> {
  const { connection, group, stamp, signal } = context;
  const ask = group.source.all;
  if (ask === undefined) return inconclusive('R-CHECK', `${group.source.id} offers no list`);
  let pages = 0;
  const [items, at] = await stamp(async () => {
    const whole: unknown[] = [];
    for await (const page of ask.call(group.source, connection.client, group.scope, signal)) {
      if (failed(page)) return page;
      pages += 1;
      whole.push(...page.items);
      if (page.last) return whole;
      if (pages >= pageLimit) break;
    }
    return inconclusive('R-PARTIAL', `the list of ${group.source.id} never said that it was whole`);
  });
  return failed(items) ? items : { raw: items, pages, stamp: at };
}
