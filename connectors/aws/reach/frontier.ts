import { accountOf } from '../policy/index.ts';
import type { Account, Principal } from './account.ts';
import { joined, switched, type Changeable } from './changes.ts';
import { poolOf } from './pool.ts';
import type { Open } from './roads.ts';

/** What is left to reach. */
export function openOf(account: Account, done: (arn: string) => boolean): Open {
  const { byName, byAccount, byService, anyone } = account.trusts;
  const sorted = (kind: Principal['kind']) =>
    [...account.principals.values()].flatMap((one) => (one.kind === kind ? [one.arn] : [])).toSorted();
  const once = (map: ReadonlyMap<string, readonly string[]>) => {
    const pools = new Map([...map].map(([key, list]) => [key, poolOf(list, done)]));
    const none = poolOf([], done);
    return (key: string) => pools.get(key) ?? none;
  };
  return {
    users: poolOf(sorted('user'), done),
    roles: poolOf(sorted('role'), done),
    anyone: poolOf(anyone, done),
    trusting: once(byAccount),
    named: (name) => (byName.get(name) ?? []).filter((arn) => !done(arn)),
    serving: once(byService),
  };
}

/** What is left to change, by how it is changed. */
export function changeableOf(account: Account, done: (change: string) => boolean): Changeable {
  const sorted = (list: Iterable<string>, what = '') =>
    poolOf([...list].toSorted(), (at) => done(`${what}${at}`));
  const kind = (which: Principal['kind']) =>
    sorted([...account.principals.values()].flatMap((one) => (one.kind === which ? [one.arn] : [])));
  const own = [...account.managed].filter(
    ([arn, { holders }]) => accountOf(arn) === account.id && holders.length > 0,
  );
  const names = (list: typeof own) => list.map(([arn]) => arn);
  return {
    user: kind('user'),
    role: kind('role'),
    group: sorted(account.groups.keys()),
    joinable: sorted(account.groups.keys(), joined),
    // AWS's own policies have versions that only AWS writes
    managed: sorted(names(own)),
    switchable: sorted(names(own.filter(([, { others }]) => others.length > 0)), switched),
  };
}
