import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { HttpRequest } from '../../src/connector.ts';
import { bodyLimit, openDoor } from '../../src/door/door.ts';
import { createRedactor } from '../../src/door/redact.ts';
import { createTape } from '../../src/door/tape.ts';
import { UsageError } from '../../src/model/errors.ts';
import { never, open, playHttp, playTcp } from './server.ts';

const look: HttpRequest = { method: 'GET', path: '/v1/x' };
const whole = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}';

test('a whole answer: status, headers, JSON, the server clock, the digest of its bytes', async () => {
  await using server = await playHttp((request, response) => {
    response.writeHead(404, {
      'content-type': 'application/problem+json; charset=utf-8',
      date: 'Mon, 23 Nov 2026 10:00:00 GMT',
      'X-Kind': 'a',
      'set-cookie': ['session=1', 'b=2'],
    });
    response.end(JSON.stringify({ url: request.url, method: request.method, accepts: request.headers }));
  });
  await using door = open(server.host);
  const answer = await door.http({ method: 'LIST', path: '/v1/x?page=2' }, never);
  expect(answer).toMatchObject({
    saw: 'answer',
    status: 404,
    serverAt: '2026-11-23T10:00:00.000Z',
    headers: { 'x-kind': 'a' },
    json: { url: '/v1/x?page=2&list=true', method: 'GET', accepts: { 'accept-encoding': 'identity' } },
  });
  expect('headers' in answer && answer.headers['set-cookie']).toBe(undefined);
  const [exchange] = door.tape.exchanges;
  const bytes = 'json' in answer ? JSON.stringify(answer.json) : '';
  expect(exchange).toMatchObject({
    id: 'x1',
    system: 'vault-prod',
    point: 'direct',
    asked: 'LIST /v1/x?page=2',
    answered: '404',
    serverAt: '2026-11-23T10:00:00.000Z',
    digest: createHash('sha256').update(bytes).digest('hex'),
  });
});

test('the tape says what the server said, in one short line', async () => {
  await using server = await playHttp((_, response) => {
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        errors: ['1 error occurred:\n\t* \u001b[31minvalid accessor\u202e', 'x'.repeat(500)],
      }),
    );
  });
  await using door = open(server.host);
  await door.http({ ...look, name: 'lookup an accessor' }, never);
  const [exchange] = door.tape.exchanges;
  expect(exchange?.asked).toBe('GET lookup an accessor');
  expect(exchange?.answered).toMatch(/^400 1 error occurred: \* \[31minvalid accessor; x+$/);
  expect(exchange?.answered).toHaveLength(120);
});

test('a server that drips is cut at the deadline of the whole request', async () => {
  let dripped = 0;
  await using server = await playHttp((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    const drip = setInterval(() => {
      response.write(' ');
      dripped += 1;
    }, 20);
    response.on('close', () => clearInterval(drip));
  });
  await using door = open(server.host, { timeoutMs: 300 });
  expect(await door.http(look, never)).toMatchObject({
    reason: 'R-UNREACHABLE',
    detail: expect.stringContaining('timed out after 300 ms') as unknown,
  });
  expect(dripped).toBeGreaterThan(1);
});

test.each([
  ['says nothing', ''],
  ['stops inside its headers', 'HTTP/1.1 200 OK\r\ncontent-ty'],
  [
    'sends nothing but informational answers',
    'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n',
  ],
])('a server that %s times out', async (_, bytes) => {
  await using server = await playTcp((socket) => socket.write(bytes));
  await using door = open(server.host, { timeoutMs: 100 });
  expect(await door.http(look, never)).toMatchObject({ reason: 'R-UNREACHABLE' });
  expect(door.tape.exchanges[0]?.answered).toBe('timed out after 100 ms');
});

test('informational answers before the answer are passed over', async () => {
  await using server = await playTcp((socket) =>
    socket.write(`HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${whole}`),
  );
  await using door = open(server.host);
  expect(await door.http(look, never)).toMatchObject({ saw: 'answer', status: 200, json: {} });
});

test.each(['declared', 'undeclared'])('a body of 1 GiB (%s) is cut where it is too large', async (how) => {
  const size = 2 ** 30;
  const block = Buffer.alloc(2 ** 16, ' ');
  let sent = 0;
  const closed = Promise.withResolvers<undefined>();
  await using server = await playHttp((_, response) => {
    response.writeHead(200, {
      'content-type': 'application/json',
      ...(how === 'declared' ? { 'content-length': String(size) } : {}),
    });
    const pour = (): void => {
      while (sent < size && !response.destroyed) {
        sent += block.length;
        if (!response.write(block)) return void response.once('drain', pour);
      }
    };
    response.on('close', () => closed.resolve(undefined));
    pour();
  });
  await using door = open(server.host);
  const answer = await door.http(look, never);
  await closed.promise;
  expect(answer).toMatchObject({
    reason: 'R-ANSWER',
    detail: expect.stringContaining(`larger than ${bodyLimit} bytes`) as unknown,
  });
  // what lies in the buffers of both ends comes on top
  expect(sent).toBeLessThan(bodyLimit * 3);
});

