import type { RequestListener } from 'node:http';
import { createServer } from 'node:tls';
import { expect, test } from 'vitest';
import { fixture, never, open, playHttps, playTcp } from './server.ts';

const ca = fixture('ca.pem');
const look = { method: 'GET', path: '/v1/x' } as const;
const respond: RequestListener = (_, response) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}');

test.each(['127.0.0.1', 'localhost'])(
  'a certificate of the trusted authority for %s is accepted',
  async (name) => {
    await using server = await playHttps('good', respond);
    await using door = open({ ...server.host, host: name, ca });
    expect(await door.http(look, never)).toMatchObject({ saw: 'answer', status: 200 });
    expect(await door.http(look, never)).toMatchObject({ saw: 'answer', status: 200 });
  },
);

test.each([
  ['good', undefined, 'unable to verify'],
  ['good', 'other-ca.pem', 'unable to verify'],
  ['expired', 'ca.pem', 'has expired'],
  ['elsewhere', 'ca.pem', 'is for another host name'],
  ['self-signed', 'ca.pem', 'is self-signed'],
])('certificate %s under authority %s: %s', async (name, authority, said) => {
  let asked = 0;
  await using server = await playHttps(name, (request, response) => {
    asked += 1;
    respond(request, response);
  });
  const trust = authority === undefined ? {} : { ca: fixture(authority) };
  await using door = open({ ...server.host, host: 'localhost', ...trust });
  const answer = await door.http(look, never);
  expect(answer).toMatchObject({ saw: 'inconclusive', reason: 'R-UNREACHABLE' });
  expect('detail' in answer && answer.detail).toContain(said);
  expect('detail' in answer && answer.detail).toContain('TLS');
  expect(asked).toBe(0);
});

test('the environment cannot switch the verification off', async () => {
  const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  try {
    await using server = await playHttps('self-signed', respond);
    await using door = open({ ...server.host, ca });
    expect(await door.http(look, never)).toMatchObject({ reason: 'R-UNREACHABLE' });
  } finally {
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
  }
});

test('a server that speaks plain text or an old protocol gets no request', async () => {
  await using plain = await playTcp((socket) => socket.write('hello\r\n'), 'https:');
  await using door = open({ ...plain.host, ca });
  expect(await door.http(look, never)).toMatchObject({ reason: 'R-UNREACHABLE' });
  const old = createServer({
    cert: fixture('good.pem'),
    key: fixture('good.key.pem'),
    maxVersion: 'TLSv1.1',
    minVersion: 'TLSv1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve));
  const address = old.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  old.on('tlsClientError', (_, socket) => socket.destroy());
  await using second = open({ ...plain.host, port, ca });
  const answer = await second.http(look, never);
  expect(answer).toMatchObject({ reason: 'R-UNREACHABLE' });
  expect('detail' in answer && answer.detail).toContain('TLS');
  await new Promise((resolve) => old.close(resolve));
});
