import * as z from 'zod';
import type { Kind } from '../connector.ts';
import { locatedLists } from './draft.ts';
import { recordShape } from './shape.ts';

type Json = Record<string, unknown>;

/**
 * The JSON Schema (2020-12) of a grant record, with what every given kind says about its `ref`: an
 * editor completes the kinds, and then the fields of the locator.
 */
export function grantJsonSchema(kinds: readonly Kind<unknown>[]): unknown {
  const base = open(z.toJSONSchema(recordShape(), { io: 'input', unrepresentable: 'any' }));
  const definitions = Object.fromEntries(kinds.map((kind) => [definitionOf(kind.kind), refSchema(kind)]));
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

/** Strict objects still take `x-…` keys. Works on a copy. */
function open(schema: unknown): Json {
  const copy: unknown = structuredClone(schema);
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
