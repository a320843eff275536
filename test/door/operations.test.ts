import { expect, test } from 'vitest';
import type { HttpRequest } from '../../src/connector.ts';
import { Secret } from '../../src/model/secret.ts';
import { never, open, playHttp } from './server.ts';

const reads = [
  { method: 'POST', path: /\//, operation: /ListUsers|GetUser|IdentityStore\.DescribeUser/ },
  { method: 'POST', path: /\/plain/ },
  { method: 'GET', path: /\/object/ },
] as const;
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const post = (text: string, headers: HttpRequest['headers'] = form): HttpRequest => ({
  method: 'POST',
  path: '/',
  headers,
  text,
});
const xml = '<ListUsersResponse><Users/></ListUsersResponse>';

test.each<HttpRequest>([
  post('Action=ListUsers&Version=2010-05-08'),
  post('Version=2010-05-08&Action=GetUser'),
  post('{}', { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'IdentityStore.DescribeUser' }),
  { method: 'GET', path: '/object', text: '' },
])('a declared operation leaves as it was written, and its answer comes as text', async (request) => {
  const seen: string[] = [];
  await using server = await playHttp((asked, response) => {
    asked.on('data', (chunk: Buffer) => seen.push(chunk.toString()));
    asked.on('end', () => response.writeHead(200, { 'content-type': 'text/xml' }).end(xml));
  });
  await using door = open(server.host, { reads });
  expect(await door.http(request, never)).toMatchObject({ saw: 'answer', json: undefined, text: xml });
  expect(seen.join('')).toBe(request.text);
});

test.each<readonly [string, HttpRequest]>([
  ['DeleteUser is not a declared read', post('Action=DeleteUser')],
  ['ListUsersAndKeys is not a declared read', post('Action=ListUsersAndKeys')],
  ['listusers is not a declared read', post('Action=listusers')],
  ['two operations', post('Action=ListUsers&Action=DeleteUser')],
  ['two operations', post('Action=ListUsers', { ...form, 'X-Amz-Target': 'IdentityStore.DescribeUser' })],
  ['A.Delete is not a declared read', post('{}', { 'X-Amz-Target': 'A.Delete' })],
  ['names no operation', post('Action=ListUsers', { 'content-type': 'text/plain' })],
  ['names no operation', post('Version=2010-05-08')],
  ['without an operation', { method: 'POST', path: '/' }],
  ['ListUsers is not a declared read', { ...post('Action=ListUsers'), path: '/plain' }],
  ['two bodies', { ...post('Action=ListUsers'), body: {} }],
  ['carries a body', { method: 'GET', path: '/object', text: 'Action=ListUsers' }],
  ['is a secret', post('{}', { 'x-amz-target': new Secret('env:X', 'IdentityStore.DescribeUser') })],
  ['does not', { ...post('Action=ListUsers'), host: 'elsewhere.example' }],
])('any other is not sent: %s', async (why, request) => {
  let asked = 0;
  await using server = await playHttp((_, response) => {
    asked += 1;
    response.writeHead(204).end();
  });
  await using door = open(server.host, { reads });
  expect(await door.http(request, never)).toMatchObject({
    reason: 'R-CHECK',
    detail: expect.stringContaining(why),
  });
  expect(asked).toBe(0);
});

test('a host beside the first is one that may be asked', async () => {
  await using server = await playHttp((_, response) => void response.writeHead(204).end());
  await using door = open({ ...server.host, host: '127.0.0.2', beside: [server.host.host] }, { reads });
  const request = { ...post('Action=ListUsers'), host: server.host.host };
  expect(await door.http(request, never)).toMatchObject({ saw: 'answer', status: 204 });
});

test.each([
  ['HTML', 'text/html', '<html/>'],
  ['XML that is not UTF-8', 'text/xml', Buffer.from([0x3c, 0xff, 0x3e])],
  ['JSON that names a key twice', 'application/x-amz-json-1.1', '{"a":1,"a":2}'],
  ['JSON that cannot be parsed', 'application/x-amz-json-1.0', '{"a":'],
  ['text/plain', 'text/plain', 'hello'],
])('%s is no answer', async (why, type, body) => {
  await using server = await playHttp((_, response) =>
    response.writeHead(200, { 'content-type': type }).end(body),
  );
  await using door = open(server.host, { reads });
  expect(await door.http(post('Action=ListUsers'), never)).toMatchObject({
    reason: 'R-ANSWER',
    detail: expect.stringContaining(why),
  });
});

test('the tape keeps the code of an error and none of its words', async () => {
  const words = '<Message>AWS4-HMAC-SHA256 and so on</Message>';
  await using server = await playHttp((_, response) =>
    response
      .writeHead(403, { 'content-type': 'text/xml' })
      .end(`<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code>${words}</Error></ErrorResponse>`),
  );
  await using door = open(server.host, { reads });
  await door.http({ ...post('Action=ListUsers'), name: 'ListUsers' }, never);
  expect(door.tape.exchanges).toMatchObject([
    { asked: 'POST ListUsers', answered: '403 SignatureDoesNotMatch' },
  ]);
});
