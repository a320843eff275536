import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import type { HttpRequest } from '../../src/connector.ts';
import { Secret } from '../../src/model/secret.ts';
import { never, open, playHttp, playTcp } from './server.ts';
import type { TestDoor } from './server.ts';

const value = 'hvs.CAESI"/p+l\\a&n<t>e=d%7';
const other = 'second-secret-0815';
const request: HttpRequest = {
  method: 'POST',
  path: `/v1/echo/${encodeURIComponent(value)}?also=${encodeURIComponent(other)}`,
  headers: { authorization: new Secret('env:A', `Bearer ${value}`), 'x-note': 'plain' },
  body: { deep: [{ token: new Secret('env:B', other) }], kept: 'as it is', left: undefined },
};

function printed(door: TestDoor, answer: unknown): string {
  return `${JSON.stringify(door.tape.exchanges)} ${inspect(door, { depth: 9 })} ${JSON.stringify(answer)}`;
}

function expectClean(text: string): void {
  for (const secret of [value, other])
    for (const form of [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
      Buffer.from(secret).toString('hex'),
    ])
      expect(text).not.toContain(form);
}

test('secrets reach the server, and only the server', async () => {
  let got = '';
  let authorization: string | undefined;
  await using server = await playHttp((incoming, response) => {
    authorization = incoming.headers.authorization;
    incoming.setEncoding('utf8').on('data', (chunk) => (got += String(chunk)));
    incoming.on('end', () => {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ errors: [`no ${value}`, { message: `nor ${got}` }, incoming.url] }));
    });
  });
  await using door = open(server.host);
  await door.http(request, never);
  expect(authorization).toBe(`Bearer ${value}`);
  expect(JSON.parse(got)).toEqual({ deep: [{ token: other }], kept: 'as it is' });
  const text = printed(door, undefined);
  expectClean(text);
  expect(text).toContain('[redacted]');
});

test.each<readonly [string, string]>([
  [
    'a redirect',
    `HTTP/1.1 302 Found\r\nlocation: http://${other}.example/?t=${encodeURIComponent(value)}\r\n\r\n`,
  ],
  ['a strange type', `HTTP/1.1 200 OK\r\ncontent-type: ${other}/x\r\ncontent-length: 2\r\n\r\n{}`],
  ['a strange encoding', `HTTP/1.1 200 OK\r\ncontent-encoding: ${other}\r\ncontent-length: 2\r\n\r\n{}`],
  ['a reset', ''],
  ['no HTTP', `${value}\r\n`],
  [
    'broken JSON',
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${other.length}\r\n\r\n${other}`,
  ],
])('%s repeats none', async (_, bytes) => {
  await using server = await playTcp((socket) => socket.once('data', () => socket.end(bytes)));
  await using door = open(server.host);
  const answer = await door.http(request, never);
  expect(answer).toMatchObject({ saw: 'inconclusive' });
  expectClean(printed(door, answer));
});

test('a Basic credential does not hide its password', async () => {
  await using server = await playHttp((_, response) => {
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ message: `wrong password ${other}` }));
  });
  await using door = open(server.host);
  const pair = Buffer.from(`client:${other}`).toString('base64');
  await door.http({ method: 'GET', path: '/x', headers: { authorization: `Basic ${pair}` } }, never);
  expect(door.tape.exchanges[0]?.answered).toBe('400 wrong password [redacted]');
});

test.each(['two\nlines\tof-it', 'zero\u0000and\u200bwidth'])(
  'a secret with control characters does not hide in its clean form',
  async (odd) => {
    await using server = await playHttp((_, response) => {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: `no ${odd}, nor ${odd.replaceAll(/[\u0000\u200b]/g, '')}` }));
    });
    await using door = open(server.host);
    await door.http({ method: 'POST', path: '/x', body: new Secret('file:x', odd) }, never);
    expect(door.tape.exchanges[0]?.answered).toBe('400 no [redacted], nor [redacted]');
  },
);
