import type { FakeDefault, FakeObject } from './objects.ts';
import type { FakeWorld } from './world.ts';

type Row = Readonly<Record<string, unknown>>;

/** One question, as the statement's parameter holds it. */
interface Asked {
  readonly asked: string;
  readonly class: string;
  readonly oid: number | null;
  readonly name: string | null;
}

const unnumbered = ['replication-slot', 'prepared-transaction'];

/** Objects by their class and OID, or by the name that they go by. */
export function leftObjects(world: FakeWorld, parameter: string | null | undefined): Row[] {
  const questions: readonly Asked[] = JSON.parse(parameter ?? '[]');
  return questions.flatMap((asked) =>
    [...world.objects.all, ...world.objects.defaults.map((one) => asObject(world, one))]
      .filter((one) => one.class === asked.class)
      .flatMap((one): Row[] => {
        const oid = unnumbered.includes(one.class) ? null : one.oid;
        const same = oid !== null && oid === asked.oid;
        if (!same && calledBy(one) !== asked.name) return [];
        return [
          {
            asked: asked.asked,
            by: same ? 'oid' : 'name',
            class: one.class,
            oid,
            name: calledBy(one),
            owner: world.roles.find((role) => role.oid === one.owner)?.name ?? null,
            traits: [...one.traits, ...(opensToAll(world, one) ? ['EXECUTE by PUBLIC'] : [])],
          },
        ];
      }),
  );
}

const nameOf = (world: FakeWorld, oid: number) => world.roles.find((one) => one.oid === oid)?.name;

/** As `pg_identify_object` calls an entry of `pg_default_acl`. */
export function asObject(
  world: FakeWorld,
  { oid, role, space, of, acl, writtenAt }: FakeDefault,
): FakeObject {
  const where = space === undefined ? '' : ` in schema ${space}`;
  return {
    oid,
    class: 'default-privileges',
    space: undefined,
    name: `for role ${nameOf(world, role) ?? ''}${where} on ${of.replace('-', ' ')}s`,
    args: undefined,
    owner: role,
    acl: undefined,
    columns: [],
    traits: acl
      .filter(({ grantee }) => grantee !== role)
      .map(({ privilege, grantee }) => `${privilege} for ${nameOf(world, grantee) ?? 'PUBLIC'}`)
      .toSorted(),
    madeAt: 0,
    writtenAt,
  };
}

export function calledBy({ space, name, args }: FakeObject): string {
  return `${space === undefined ? '' : `${space}.`}${name}${args === undefined ? '' : `(${args})`}`;
}

export const opensToAll = (world: FakeWorld, one: FakeObject): boolean =>
  one.class === 'function' && world.objects.entriesOf(one).some(({ grantee }) => grantee === 0);
