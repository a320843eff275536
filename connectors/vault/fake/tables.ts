/** What the server tells of everything at once: mounts, and the names of policies. */
import { builtIn } from './acl.ts';
import type { Said } from './answer.ts';
import { data, twice } from './answer.ts';
import { mountData } from './mount.ts';
import type { FakeNamespace, FakeWorld } from './world.ts';

interface Mounted {
  readonly type: string;
  readonly accessor: string;
}

/** `sys/auth`, `sys/mounts`: the table stands in `data` and beside it. */
export function mountTable(mounts: ReadonlyMap<string, Mounted>): Said {
  const rows = [...mounts].map(([path, { type, accessor }]) => [
    `${path}/`,
    { ...mountData(type, accessor), uuid: `uuid-of-${accessor}` },
  ]);
  return twice(Object.fromEntries(rows));
}

/** Names of policies, the built-in ones among them; a parameter that it does not know is warned of. */
export function policyNames(world: FakeWorld, place: FakeNamespace, query: URLSearchParams): Said {
  const own = [...world.policies.keys()].flatMap((key) => {
    const name = key.startsWith(`${place.path}/`) ? key.slice(place.path.length + 1) : undefined;
    return name === undefined || world.policyOf(key) === undefined ? [] : [name];
  });
  const shown = [...builtIn.keys()].filter((name) => name !== 'response-wrapping');
  const root = place.path === '' ? ['root'] : [];
  const keys = [...new Set([...own, ...shown, ...root])].toSorted();
  const warnings = query.has('after') ? ['Endpoint ignored these unrecognized parameters: [after]'] : [];
  return data({ keys }, warnings);
}