test('a length that is too large is refused before the body comes', async () => {
  await using server = await playHttp((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(bodyLimit + 1) });
    response.flushHeaders();
  });
  await using door = open(server.host);
  expect(await door.http(look, never)).toMatchObject({ reason: 'R-ANSWER' });
});

test('the largest body that is let in', async () => {
  await using server = await playHttp((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(`"${'x'.repeat(98)}"`);
  });
  await using fits = open(server.host, { bodyLimit: 100 });
  await using tight = open(server.host, { bodyLimit: 99 });
  expect(await fits.http(look, never)).toMatchObject({ saw: 'answer' });
  expect(await tight.http(look, never)).toMatchObject({ reason: 'R-ANSWER' });
});

test('a flood of headers is refused', async () => {
  await using server = await playTcp((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const pour = (): void => {
      while (!socket.destroyed)
        if (!socket.write('x-flood: aaaaaaaaaaaaaaaa\r\n')) return void socket.once('drain', pour);
    };
    pour();
  });
  await using door = open(server.host);
  expect(await door.http(look, never)).toMatchObject({
    reason: 'R-ANSWER',
    detail: expect.stringContaining('headers larger than 16 KiB') as unknown,
  });
});

test('a redirect to another server is named by its host and never followed', async () => {
  let visits = 0;
  await using elsewhere = await playHttp((_, response) => {
    visits += 1;
    response.end();
  });
  await using server = await playHttp((_, response) => {
    const location = `http://user:pw@127.0.0.1:${elsewhere.port}/login?state=abc`;
    response.writeHead(307, { location, 'content-type': 'application/json' }).end('{"login":"alice"}');
  });
  await using door = open(server.host);
  const answer = await door.http(look, never);
  expect(answer).toMatchObject({ reason: 'R-REDIRECT' });
  const said = JSON.stringify([answer, door.tape.exchanges]);
  expect(said).toContain(`redirects (307) to 127.0.0.1:${elsewhere.port}`);
  expect(said).not.toMatch(/pw|login|state/);
  expect(visits + elsewhere.connections()).toBe(0);
});

const json = 'content-type: application/json\r\n';
test.each([
  ['no framing and no body', `HTTP/1.1 200 OK\r\n${json}\r\n`, 'R-PARTIAL'],
  ['a length that is not met', `HTTP/1.1 200 OK\r\n${json}content-length: 10\r\n\r\n{}`, 'R-PARTIAL'],
  [
    'chunks that never end',
    `HTTP/1.1 200 OK\r\n${json}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n`,
    'R-PARTIAL',
  ],
  ['headers that break off', `HTTP/1.1 200 OK\r\n${json}`, 'R-PARTIAL'],
  [
    'chunks that are none',
    `HTTP/1.1 200 OK\r\n${json}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n`,
    'R-ANSWER',
  ],
  [
    'length and chunks at once',
    `HTTP/1.1 200 OK\r\n${json}transfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    'R-ANSWER',
  ],
  ['two lengths', `HTTP/1.1 200 OK\r\n${json}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`, 'R-ANSWER'],
  ['something that is not HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', 'R-ANSWER'],
  [
    'another protocol',
    'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
    'R-ANSWER',
  ],
  [
    'a compressed body',
    `HTTP/1.1 200 OK\r\n${json}content-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}`,
    'R-ANSWER',
  ],
  ['a remembered answer', `HTTP/1.1 200 OK\r\n${json}age: 30\r\ncontent-length: 2\r\n\r\n{}`, 'R-STALE'],
  ['text', 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\n{}', 'R-ANSWER'],
  ['no content type', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}', 'R-ANSWER'],
  ['429 HTML', 'HTTP/1.1 429 No\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nno', 'R-RATE'],
  ['an empty 429', 'HTTP/1.1 429 No\r\ncontent-length: 0\r\n\r\n', 'R-RATE'],
  ['an empty 503', 'HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n', 'R-UNREACHABLE'],
  ['a 304', 'HTTP/1.1 304 Not Modified\r\n\r\n', 'R-REDIRECT'],
  [
    'bytes that are not UTF-8',
    Buffer.concat([
      Buffer.from(`HTTP/1.1 200 OK\r\n${json}content-length: 3\r\n\r\n"`),
      Buffer.from([0xff]),
      Buffer.from('"'),
    ]),
    'R-ANSWER',
  ],
])('%s', async (_, bytes, reason) => {
  await using server = await playTcp((socket) => socket.once('data', () => socket.end(bytes)));
  await using door = open(server.host);
  expect(await door.http(look, never)).toMatchObject({ saw: 'inconclusive', reason });
  expect(door.tape.exchanges).toHaveLength(1);
});

