import type { FakeWorld } from './world.ts';

const word = '([A-Za-z_][A-Za-z0-9_$]*)';
const path = `(?:public\\.)?${word}`;

type Run = (world: FakeWorld, found: RegExpExecArray) => string;

const add = (
  world: FakeWorld,
  of: string,
  name: string,
  traits: readonly string[] = [],
  owner: number | null = 10,
) => {
  world.objects.add({ class: of, name, traits, ...(owner === null ? {} : { owner }) });
  return 'CREATE';
};
const drop = (world: FakeWorld, of: string, name: string, ifExists?: string) => {
  const known = world.objects.all.some((one) => one.class === of && one.name === name);
  if (known || ifExists === undefined) {
    world.objects.drop({ class: of, space: undefined, name, args: undefined });
  }
  return 'DROP';
};

/** Statements about things that act by themselves, and go by names that `pg_identify_object` writes. */
export const actingStatements: readonly (readonly [RegExp, Run])[] = [
  [
    new RegExp(`^create rule ${word} as on insert to ${path} do instead nothing$`, 'i'),
    (world, [, name = '', table = '']) => add(world, 'rule', `${name} on public.${table}`),
  ],
  [
    new RegExp(`^drop rule ${word} on ${path}$`, 'i'),
    (world, [, name = '', table = '']) => drop(world, 'rule', `${name} on public.${table}`),
  ],
  [
    new RegExp(
      `^create trigger ${word} after insert on ${path} for each row execute function ${path}\\(\\)$`,
      'i',
    ),
    (world, [, name = '', table = '', runs = '']) =>
      add(world, 'trigger', `${name} on public.${table}`, [`runs ${runs}`]),
  ],
  [
    new RegExp(
      `^create policy ${word} on ${path}( as restrictive)?(?: to ([a-z_, ]+))? using \\(true\\)$`,
      'i',
    ),
    (world, [, name = '', table = '', restrictive, to = 'public']) => {
      const who = to.split(/,\s*/).toSorted().join(' and ');
      const traits = [`for ${who === 'public' ? 'PUBLIC' : who}`, ...(restrictive ? ['restrictive'] : [])];
      return add(world, 'policy', `${name} on public.${table}`, traits);
    },
  ],
  [
    new RegExp(`^drop (trigger|policy) ${word} on ${path}$`, 'i'),
    (world, [, of = '', name = '', table = '']) =>
      drop(world, of.toLowerCase(), `${name} on public.${table}`),
  ],
  [
    new RegExp(`^create event trigger ${word} on ${word} execute function ${path}\\(\\)$`, 'i'),
    (world, [, name = '', event = '']) => add(world, 'event-trigger', name, [`at ${event}`]),
  ],
  [
    new RegExp(`^create publication ${word}( for all tables)?$`, 'i'),
    (world, [, name = '', all]) =>
      add(world, 'publication', name, all === undefined ? [] : ['of all tables']),
  ],
  [
    new RegExp(`^create subscription ${word} connection '[^']*' publication ${word} with \\([^)]*\\)$`, 'i'),
    (world, [, name = '']) => add(world, 'subscription', name, [], null),
  ],
  [
    new RegExp(`^drop (event trigger|publication|subscription) (if exists )?${word}$`, 'i'),
    (world, [, of = '', ifExists, name = '']) =>
      drop(world, of.toLowerCase().replace(' ', '-'), name, ifExists),
  ],
  [
    new RegExp(`^create user mapping for ${word} server ${word}$`, 'i'),
    (world, [, role = '', server = '']) =>
      add(
        world,
        'user-mapping',
        `${role} on server ${server}`,
        [`on server ${server}`],
        world.role(role).oid,
      ),
  ],
  [
    new RegExp(`^drop user mapping for ${word} server ${word}$`, 'i'),
    (world, [, role = '', server = '']) => drop(world, 'user-mapping', `${role} on server ${server}`),
  ],
  [
    new RegExp(`^select pg_create_physical_replication_slot\\('${word}'\\)$`, 'i'),
    (world, [, name = '']) => add(world, 'replication-slot', name, ['physical'], null),
  ],
  [
    new RegExp(`^select pg_drop_replication_slot\\('${word}'\\)$`, 'i'),
    (world, [, name = '']) => drop(world, 'replication-slot', name),
  ],
  [
    new RegExp(`^begin; (?:set local role ${word}; )?.+; prepare transaction '${word}'$`, 'is'),
    (world, [, role = 'postgres', name = '']) => {
      world.objects.add({
        class: 'prepared-transaction',
        name,
        traits: ['in database postgres'],
        owner: world.role(role).oid,
        madeAt: world.now(),
      });
      return 'PREPARE TRANSACTION';
    },
  ],
  [
    new RegExp(`^(?:rollback|commit) prepared '${word}'$`, 'i'),
    (world, [, name = '']) => drop(world, 'prepared-transaction', name),
  ],
];
