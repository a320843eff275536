import type { Failure, PassedControl } from '../../src/connector.ts';
import { covered, failed } from '../../src/connector.ts';
import { permits, touching } from './acl-paths.ts';
import { authRole } from './auth-roles.ts';
import { definition, folder, mountsIn, readAuthMounts } from './folders.ts';
import type { LookContext, LookScope } from './looking.ts';
import type { Principal } from './rights.ts';
import { writes } from './acl-text.ts';
import { listRoles } from './secret-ids.ts';

/** A role at an AppRole mount. */
export interface AppRole {
  readonly mount: string;
  readonly name: string;
}

/** Where secret ids of a role are made. */
export const mintingPaths = ({ mount, name }: AppRole): readonly string[] => [
  `${mount}/role/${name}/secret-id`,
  `${mount}/role/${name}/custom-secret-id`,
];

const other = /^auth\/token\/|\/login[^/]*(?:\/[^/*]+)?$/;

interface Read<V> {
  readonly value: V;
  readonly controls: readonly PassedControl[];
}

/** Every role of every AppRole mount. */
export async function appRoles(
  { namespace }: LookScope,
  ctx: LookContext,
): Promise<Read<readonly AppRole[]> | Failure> {
  const table = covered(await ctx.read(definition, { path: 'sys/auth', needs: readAuthMounts, namespace }));
  if (failed(table)) return table;
  const controls: PassedControl[] = [...table.controls];
  const mounts = table.saw === 'nothing' ? [] : mountsIn(table.value);
  if (failed(mounts)) return mounts;
  const roles: AppRole[] = [];
  for (const { path: mount } of mounts.filter(({ type }) => type === 'approle')) {
    const names = covered(await ctx.read(folder, { path: `${mount}/role`, needs: listRoles, namespace }));
    if (failed(names)) return names;
    controls.push(...names.controls);
    if (names.saw === 'value') roles.push(...names.value.names.map((name) => ({ mount, name })));
  }
  return { value: roles, controls };
}

/** Adds every role that the principals could log in as with a secret id of their own making, until there is no more. */
export async function mintable(
  principals: readonly Principal[],
  add: (policies: readonly string[], closed: boolean) => Promise<Failure | undefined>,
  scope: LookScope,
  ctx: LookContext,
): Promise<{ readonly controls: readonly PassedControl[] } | Failure> {
  const could = (role: AppRole) =>
    principals.some(({ rules }) => mintingPaths(role).some((path) => permits(rules, path, writes)));
  const perhaps = () =>
    principals.some(({ rules }) =>
      touching(rules, 'auth/*', writes).some((rule) => !other.test(rule.pattern)),
    );
  if (!perhaps()) return { controls: [] };
  const roles = await appRoles(scope, ctx);
  if (failed(roles)) return roles;
  const controls = [...roles.controls];
  const left = new Set(roles.value);
  for (let grew = true; grew;) {
    grew = false;
    for (const role of [...left].filter(could)) {
      left.delete(role);
      grew = true;
      const { mount, name } = role;
      const { namespace } = scope;
      const seen = covered(await ctx.read(authRole, { mount, name, mountAccessor: undefined, namespace }));
      if (failed(seen)) return seen;
      controls.push(...seen.controls);
      if (seen.saw === 'nothing') continue;
      const wrong = await add([...seen.value.policies, 'default'], false);
      if (wrong !== undefined) return wrong;
    }
  }
  return { controls };
}
