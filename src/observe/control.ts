import type { Controls, PassedControl, Sibling, Source, Stamp } from '../connector.ts';
import { failed, inconclusive } from '../model/observation.ts';
import type { Failure, Observation } from '../model/observation.ts';

/** A control as it was read; minted once its epoch has closed on the instance it opened on. */
export interface Sighted {
  readonly form: PassedControl['form'];
  readonly when: PassedControl['when'];
  readonly chosen: PassedControl['chosen'];
  readonly of: string;
  readonly stamp: Stamp;
}

const minted = new WeakSet<object>();
/** Thousands of reads share the two controls around them: one sighting is one control. */
const controlOf = new WeakMap<Sighted, PassedControl>();

/** The only place where a control is made. The observe stage refuses every other. */
export function mint(sighted: Sighted): PassedControl {
  const known = controlOf.get(sighted);
  if (known !== undefined) return known;
  const control = Object.freeze({ ...sighted }) as unknown as PassedControl;
  minted.add(control);
  controlOf.set(sighted, control);
  return control;
}

/** An observation that says "not there" with a control that this run did not mint says nothing. */
export function onlyMinted(observation: Observation): Observation {
  if (!('controls' in observation) || observation.controls === undefined) return observation;
  const { controls } = observation;
  const needed = observation.saw !== 'excluded' || observation.basis === 'proven';
  return (controls.length > 0 || !needed) && controls.every((control) => minted.has(control))
    ? each(observation)
    : inconclusive('R-CONTROL', 'the check answered with a control that the core did not make');
}

/** Every control once. */
function each(observation: Observation): Observation {
  if (!('controls' in observation) || observation.controls === undefined) return observation;
  const [first, ...rest] = new Set(observation.controls);
  return first === undefined ? observation : { ...observation, controls: [first, ...rest] };
}

/** Is there a first one? Narrows a list to `Controls`. */
export function some(controls: readonly PassedControl[]): controls is Controls {
  return controls.length > 0;
}

/** How many candidates for a sighting are tried: any of them may have ended a moment ago. */
const candidates = 3;

/** What the control of one group of reads asks: a sibling that must be seen, or a stranger that must be absent. */
export type Witness<K> =
  { readonly kind: 'sibling'; readonly sibling: Sibling<K> } | { readonly kind: 'stranger'; readonly key: K };

/** Finds a witness by looking at it once: its sighting is the control before the read. */
export async function findWitness<C, K, V>(
  source: Source<C, K, V>,
  siblings: readonly Sibling<K>[],
  scope: string,
  look: (key: K) => Promise<{ raw: { value: V } | 'nothing' | Failure; stamp: Stamp }>,
): Promise<{ witness: Witness<K>; before: Sighted } | Failure> {
  let why: Failure | undefined;
  for (const sibling of siblings.slice(0, candidates)) {
    const witness: Witness<K> = { kind: 'sibling', sibling };
    const before = sighted(source, witness, 'before', await look(sibling.key));
    if (!failed(before)) return { witness, before };
    why ??= before;
  }
  if (why !== undefined) return why;
  if (source.stranger === undefined) return nobody(source.id, scope);
  const witness: Witness<K> = { kind: 'stranger', key: source.stranger.key(scope) };
  const before = sighted(source, witness, 'before', await look(witness.key));
  return failed(before) ? before : { witness, before };
}

/** Did the read show its witness? */
export function sighted<C, K, V>(
  source: Source<C, K, V>,
  witness: Witness<K>,
  when: PassedControl['when'],
  seen: { raw: { value: V } | 'nothing' | Failure; stamp: Stamp },
): Sighted | Failure {
  const { raw, stamp } = seen;
  const key = witness.kind === 'sibling' ? witness.sibling.key : witness.key;
  const of = source.name(key);
  if (raw !== 'nothing' && failed(raw)) return raw;
  if (witness.kind === 'stranger') {
    return raw === 'nothing'
      ? { form: 'distinct-absence', when, chosen: 'own', of, stamp }
      : inconclusive('R-CONTROL', `an id that was never issued (${of}) is answered as if it stood`);
  }
  if (raw === 'nothing') {
    return inconclusive('R-CONTROL', `the control ${of} was not seen ${when} the read`);
  }
  return source.answers(raw.value, key)
    ? { form: 'sighting', when, chosen: witness.sibling.chosen, of, stamp }
    : inconclusive('R-CONTROL', `asked for the control ${of}, the server answered about something else`);
}

export function nobody(source: string, scope: string): Failure {
  return inconclusive(
    'R-CONTROL',
    `${source} knows nothing alive in ${scope === '' ? 'its scope' : scope} to sight beside the target`,
    'a control in the configuration: something known to be alive there',
  );
}
