/**
 * AWS's own model of a service, as its SDK carries it, is the witness of every operation's members: what
 * the fake reads, what it answers, and that nothing that AWS always answers is left out.
 */
import type { Shape, Value } from './fake/answer.ts';
import type { Caller } from './fake/caller.ts';
import { rootOf } from './fake/caller.ts';
import { createClock } from './fake/clock.ts';
import { perform } from './fake/perform.ts';
import { services } from './fake/services.ts';
import { World } from './fake/world.ts';

/** A schema of the SDK: the kind of a plain value, or a list that says what it is in its first place. */
type Schema = unknown;

/** Behind functions, and behind the pairs of a schema and its traits that members are. */
function resolved(schema: Schema): Schema {
  if (typeof schema === 'function') {
    const inner: unknown = Reflect.apply(schema, undefined, []);
    return resolved(inner);
  }
  const pair = Array.isArray(schema) && schema.length === 2;
  return pair ? resolved(schema[0]) : schema;
}

export const partsOf = (schema: Schema): readonly unknown[] => {
  const found: unknown = resolved(schema);
  return Array.isArray(found) ? found : [];
};

interface Structure {
  readonly members: ReadonlyMap<string, Schema>;
  readonly required: readonly string[];
}

function structureOf(schema: Schema): Structure | undefined {
  const [kind, , , , names, schemas, required] = partsOf(schema);
  // a union has one of its members
  if ((kind !== 3 && kind !== 4) || !Array.isArray(names) || !Array.isArray(schemas)) return undefined;
  const members = names.map((name, at): [string, Schema] => [String(name), schemas[at]]);
  return { members: new Map(members), required: names.slice(0, Number(required ?? 0)).map(String) };
}

const plain: Readonly<Record<number, string>> = { 0: 'string', 1: 'number', 2: 'boolean' };

/** Every way in which a value is not what the model says of it. */
export function faultsOf(value: Value, schema: Schema, at: string): readonly string[] {
  const found = resolved(schema);
  if (typeof found === 'number') {
    if (found === 4) return value instanceof Date ? [] : [`${at} is no date`];
    if (found >= 128) return value instanceof Map ? [] : [`${at} is no map`];
    if (found >= 64) return Array.isArray(value) ? [] : [`${at} is no list`];
    // what is left is a blob, which goes over the wire as text
    return typeof value === (plain[found] ?? 'string') ? [] : [`${at} is no ${plain[found] ?? 'blob'}`];
  }
  const [kind, , , , inner] = partsOf(found);
  if (kind === 0) return faultsOf(value, inner, at);
  if (kind === 1) {
    if (!Array.isArray(value)) return [`${at} is no list`];
    return value.flatMap((one: Value, index) => faultsOf(one, inner, `${at}[${index}]`));
  }
  if (kind === 2) return value instanceof Map ? [] : [`${at} is no map`];
  const structure = structureOf(found);
  if (structure === undefined || typeof value !== 'object') return [`${at} is no structure`];
  const told = Object.entries(value).filter(([, one]) => one !== undefined);
  const names = new Set(told.map(([name]) => name));
  return [
    ...structure.required.filter((name) => !names.has(name)).map((name) => `${at}.${name} is missing`),
    ...told.flatMap(([name, one]: [string, Value]) =>
      structure.members.has(name)
        ? faultsOf(one, structure.members.get(name), `${at}.${name}`)
        : [`${at}.${name} is unknown`],
    ),
  ];
}

export const account = '111111111111';

/** A world in which every operation of a service is run, and what was found wrong with it. */
export function createLife(name: string, model: object, world = new World(createClock())) {
  if (!world.accounts.has(account)) world.addAccount(account);
  const service = services.get(name);
  if (service === undefined) throw new Error(`there is no ${name}`);
  const ran = new Set<string>();
  const faults: string[] = [];
  const root: Caller = { ...rootOf(world.account(account)), unruled: true };
  const run = (action: string, input: Shape = {}, caller = root, region = 'us-east-1'): Shape => {
    ran.add(action);
    const operation: unknown = Reflect.get(model, `${action}$`);
    const [kind, , , , asked, answered] = partsOf(operation);
    if (kind !== 9) faults.push(`${action} is unknown`);
    const members = structureOf(asked)?.members;
    const watched = new Proxy(input, {
      get(target, member): unknown {
        if (typeof member === 'string' && members?.has(member) !== true)
          faults.push(`${action} reads ${member}`);
        return Reflect.get(target, member);
      },
    });
    if (members === undefined) expectNothing(input, asked, `${action} asked`);
    else faults.push(...faultsOf(input, asked, `${action} asked`));
    const answer = perform(world, service, action, caller, watched, region) ?? {};
    if (structureOf(answered) === undefined) expectNothing(answer, answered, action);
    else faults.push(...faultsOf(answer, answered, action));
    return answer;
  };
  const expectNothing = (told: object, schema: Schema, at: string) => {
    if (resolved(schema) !== 'unit') faults.push(`${at} is no structure`);
    faults.push(...Object.keys(told).map((member) => `${at}.${member} is unknown`));
  };
  return { run, ran, faults, world, operations: Object.keys(service.operations) };
}

/** The value at a path of an answer. */
export function at(answer: Shape, ...path: readonly string[]): string {
  let found: Value = answer;
  for (const name of path) {
    const inner: ReadonlyMap<string, Value> = new Map(
      typeof found === 'object' && found !== null ? Object.entries(found) : [],
    );
    found = inner.get(name);
  }
  return typeof found === 'string' ? found : '';
}
