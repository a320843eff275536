import type { Failure, PassedControl } from '../../src/connector.ts';
import { covered, failed, z } from '../../src/connector.ts';
import { authRole } from './auth-roles.ts';
import { entity } from './entities.ts';
import { group } from './groups.ts';
import type { LookContext, LookScope } from './looking.ts';
import { accessor } from './sources.ts';

/** Why not all is known, and what would tell. */
export interface Unknown {
  readonly why: string;
  readonly needs: string;
}

/** Somebody with policies, whom the grant gave or who the subject is. */
export interface Holder {
  readonly policies: readonly string[];
  /** By the record alone. */
  readonly declared: boolean;
}

export interface Held {
  readonly holders: readonly Holder[];
  readonly unknown?: Unknown;
  readonly controls: readonly PassedControl[];
}

type Target = LookScope['targets'][number];
type Reader = (target: Target, scope: LookScope, ctx: LookContext) => Promise<Held | Failure>;

const hinted = z.looseObject({ policies: z.array(z.string()).optional() });
const tokenRef = z.looseObject({ accessor: z.string().optional() });
const secretIdRef = z.looseObject({ mount: z.string(), role: z.string() });
const authRoleRef = z.looseObject({ mount: z.string(), name: z.string() });
const entityRef = z.looseObject({ id: z.string().optional() });
const membershipRef = z.looseObject({ groupId: z.string().optional() });
const policyRef = z.looseObject({ name: z.string(), writtenAt: z.string().optional() });
const leaseRef = z.looseObject({ leaseId: z.string().optional() });

const nobody: Held = { holders: [], controls: [] };
const without: Reader = () => Promise.resolve(nobody);

/** What each kind of target carries; one that does not stand here may carry anything. */
export const readers: Readonly<Record<string, Reader | undefined>> = {
  'vault/token': ofToken,
  'vault/approle-secret-id': (target, scope, ctx) => {
    const { mount, role } = secretIdRef.parse(target.ref);
    return ofRole({ mount, name: role }, scope, ctx);
  },
  'vault/auth-role': (target, scope, ctx) => ofRole(authRoleRef.parse(target.ref), scope, ctx),
  'vault/identity-entity': (target, scope, ctx) => ofEntity(entityRef.parse(target.ref).id, scope, ctx),
  'vault/identity-group-membership': (target, scope, ctx) =>
    ofGroup(membershipRef.parse(target.ref).groupId, scope, ctx),
  // one that a hunt found was given to nobody: who could carry it is told by the rights to write it
  'vault/policy': ({ ref }) => {
    const { name, writtenAt } = policyRef.parse(ref);
    return Promise.resolve(writtenAt === undefined ? { holders: [held([name])], controls: [] } : nobody);
  },
  // a lease below auth/ is that of a token
  'vault/lease': ({ ref }, { targets }) => {
    const { leaseId = '' } = leaseRef.parse(ref);
    const named = targets.some(({ kind }) => kind === 'vault/token');
    return Promise.resolve(
      leaseId.startsWith('auth/') && !named
        ? unknownOf(`the token of the lease ${leaseId}`, 'its accessor')
        : nobody,
    );
  },
  'vault/kv-secret': without,
  'vault/pki-certificate': without,
  'vault/transit-key': without,
  'vault/database-static-role': without,
  'vault/ssh-role': without,
  'vault/ssh-certificate': without,
  // what it hands over is a target of its own
  'vault/wrapping-token': without,
};

/** Everybody whose policies the grant could use. */
export async function holdersIn(scope: LookScope, ctx: LookContext): Promise<Held | Failure> {
  const holders: Holder[] = [];
  const controls: PassedControl[] = [];
  let unknown: Unknown | undefined;
  if (scope.targets.length === 0) {
    unknown = {
      why: 'the record names nothing that the grant gave here',
      needs: 'the credentials and entitlements of the grant in this system',
    };
  }
  const add = (one: Held): void => {
    holders.push(...one.holders);
    controls.push(...one.controls);
    unknown ??= one.unknown;
  };
  for (const target of scope.targets) {
    const hint = hinted.safeParse(target.ref);
    const policies = hint.success ? hint.data.policies : undefined;
    if (policies !== undefined) {
      add({ holders: [{ policies: [...policies, 'default'], declared: true }], controls: [] });
      continue;
    }
    const reader = readers[target.kind];
    const one = await (reader === undefined
      ? unknownOf(`what a ${target.kind} carries`, 'a newer version')
      : reader(target, scope, ctx));
    if (failed(one)) return one;
    add(one);
  }
  for (const id of scope.accounts) {
    const one = await ofEntity(id, scope, ctx);
    if (failed(one)) return one;
    add(one);
  }
  return { holders, controls, ...(unknown === undefined ? {} : { unknown }) };
}

