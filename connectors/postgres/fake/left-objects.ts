import type { FakeObject } from './objects.ts';
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
    world.objects.all
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

function calledBy({ space, name, args }: FakeObject): string {
  return `${space === undefined ? '' : `${space}.`}${name}${args === undefined ? '' : `(${args})`}`;
}

const opensToAll = (world: FakeWorld, one: FakeObject): boolean =>
  one.class === 'function' && world.objects.entriesOf(one).some(({ grantee }) => grantee === 0);
