import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { proxyVariablesSet } from '../../src/door/proxy.ts';
import { never, open, playHttp, playTcp } from './server.ts';

test('a socket to the one allowed host', async () => {
  await using server = await playTcp((socket) => socket.pipe(socket), 'tcp:');
  await using door = open(server.host);
  const socket = door.socket('127.0.0.1', server.port);
  socket.write('hello');
  const [echo] = await once(socket, 'data');
  expect(String(echo)).toBe('hello');
  await door.close();
  expect(socket.destroyed).toBe(true);
});

test.each(['another port', 'another host', 'HTTP'])('no socket to %s', async (which) => {
  await using server = await playTcp((socket) => socket.pipe(socket), which === 'HTTP' ? 'http:' : 'tcp:');
  await using door = open(server.host);
  const socket = door.socket(
    which === 'another host' ? 'localhost' : '127.0.0.1',
    which === 'another port' ? 1 : server.port,
  );
  expect(socket.destroyed).toBe(true);
  const [error] = (await once(socket, 'error').catch((thrown: unknown) => [thrown])) as [Error];
  expect(error.message).toContain('the configuration does not name');
  expect(server.connections()).toBe(0);
});

test('a driver cannot point its socket elsewhere', async () => {
  await using elsewhere = await playTcp((socket) => socket.end('hello'));
  await using server = await playTcp((socket) => socket.pipe(socket), 'tcp:');
  await using door = open(server.host);
  const socket = door.socket('127.0.0.1', server.port);
  if (!('connect' in socket) || typeof socket.connect !== 'function') throw new Error('not a TCP socket');
  const error = once(socket, 'close').catch((thrown: unknown) => thrown);
  socket.connect(elsewhere.port, '127.0.0.1');
  expect(await error).toMatchObject({ code: 'ERR_NOT_ALLOWED' });
  expect(elsewhere.connections()).toBe(0);
});

test('a refused connection waits for the driver that asks late', async () => {
  const server = await playTcp(() => undefined, 'tcp:');
  await server[Symbol.asyncDispose]();
  await using door = open(server.host);
  const client = new Client({ stream: () => door.socket('127.0.0.1', server.port) });
  await new Promise((resolve) => setTimeout(resolve, 50));
  await expect(client.connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a driver that connects by itself gets the connection that is made', async () => {
  const hello = Promise.withResolvers<Buffer>();
  await using server = await playTcp((socket) => socket.once('data', (data) => hello.resolve(data)), 'tcp:');
  await using door = open(server.host);
  for (const late of [false, true]) {
    const socket = door.socket('127.0.0.1', server.port);
    if (late) await once(socket, 'connect');
    const client = new Client({
      host: '127.0.0.1',
      port: server.port,
      user: 'verifier',
      stream: () => socket,
    });
    const ended = client.connect().catch((thrown: unknown) => thrown);
    expect((await hello.promise).toString('latin1')).toContain('verifier');
    socket.destroy();
    expect(await ended).toBeInstanceOf(Error);
  }
  expect(server.connections()).toBe(2);
});

test('HTTP is not spoken where the system has a protocol of its own', async () => {
  await using server = await playTcp(() => undefined, 'tcp:');
  await using door = open(server.host);
  expect(await door.http({ method: 'GET', path: '/' }, never)).toMatchObject({ reason: 'R-CHECK' });
  expect(server.connections()).toBe(0);
});

test('a note goes on the tape without secrets', async () => {
  await using server = await playHttp(() => undefined);
  await using door = open(server.host);
  door.redactor.add('hunter2!');
  door.note({
    asked: 'roles',
    answered: 'no\u001b[2J hunter2!',
    startedAt: door.now(),
    digestOf: 'rows',
    serverAt: '2026-11-23T10:00:00Z',
  });
  expect(door.tape.exchanges).toMatchObject([
    {
      asked: 'roles',
      answered: 'no[2J [redacted]',
      serverAt: '2026-11-23T10:00:00Z',
      digest: createHash('sha256').update('rows').digest('hex'),
    },
  ]);
});

test('proxy variables are named, never used', async () => {
  expect(
    proxyVariablesSet({
      HTTPS_PROXY: 'http://p',
      http_proxy: 'x',
      All_Proxy: '1',
      HTTP_PROXY: '',
      NO_PROXY: '*',
    }),
  ).toEqual(['All_Proxy', 'HTTPS_PROXY', 'http_proxy']);
});