const held = (policies: readonly string[]): Holder => ({ policies, declared: false });

function unknownOf(what: string, needs: string): Held {
  return {
    holders: [],
    controls: [],
    unknown: { why: `the rights of the grant are not known: nothing tells the policies of ${what}`, needs },
  };
}

const hintOf = (what: string) =>
  `ref.policies of ${what} in the record: every policy that it, or what it could make, carried`;

/** A token never changes its policies, so one that stands tells what it had all along. */
async function ofToken({ ref }: Target, scope: LookScope, ctx: LookContext): Promise<Held | Failure> {
  const { accessor: id } = tokenRef.parse(ref);
  const what = id === undefined ? 'the token without accessor' : `the token ${id}`;
  if (id === undefined) return unknownOf(what, hintOf(what));
  const seen = covered(await ctx.read(accessor, { accessor: id, namespace: scope.namespace }));
  if (failed(seen)) return seen;
  if (seen.saw === 'nothing') return { ...unknownOf(what, hintOf(what)), controls: seen.controls };
  const own = { holders: [held(seen.value.policies ?? [])], controls: seen.controls };
  const acting = seen.value.entity_id ?? '';
  return acting === '' ? own : joined(own, await ofEntity(acting, scope, ctx));
}

/** The issuer's own definition: what a login there carries. */
async function ofRole(
  { mount, name }: { readonly mount: string; readonly name: string },
  { namespace }: LookScope,
  ctx: LookContext,
): Promise<Held | Failure> {
  const seen = covered(await ctx.read(authRole, { mount, name, mountAccessor: undefined, namespace }));
  if (failed(seen)) return seen;
  const { controls } = seen;
  const what = `${mount}/role/${name}`;
  return seen.saw === 'nothing'
    ? { ...unknownOf(`${what}, which does not stand any more`, hintOf(what)), controls }
    : { holders: [held([...seen.value.policies, 'default'])], controls };
}

/** An entity's own policies, and those of the groups that it is in. */
async function ofEntity(id: string | undefined, scope: LookScope, ctx: LookContext): Promise<Held | Failure> {
  const what = `the entity ${id ?? 'without id'}`;
  if (id === undefined) return unknownOf(what, hintOf(what));
  const seen = covered(await ctx.read(entity, { id, namespace: scope.namespace }));
  if (failed(seen)) return seen;
  const { controls } = seen;
  if (seen.saw === 'nothing') {
    return { ...unknownOf(`${what}, which does not stand any more`, hintOf(what)), controls };
  }
  let all: Held = { holders: [held(seen.value.policies ?? [])], controls };
  for (const one of seen.value.group_ids ?? []) {
    const next = joined(all, await ofGroup(one, scope, ctx));
    if (failed(next)) return next;
    all = next;
  }
  return all;
}

async function ofGroup(
  id: string | undefined,
  { namespace }: LookScope,
  ctx: LookContext,
): Promise<Held | Failure> {
  const what = `the group ${id ?? 'without id'}`;
  if (id === undefined) return unknownOf(what, hintOf(what));
  const seen = covered(await ctx.read(group, { id, namespace }));
  if (failed(seen)) return seen;
  const { controls } = seen;
  return seen.saw === 'nothing'
    ? { ...unknownOf(`${what}, which does not stand any more`, hintOf(what)), controls }
    : { holders: [held(seen.value.policies ?? [])], controls };
}

function joined(one: Held, other: Held | Failure): Held | Failure {
  if (failed(other)) return other;
  const unknown = one.unknown ?? other.unknown;
  return {
    holders: [...one.holders, ...other.holders],
    controls: [...one.controls, ...other.controls],
    ...(unknown === undefined ? {} : { unknown }),
  };
}
