import * as z from 'zod';
import { describe, expect, test } from 'vitest';
import { grantJsonSchema } from '../../src/grant/schema.ts';
import { kinds } from './build.ts';

const located = z.object({
  items: z.object({
    required: z.array(z.string()),
    additionalProperties: z.literal(false),
    patternProperties: z.record(z.string(), z.unknown()),
    properties: z.object({
      kind: z.object({
        anyOf: z.array(z.object({ enum: z.array(z.string()).optional(), pattern: z.string().optional() })),
      }),
    }),
    allOf: z.array(z.unknown()),
  }),
});
const outline = z.object({
  $schema: z.string(),
  required: z.array(z.string()),
  additionalProperties: z.literal(false),
  patternProperties: z.record(z.string(), z.unknown()),
  properties: z.object({ credentials: located, entitlements: located, placements: located }),
  $defs: z.record(z.string(), z.record(z.string(), z.unknown())),
});

describe('the JSON Schema of a record', () => {
  const schema = outline.parse(grantJsonSchema(kinds));

  test('is of 2020-12, strict, and takes x- keys', () => {
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.required).toEqual(['apiVersion', 'kind', 'metadata', 'subject', 'validity', 'systems']);
    expect(schema.patternProperties).toEqual({ '^x-': true });
  });

  test.for(['credentials', 'entitlements', 'placements'] as const)(
    '%s complete the kind, then its ref',
    (list) => {
      const { items } = schema.properties[list];
      expect(items.patternProperties).toEqual({ '^x-': true });
      expect(items.properties.kind.anyOf[0]?.enum).toEqual(kinds.map(({ kind }) => kind));
      expect(items.allOf).toContainEqual({
        if: { properties: { kind: { const: 'postgres/role' } }, required: ['kind'] },
        then: { properties: { ref: { $ref: '#/$defs/postgres.role' } } },
      });
      expect(items.allOf).toHaveLength(kinds.length);
    },
  );

  test('other connectors may have any kind, installed ones only theirs', () => {
    const pattern = new RegExp(schema.properties.credentials.items.properties.kind.anyOf[1]?.pattern ?? '$.');
    expect(pattern.test('github/team-membership')).toBe(true);
    expect(pattern.test('vaulted/lease')).toBe(true);
    expect(pattern.test('vault/leese')).toBe(false);
    expect(pattern.test('vault')).toBe(false);
  });

  test('each ref is strict and says what gone needs', () => {
    expect(schema.$defs['postgres.role']).toMatchObject({
      type: 'object',
      required: ['name'],
      additionalProperties: false,
      patternProperties: { '^x-': true },
      description: 'The locator of a postgres/role. Gone needs oid.',
    });
  });

  test('without any connector it is still a schema', () => {
    expect(() => JSON.stringify(grantJsonSchema([]))).not.toThrow();
  });
});
