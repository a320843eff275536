/** Policies as rules, and which of them decides. */
import { describe, expect, it } from 'vitest';
import { meets, permits, touching } from './acl-paths.ts';
import { rulesOf, writes } from './acl-text.ts';
import type { AclRule } from './acl-text.ts';
import { readers } from './holders.ts';
import { kinds } from './kinds.ts';

const read = (text: string): readonly AclRule[] => {
  const rules = rulesOf(text);
  if ('why' in rules) throw new Error(rules.why);
  return rules;
};
const rule = (pattern: string, ...capabilities: AclRule['capabilities'][number][]): AclRule => ({
  pattern,
  capabilities,
});

describe('the text of a policy', () => {
  it('is HCL with comments, parameters, and the older words', () => {
    const text = `
      name = "app"
      # one
      path "/kv/data/app" { capabilities = ["read", "list"], // two
        allowed_parameters = { "*" = [] "a" = ["b", 1] } min_wrapping_ttl = "1s" }
      /* three { */
      path "kv/+/x/*" { policy = "write" }`;
    expect(read(text)).toEqual([
      rule('kv/data/app', 'read', 'list'),
      rule('kv/+/x/*', 'create', 'read', 'update', 'delete', 'list'),
    ]);
  });

  it('is JSON', () => {
    const body = { capabilities: ['deny'] };
    expect(read(JSON.stringify({ path: { 'kv/*': body } }))).toEqual([rule('kv/*', 'deny')]);
    expect(read(JSON.stringify({ path: [{ a: [body] }] }))).toEqual([rule('a', 'deny')]);
    expect(read('')).toEqual([]);
  });

  it.each([
    ['a capability that nobody knows', 'path "a" { capabilities = ["own"] }'],
    ['a setting that nobody knows', 'path "a" { capabilities = ["read"] widen = true }'],
    ['a block that nobody knows', 'grant "a" { capabilities = ["read"] }'],
    ['an end that is missing', 'path "a" { capabilities = ["read"]'],
    ['a text of many lines', 'path "a" { capabilities = <<EOT\nread\nEOT\n}'],
    ['a setting twice', 'path "a" { capabilities = ["read"] capabilities = ["update"] }'],
    ['wildcards that the server refuses', 'path "a/+*" { capabilities = ["read"] }'],
    ['JSON of another shape', '{"path": "a"}'],
    ['half of JSON', '{"path":'],
  ])('%s is not understood', (_what, text) => {
    expect(rulesOf(text)).toMatchObject({ why: expect.any(String) });
  });
});

describe('which rule decides', () => {
  it.each([
    ['a/b', 'a/b', true],
    ['a/*', 'a/b/c', true],
    ['a/*', 'a', false],
    ['a/b*', 'a/bc/d', true],
    ['a/+/c', 'a/b/c', true],
    ['a/+/c', 'a/b/d', false],
    ['a/+', 'a/b/c', false],
    ['a/*', 'a/+/role/*', true],
    ['auth/token/*', 'auth/+/role/*', true],
    ['auth/token/create', 'auth/+/role/*', false],
    ['b/*', 'a/*', false],
    ['*', 'a/b', true],
  ])('%s and %s: %s', (one, other, met) => {
    expect(meets(one, other)).toBe(met);
    expect(meets(other, one)).toBe(met);
  });

  it('the more exact one, and where two are the same a denial', () => {
    const rules = [rule('kv/*', 'update'), rule('kv/safe/*', 'deny'), rule('kv/safe/mine', 'update')];
    expect(permits(rules, 'kv/a', writes)).toBe(true);
    expect(permits(rules, 'kv/safe/a', writes)).toBe(false);
    expect(permits(rules, 'kv/safe/mine', writes)).toBe(true);
    expect(permits([rule('kv/*', 'update'), rule('kv/*', 'deny')], 'kv/a', writes)).toBe(false);
    expect(permits([rule('kv/+/x', 'update'), rule('kv/*', 'deny')], 'kv/a/x', writes)).toBe(true);
    expect(permits([rule('+/a/x', 'update'), rule('kv/a/*', 'deny')], 'kv/a/x', writes)).toBe(false);
    expect(permits([rule('kv/a', 'read')], 'kv/a', writes)).toBe(false);
  });

  it('a template may become anything, and takes nothing away', () => {
    const own = rule('users/{{identity.entity.id}}/x', 'update');
    expect(permits([own], 'users/1234/x', writes)).toBe(true);
    expect(permits([own, rule('users/*', 'deny')], 'users/1234/x', writes)).toBe(true);
    const barred = rule('kv/{{identity.entity.name}}', 'deny');
    expect(permits([rule('kv/*', 'update'), barred], 'kv/a', writes)).toBe(true);
    expect(touching([own], 'users/*', writes)).toEqual([own]);
  });
});

it('says of every kind what it carries', () => {
  expect(Object.keys(readers).toSorted()).toEqual(kinds.map(({ kind }) => kind).toSorted());
});
