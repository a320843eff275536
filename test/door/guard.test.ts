import { expect, test } from 'vitest';
import type { HttpRequest } from '../../src/connector.ts';
import { Secret } from '../../src/model/secret.ts';
import { never, open, playHttp } from './server.ts';

const reads = [
  { method: 'GET', path: /^\/v1\/sys\/health$/ },
  { method: 'LIST', path: /\/v1\/auth\/[^/]+\/role/ },
  { method: 'POST', path: /\/v1\/sys\/leases\/lookup/gm },
  { method: 'GET', path: /\/v1\/kv\/.*/ },
] as const;

const round: Record<string, unknown> = {};
round['itself'] = [round];

const get = (path: string): HttpRequest => ({ method: 'GET', path });

test.each<HttpRequest>([
  get('/v1/sys/health'),
  get('/v1/sys/health?standbyok=true&path=/../x'),
  { method: 'LIST', path: '/v1/auth/approle/role' },
  { method: 'POST', path: '/v1/sys/leases/lookup', body: { lease_id: 'a' } },
  get('/v1/kv/a..b/..c'),
  get('/v1/kv/50%25'),
])('a declared read leaves: $method $path', async (request) => {
  await using server = await playHttp((_, response) => void response.writeHead(204).end());
  await using door = open(server.host, { reads });
  // twice: a pattern with a memory must not let only every other one through
  for (let turn = 0; turn < 2; turn++)
    expect(await door.http(request, never)).toMatchObject({ saw: 'answer', status: 204, json: undefined });
});

test.each<readonly [string, HttpRequest]>([
  ['is not a declared read', { method: 'POST', path: '/v1/sys/health' }],
  ['is not a declared read', { method: 'GET', path: '/v1/auth/approle/role' }],
  ['is not a declared read', { method: 'LIST', path: '/v1/auth/approle/role/x' }],
  ['is not a declared read', { method: 'POST', path: '/v1/sys/leases/lookup/x' }],
  ['is not a declared read', { method: 'POST', path: '/x/v1/sys/leases/lookup' }],
  ['is not a declared read', get('/v1/sys/seal')],
  ['is not one that reads', { ...get('/v1/sys/health'), method: 'DELETE' as 'GET' }],
  ['is not absolute', get('v1/sys/health')],
  ['is not absolute', get('')],
  ['is not absolute', get('http://elsewhere.example/v1/sys/health')],
  ['empty part', get('//elsewhere.example/v1/sys/health')],
  ['empty part', get('/v1/kv//x')],
  ['climbs', get('/v1/kv/../sys/seal')],
  ['climbs', get('/v1/kv/..')],
  ['climbs', get('/v1/kv/./x')],
  ['climbs', get('/v1/kv/%2e%2E/sys/seal')],
  ['climbs', get('/v1/kv/%2e%2e%2fsys')],
  ['climbs', get('/v1/kv/%252e%252e/sys')],
  ['climbs', get('/v1/kv/..%5csys')],
  ['climbs', get('/v1/kv/..;/sys')],
  ['broken', get('/v1/kv/50%')],
  ['fragment', get('/v1/kv/a#b')],
  ['backslash', get('/v1/kv/a\\b')],
  ['percent-encoded', get('/v1/kv/a b')],
  ['percent-encoded', get('/v1/kv/ä')],
  ['percent-encoded', get('/v1/kv/a\r\nhost: elsewhere')],
  ['percent-encoded', get('/v1/kv/a\u0000')],
  ['another method', get('/v1/kv/a?x=1&_method=DELETE')],
  ['carries a body', { ...get('/v1/sys/health'), body: {} }],
  ['belongs to the transport', { ...get('/v1/sys/health'), headers: { Host: 'elsewhere.example' } }],
  ['belongs to the transport', { ...get('/v1/sys/health'), headers: { 'X-HTTP-Method-Override': 'DELETE' } }],
  ['belongs to the transport', { ...get('/v1/sys/health'), headers: { 'Transfer-Encoding': 'chunked' } }],
  [
    'cannot carry',
    { ...get('/v1/sys/health'), headers: { 'x-vault-token': new Secret('env:T', 'abc\r\nx-admin: 1') } },
  ],
  ['cannot carry', { ...get('/v1/sys/health'), headers: { 'x-vault-token': new Secret('env:T', 'abc\n') } }],
  ['cannot carry', { ...get('/v1/sys/health'), headers: { 'bad name': 'x' } }],
  ['env:T was not resolved', { ...get('/v1/sys/health'), headers: { 'x-vault-token': new Secret('env:T') } }],
  [
    'env:T was not resolved',
    { method: 'POST', path: '/v1/sys/leases/lookup', body: { a: [new Secret('env:T')] } },
  ],
  ['not plain data', { method: 'POST', path: '/v1/sys/leases/lookup', body: { a: 1n } }],
  ['not plain data', { method: 'POST', path: '/v1/sys/leases/lookup', body: new Map() }],
  ['not plain data', { method: 'POST', path: '/v1/sys/leases/lookup', body: round }],
])('%s: %o', async (said, request) => {
  let asked = 0;
  await using server = await playHttp((_, response) => {
    asked += 1;
    response.writeHead(204).end();
  });
  await using door = open(server.host, { reads });
  const answer = await door.http(request, never);
  expect(answer).toMatchObject({ saw: 'inconclusive', reason: 'R-CHECK' });
  expect('detail' in answer && answer.detail).toContain(said);
  expect(JSON.stringify(answer)).not.toMatch(/abc|x-admin/);
  expect(asked + server.connections()).toBe(0);
  expect(door.tape.exchanges).toEqual([]);
});