test.each([
  ['{"active":true,"\\u0061ctive":false}', 'names a key twice'],
  ['[{"a":{"b":1}},{"a":1,"a":2}]', 'names a key twice'],
  [`${'['.repeat(257)}${']'.repeat(257)}`, 'nested too deep'],
  ['{"a":1', 'cannot be parsed'],
  ['{}{}', 'cannot be parsed'],
  [' ', 'cannot be parsed'],
])('%s: %s', async (body, said) => {
  await using server = await playHttp((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  await using door = open(server.host);
  const answer = await door.http(look, never);
  expect(answer).toMatchObject({ reason: 'R-ANSWER', detail: expect.stringContaining(said) as unknown });
  expect(door.tape.exchanges[0]?.digest).toBe(createHash('sha256').update(body).digest('hex'));
});

test('the same key in two objects is no trouble, whatever stands in the strings', async () => {
  const body = '{"a":{"b":"}\\":\\"a\\\\"},"c":[{"b":"{"},{"b":[]}],"b":"a"}';
  await using server = await playHttp((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(`\ufeff${body}`);
  });
  await using door = open(server.host);
  const answer = await door.http(look, never);
  expect('json' in answer && JSON.stringify(answer.json)).toBe(body);
});

test('a key named __proto__ is a plain key', async () => {
  const body = '{"__proto__":{"polluted":true},"constructor":1,"a":{"b":[{"b":1},{"b":2}]}}';
  await using server = await playHttp((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  await using door = open(server.host);
  const answer = await door.http(look, never);
  expect(JSON.stringify('json' in answer ? answer.json : undefined)).toBe(body);
  expect('polluted' in {}).toBe(false);
  expect(Object.getPrototypeOf('json' in answer ? answer.json : undefined)).toBe(Object.prototype);
});

test('a refused connection and an unknown name are said as such', async () => {
  const server = await playHttp(() => undefined);
  await server[Symbol.asyncDispose]();
  await using refused = open(server.host);
  expect(await refused.http(look, never)).toMatchObject({
    reason: 'R-UNREACHABLE',
    detail: `127.0.0.1:${server.port}: refused the connection`,
  });
  await using unknown = open({ ...server.host, host: 'tombstone.invalid', allowInsecure: true });
  const answer = await unknown.http(look, never);
  expect(answer).toMatchObject({ reason: 'R-UNREACHABLE' });
  expect('detail' in answer && answer.detail).toMatch(/name not found/);
});

test('the caller stops a request under way, one that waits, and one before it starts', async () => {
  await using server = await playHttp(() => undefined);
  await using door = open(server.host, {
    limits: { requestsPerSecond: 9, concurrency: 1, timeoutMs: 10_000 },
  });
  const stop = new AbortController();
  const first = door.http(look, stop.signal);
  const second = door.http(look, stop.signal);
  stop.abort(new Error('with a secret'));
  const third = door.http(look, stop.signal);
  for (const answer of await Promise.all([first, second, third]))
    expect(answer).toMatchObject({
      reason: 'R-UNREACHABLE',
      detail: `127.0.0.1:${server.port}: was not waited for: the run was stopped`,
    });
  expect(door.tape.exchanges.length).toBeLessThan(2);
});

test('closing ends what is under way and lets nothing out any more', async () => {
  const asked = Promise.withResolvers<undefined>();
  await using server = await playHttp(() => asked.resolve(undefined));
  const door = open(server.host);
  const answer = door.http(look, never);
  await asked.promise;
  await door.close();
  // closed means that nothing more is written
  expect(door.tape.exchanges).toMatchObject([{ answered: 'stopped' }]);
  expect(await answer).toMatchObject({ reason: 'R-UNREACHABLE' });
  const before = server.connections();
  expect(await door.http(look, never)).toMatchObject({ reason: 'R-UNREACHABLE' });
  expect(server.connections()).toBe(before);
});

test('a connection is used again, and one that was closed just then is replaced once', async () => {
  let asked = 0;
  await using server = await playTcp((socket) =>
    socket.on('data', () => {
      asked += 1;
      // the second question on the first connection meets a server that has given up on it
      if (asked === 3) socket.resetAndDestroy();
      else socket.write(whole);
    }),
  );
  await using door = open(server.host);
  for (let turn = 0; turn < 3; turn++)
    expect(await door.http({ method: 'POST', path: '/v1/x', body: {} }, never)).toMatchObject({
      saw: 'answer',
    });
  expect(server.connections()).toBe(2);
  expect(door.tape.exchanges.map(({ answered }) => answered)).toEqual(['200', '200', 'reset', '200']);
});

test('a first connection that is reset is not replaced, nor the replacement', async () => {
  let asked = 0;
  await using server = await playTcp((socket) =>
    socket.on('data', () => (++asked === 1 ? socket.write(whole) : socket.resetAndDestroy())),
  );
  await using door = open(server.host);
  await door.http(look, never);
  expect(await door.http(look, never)).toMatchObject({ reason: 'R-UNREACHABLE' });
  expect(asked).toBe(3);
  expect(await door.http(look, never)).toMatchObject({ reason: 'R-UNREACHABLE' });
  expect(asked).toBe(4);
});

test('the replacement is a new connection, not another old one', async () => {
  let asked = 0;
  const both = Promise.withResolvers<undefined>();
  await using server = await playTcp((socket) =>
    socket.on('data', () => {
      if (++asked === 2) both.resolve(undefined);
      // the first two are answered together, so that two connections lie idle
      if (asked <= 2) void both.promise.then(() => socket.write(whole));
      else if (server.connections() === 3) socket.write(whole);
      else socket.resetAndDestroy();
    }),
  );
  await using door = open(server.host);
  await Promise.all([door.http(look, never), door.http(look, never)]);
  expect(server.connections()).toBe(2);
  expect(await door.http(look, never)).toMatchObject({ saw: 'answer' });
  expect(server.connections()).toBe(3);
});

test('a place in the budget is given back, whatever came of the request', async () => {
  let asked = 0;
  await using server = await playHttp((request, response) => {
    if (++asked === 1) request.socket.destroy();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(asked === 2 ? '{' : '{}');
  });
  await using door = open(server.host, {
    limits: { requestsPerSecond: 100, concurrency: 1, timeoutMs: 10_000 },
  });
  const answers = await Promise.all([1, 2, 3].map(() => door.http(look, never)));
  expect(answers.map((answer) => ('reason' in answer ? answer.reason : answer.saw))).toEqual([
    'R-UNREACHABLE',
    'R-ANSWER',
    'answer',
  ]);
});

test('a connection that changes its protocol is closed', async () => {
  const closed = Promise.withResolvers<undefined>();
  await using server = await playTcp((socket) => {
    socket.on('close', () => closed.resolve(undefined));
    socket.on('data', () =>
      socket.write('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'),
    );
  });
  await using door = open(server.host);
  expect(await door.http(look, never)).toMatchObject({ reason: 'R-ANSWER' });
  await closed.promise;
});

test('an answer that breaks off on a used connection is not asked again', async () => {
  let asked = 0;
  await using server = await playTcp((socket) =>
    socket.on('data', () =>
      ++asked === 1 ? socket.write(whole) : socket.end('HTTP/1.1 200 OK\r\ncontent-le'),
    ),
  );
  await using door = open(server.host);
  await door.http(look, never);
  expect(await door.http(look, never)).toMatchObject({ reason: 'R-PARTIAL' });
  expect(asked).toBe(2);
});

const second =
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n{"stale":true}';
test('an answer that nobody asked for, in one piece with the one before, is never taken for the next', async () => {
  await using server = await playTcp((socket) => socket.once('data', () => socket.write(whole + second)));
  await using door = open(server.host, { timeoutMs: 100 });
  await door.http(look, never);
  expect(await door.http(look, never)).not.toMatchObject({ json: { stale: true } });
});

test('a connection on which something comes unasked is closed', async () => {
  const closed = Promise.withResolvers<undefined>();
  let push: (() => void) | undefined;
  await using server = await playTcp((socket) => {
    socket.on('data', () => socket.write(whole));
    push ??= () => {
      socket.on('close', () => closed.resolve(undefined));
      socket.write(second);
    };
  });
  await using door = open(server.host);
  await door.http(look, never);
  push?.();
  await closed.promise;
  expect(await door.http(look, never)).toMatchObject({ json: {} });
  expect(server.connections()).toBe(2);
});

test('plain http to another machine needs to be allowed', () => {
  const options = (host: string, allowInsecure: boolean) => ({
    system: 'vault-prod',
    point: 'direct',
    host: { protocol: 'http:', host, port: 80, allowInsecure } as const,
    reads: [],
    limits: { requestsPerSecond: 1, concurrency: 1, timeoutMs: 1 },
    now: Date.now,
    tape: createTape(),
    redactor: createRedactor(),
  });
  for (const host of ['bao.example', '10.0.0.1', '127.evil.example', 'localhost.example', '::2', '0.0.0.0'])
    expect(() => openDoor(options(host, false))).toThrow(UsageError);
  for (const host of ['127.0.0.1', '127.8.8.8', '::1', '[::1]', 'LOCALHOST'])
    expect(() => openDoor(options(host, false))).not.toThrow();
  expect(() => openDoor(options('bao.example', true))).not.toThrow();
});
