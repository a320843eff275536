import * as z from 'zod/mini';
import type { Kind } from '../connector.ts';
import { locatedLists } from './draft.ts';
import { recordShape } from './shape.ts';

type Json = Record<string, unknown>;

/** What an editor shows beside a field. They stand here because a schema with words in it is dear to make for every record. */
const descriptions: Readonly<Record<string, string>> = {
  'metadata.id': 'Unique in the set of records',
  'subject.id': 'A URI, an email address or an opaque id (RFC 9493)',
  'subject.accounts': 'Who the subject is in each system, by immutable id',
  validity: 'from and until, or from and ttl',
  'validity.ttl': 'In weeks, days, hours, minutes and seconds: PT60M',
  revocation: 'When the grant was ended; without it the grant still runs',
  systems: 'Every system that this grant touched',
  'systems.revocationSource': 'The system whose revocation is meant to reach this one',
  'systems.required': 'false: what stays unproven here does not count for the exit code',
  'credentials.ref': 'The locator: never a secret',
  'credentials.expiresAt': "The issuer's answer, not the request",
  'credentials.derivedFrom': 'The id of the credential that this one was made with',
  'credentials.secret': 'file:PATH below the record, or env:TOMBSTONE_SUBJECT_…',
  'entitlements.ref': 'The locator',
  'entitlements.before': 'What stood before the grant: none, or the id of it',
  placements: 'Where a credential was knowingly put',
  'placements.ref': 'The locator',
  baseline: 'A snapshot that was taken before the grant',
};

/**
 * The JSON Schema (2020-12) of a grant record, with what every given kind says about its `ref`: an
 * editor completes the kinds, and then the fields of the locator.
 */
export function grantJsonSchema(kinds: readonly Kind<unknown>[]): unknown {
  const base = open(z.toJSONSchema(recordShape(), { io: 'input', unrepresentable: 'any' }));
  const definitions = Object.fromEntries(kinds.map((kind) => [definitionOf(kind.kind), refSchema(kind)]));
  for (const [path, description] of Object.entries(descriptions)) {
    fieldAt(base, path.split('.'))['description'] = description;
  }
  const properties = object(base['properties']);
  for (const list of locatedLists) {
    const items = object(object(properties[list])['items']);
    object(items['properties'])['kind'] = kindSchema(kinds);
    items['allOf'] = kinds.map(({ kind }) => ({
      if: { properties: { kind: { const: kind } }, required: ['kind'] },
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      then: { properties: { ref: { $ref: `#/$defs/${definitionOf(kind)}` } } },
    }));
  }
  return {
    ...base,
    title: 'Tombstone grant record',
    description: 'One time-boxed grant of access, and everything it gave.',
    anyOf: [
      { required: ['credentials'], properties: { credentials: { minItems: 1 } } },
      { required: ['entitlements'], properties: { entitlements: { minItems: 1 } } },
    ],
    $defs: definitions,
  };
}

function definitionOf(kind: string): string {
  return kind.replace('/', '.');
}

function refSchema(kind: Kind<unknown>): Json {
  const { $schema: _, ...schema } = open(z.toJSONSchema(kind.ref, { io: 'input', unrepresentable: 'any' }));
  const needed = kind.needed.length > 0 ? ` Gone needs ${kind.needed.join(', ')}.` : '';
  return { ...schema, title: kind.title, description: `The locator of a ${kind.kind}.${needed}` };
}

/** Installed kinds by name; any kind of a connector that is not installed. */
function kindSchema(kinds: readonly Kind<unknown>[]): Json {
  const installed = [...new Set(kinds.map(({ kind }) => kind.split('/')[0] ?? ''))];
  const others = installed.length === 0 ? '' : `(?!(?:${installed.join('|')})/)`;
  return {
    type: 'string',
    description: '<connector>/<noun>',
    anyOf: [
      ...(kinds.length > 0 ? [{ enum: kinds.map(({ kind }) => kind) }] : []),
      { pattern: `^${others}[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*$` },
    ],
  };
}

function fieldAt(schema: Json, path: readonly string[]): Json {
  return path.reduce((here, step) => {
    const list = here['items'];
    return object(object((isObject(list) ? list : here)['properties'])[step]);
  }, schema);
}

/** Strict objects still take `x-…` keys. Works on a copy in which no two fields share one object. */
function open(schema: unknown): Json {
  const copy: unknown = JSON.parse(JSON.stringify(schema));
  visit(copy);
  return object(copy);
}

function visit(node: unknown): void {
  if (Array.isArray(node)) for (const item of node) visit(item);
  else if (typeof node === 'object' && node !== null) {
    for (const item of Object.values(node)) visit(item);
    if (Reflect.get(node, 'additionalProperties') === false && Reflect.get(node, 'type') === 'object') {
      Reflect.set(node, 'patternProperties', { '^x-': true });
    }
  }
}

function object(value: unknown): Json {
  if (!isObject(value)) throw new TypeError('the schema of the record lost one of its parts');
  return value;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
