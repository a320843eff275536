import { durationMs, instantMs } from '../model/time.ts';
import type { Draft, Word } from './draft.ts';
import { locatedLists, wordsOf } from './draft.ts';
import { meant } from './issues.ts';
import { quoted } from './secret-shape.ts';
import type { Finding, Path } from './tree.ts';

/** The rules of a record that look at more than one field. */
export function brokenRules(draft: Draft, value: unknown): Finding[] {
  return [
    ...nothingToCheck(value),
    ...systemNames(draft),
    ...repeated(wordsOf(draft.systems, ['systems'], 'system'), 'this system is listed twice'),
    ...repeated(ids(draft), 'this id is taken: credentials and entitlements share one set of ids'),
    ...unresolved(draft),
    ...cycles(draft),
    ...times(draft),
    ...baselineTime(draft),
  ];
}

/** What is not wrong, but should be known. */
export function lintFindings(draft: Draft): Finding[] {
  const from = instantMs(draft.validity?.from);
  const early = wordsOf(draft.credentials, ['credentials'], 'issuedAt').filter(({ word }) => {
    const issued = instantMs(word);
    return from !== undefined && issued !== undefined && issued < from;
  });
  const digest = draft.baseline?.sha256;
  return [
    ...early.map(({ path }) => ({
      path,
      message: 'issued before validity.from: the window starts here, at the earlier instant',
    })),
    ...(digest === undefined || /^[0-9a-f]{64}$/i.test(digest)
      ? []
      : [
          {
            path: ['baseline', 'sha256'],
            message: 'this is not a whole SHA-256 (64 hex digits): the baseline will not count',
          },
        ]),
  ];
}

/** Milliseconds at which the grant ends: `until`, or `from` and `ttl`. */
export function untilMs(validity: Draft['validity']): number | undefined {
  if (validity?.until !== undefined) return instantMs(validity.until);
  const from = instantMs(validity?.from);
  const ttl = validity?.ttl === undefined ? undefined : durationMs(validity.ttl);
  return from === undefined || ttl === undefined ? undefined : from + ttl;
}

function nothingToCheck(value: unknown): Finding[] {
  if (typeof value !== 'object' || value === null) return [];
  const lists: unknown[] = [Reflect.get(value, 'credentials'), Reflect.get(value, 'entitlements')];
  if (!lists.every((list) => list === undefined || (Array.isArray(list) && list.length === 0))) return [];
  const field = lists[0] === undefined && lists[1] !== undefined ? 'entitlements' : 'credentials';
  return [
    {
      path: [field],
      onKey: true,
      message: 'there is nothing to check: a record needs at least one credential or entitlement',
    },
  ];
}

function systemNames(draft: Draft): Finding[] {
  if (draft.systems === undefined) return [];
  const known = new Set(wordsOf(draft.systems, ['systems'], 'system').map(({ word }) => word));
  const named = [
    ...wordsOf(draft.systems, ['systems'], 'revocationSource'),
    ...wordsOf(draft.subject?.accounts, ['subject', 'accounts'], 'system'),
    ...locatedLists.flatMap((list) => wordsOf(draft[list], [list], 'system')),
  ];
  return named
    .filter(({ word }) => !known.has(word))
    .map(({ path, word }) => ({
      path,
      message: `the system ${quoted(word, 'named here')} does not stand in "systems"`,
      hint: 'Add it to "systems": every system that the grant touched stands there.',
      ...meant(word, known),
    }));
}

function ids(draft: Draft): Word[] {
  return [
    ...wordsOf(draft.credentials, ['credentials'], 'id'),
    ...wordsOf(draft.entitlements, ['entitlements'], 'id'),
  ];
}

function repeated(words: readonly Word[], message: string): Finding[] {
  const seen = new Set<string>();
  return words.filter(({ word }) => seen.size === seen.add(word).size).map(({ path }) => ({ path, message }));
}

function unresolved(draft: Draft): Finding[] {
  const credentials = new Set(wordsOf(draft.credentials, ['credentials'], 'id').map(({ word }) => word));
  const entitlements = new Set(wordsOf(draft.entitlements, ['entitlements'], 'id').map(({ word }) => word));
  return [
    ...wordsOf(draft.credentials, ['credentials'], 'derivedFrom'),
    ...wordsOf(draft.placements, ['placements'], 'credential'),
  ]
    .filter(({ word }) => !credentials.has(word))
    .map(({ path, word }) => ({
      path,
      message: entitlements.has(word)
        ? `${quoted(word, 'this')} is an entitlement: the id of a credential belongs here`
        : `no credential has the id ${quoted(word, 'named here')}`,
      ...meant(word, credentials),
    }));
}

/** Every circle of `derivedFrom` once, at the first of its credentials. */
function cycles(draft: Draft): Finding[] {
  const parents = new Map<string, { parent: string; path: Path }>();
  for (const [index, credential] of (draft.credentials ?? []).entries()) {
    if (credential?.id === undefined || credential.derivedFrom === undefined || parents.has(credential.id))
      continue;
    parents.set(credential.id, {
      parent: credential.derivedFrom,
      path: ['credentials', index, 'derivedFrom'],
    });
  }
  const done = new Set<string>();
  const found: Finding[] = [];
  for (const first of parents.keys()) {
    const walk = new Set<string>();
    let here = first;
    while (!done.has(here) && !walk.has(here) && parents.has(here)) {
      walk.add(here);
      here = parents.get(here)?.parent ?? here;
    }
    const start = parents.get(here);
    if (walk.has(here) && start) {
      const circle = [...walk].slice([...walk].indexOf(here));
      const shown = [...circle.slice(0, 8), here]
        .map((id) => quoted(id, '…').replaceAll('"', ''))
        .join(' → ');
      found.push({ path: start.path, message: `these credentials come from each other: ${shown}` });
    }
    for (const id of walk) done.add(id);
  }
  return found;
}

function times(draft: Draft): Finding[] {
  const { validity, revocation } = draft;
  const found: Finding[] = [];
  const from = instantMs(validity?.from);
  const until = untilMs(validity);
  if (validity !== undefined) {
    if (validity.until !== undefined && validity.ttl !== undefined) {
      found.push({ path: ['validity', 'ttl'], message: 'either until or ttl belongs here, not both' });
    } else if (validity.until === undefined && validity.ttl === undefined) {
      found.push({
        path: ['validity', 'until'],
        message: '"until" is missing: the end of the grant belongs here',
        hint: 'Write until: INSTANT, or ttl: DURATION like PT60M.',
      });
    }
  }
  if (from !== undefined && until !== undefined && until <= from) {
    const field = validity?.until === undefined ? 'ttl' : 'until';
    const message = field === 'ttl' ? 'ttl must be longer than nothing' : 'until must be after from';
    found.push({ path: ['validity', field], message });
  }
  const revoked = instantMs(revocation?.at);
  if (from !== undefined && revoked !== undefined && revoked < from) {
    found.push({ path: ['revocation', 'at'], message: 'revocation.at must not be before validity.from' });
  }
  return found;
}

function baselineTime(draft: Draft): Finding[] {
  const captured = instantMs(draft.baseline?.capturedAt);
  if (captured === undefined) return [];
  const starts = [
    instantMs(draft.validity?.from),
    ...wordsOf(draft.credentials, ['credentials'], 'issuedAt').map(({ word }) => instantMs(word)),
  ];
  if (!starts.some((start) => start !== undefined && captured >= start)) return [];
  return [
    {
      path: ['baseline', 'capturedAt'],
      message: 'a baseline counts only when it was taken before validity.from and before any issuedAt',
    },
  ];
}
