import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Address, ContractTarget, ContractWorld } from '../../src/testing.ts';
import { ref } from './toy.ts';

/** The fake: keys by id, a verifier with permissions, pages of three in the order of birth. */
async function serve(instance: string, token: string, permissions: Set<string>, ids: Set<string>) {
  const unexpected: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://toy');
    const say = (status: number, body: unknown) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const id = /^\/keys\/(.+)$/.exec(url.pathname)?.[1];
    if (request.headers.authorization !== token) return say(401, { error: 'who are you' });
    if (url.pathname === '/whoami') return say(200, { instance, key: 'own' });
    const permission = id === undefined ? 'keys.list' : 'keys.read';
    if (!permissions.has(permission)) return say(403, { error: 'forbidden', permission });
    if (id !== undefined) return ids.has(id) ? say(200, { id }) : say(404, { error: 'no_such_key', id });
    if (url.pathname !== '/keys') return say(500, { error: `unknown ${unexpected.push(url.pathname)}` });
    const all = [...ids];
    const from = all.indexOf(url.searchParams.get('after') ?? '') + 1;
    const some = all.slice(from, from + 3);
    return say(200, {
      keys: some.map((one) => ({ id: one })),
      next: from + 3 < all.length ? some.at(-1) : null,
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return { address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port }, unexpected, stop };
}

/** The world of one case: a server, a verifier that may do both things, and another server of the same kind. */
export async function toyWorld(): Promise<ContractWorld & { readonly ids: Set<string> }> {
  const token = 'toy-verifier-3f9a1c77';
  const permissions = new Set(['keys.read', 'keys.list']);
  const ids = new Set(['own']);
  let born = 0;
  const here = await serve('toy-1', token, permissions, ids);
  const stops = [here.stop];
  const idOf = (target: ContractTarget) => ref.parse(target.ref).id;
  return {
    ids,
    address: here.address,
    configuration: ({ host, port }: Address) => ({
      fields: { address: `http://${host}:${port}`, token: 'env:TOY' },
      environment: { TOY: token },
    }),
    async create() {
      const id = `k${(born += 1)}`;
      ids.add(id);
      return { ref: { id }, secret: 'subject-value-91d2' };
    },
    async end(target) {
      ids.delete(idOf(target));
    },
    asks: ({ path }, target) => path === `/keys/${idOf(target)}` || path.startsWith('/keys?'),
    async blind(needs) {
      for (const need of needs) permissions.delete(need);
      return async () => needs.forEach((need) => permissions.add(need));
    },
    async crowd(target) {
      ids.delete(idOf(target));
      for (let number = 0; number < 5; number += 1) ids.add(`other${number}`);
      ids.add(idOf(target));
    },
    async elsewhere() {
      const there = await serve('toy-2', token, permissions, new Set(['own']));
      stops.push(there.stop);
      return there.address;
    },
    snapshot: async () => [...ids, ...permissions].join(),
    unexpected: () => here.unexpected,
    async stop() {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}
