import type { IncomingMessage, ServerResponse } from 'node:http';
import fc from 'fast-check';
import type { Fault } from '../../connectors/postgres/postgres.fake.ts';
import { policyOf } from './world.ts';
import type { World } from './world.ts';

const json = (status: number, body: unknown) => (_: IncomingMessage, response: ServerResponse) => {
  response.writeHead(status, { 'content-type': 'application/json', date: new Date().toUTCString() });
  response.end(JSON.stringify(body));
};
const raw =
  (status: number, type: string, body: string) => (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': type });
    response.end(body);
  };

/** Ways in which a server, or something in front of it, answers what proves nothing. */
const answers: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
  'dead token': json(403, { errors: ['permission denied'] }),
  'no policy': json(403, { errors: ['1 error occurred:\n\t* permission denied\n\n'] }),
  'not found': json(404, { errors: [] }),
  'no handler': json(404, { errors: ['no handler for route "x". route entry not found.'] }),
  'slow down': json(429, { errors: ['request path rate limit exceeded'] }),
  broken: json(500, { errors: ['internal error'] }),
  sealed: json(503, { errors: ['Vault is sealed'] }),
  'another 400': json(400, { errors: ['missing accessor'] }),
  'empty data': json(200, { data: {} }),
  'null data': json(200, { data: null }),
  'no content': (_, response) => response.writeHead(204).end(),
  'sign in': raw(200, 'text/html', '<html>sign in</html>'),
  'access denied page': raw(403, 'text/html', '<html>denied</html>'),
  'proxy sign in': raw(401, 'text/html', '<html>gateway</html>'),
  'half a body': raw(200, 'application/json', '{"data":{"acc'),
  elsewhere: (_, response) => response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end(),
  reset: (request) => void request.socket.destroy(),
  'cut off': (_, response) => {
    response.writeHead(400, { 'content-type': 'application/json', 'content-length': 500 });
    response.write('{"errors":["invali');
    setTimeout(() => response.destroy(), 5);
  },
  'never answers': () => undefined,
};

const garbage: Fault = { kind: 'garbage', bytes: Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n') };
const databaseFaults: readonly Fault[] = [
  { kind: 'refuse' },
  { kind: 'reset' },
  { kind: 'cut' },
  { kind: 'hang' },
  garbage,
  { kind: 'no-row' },
  ...['42501', '57P03', '53300', '57014', '28P01', 'XX000', '42P01'].map((code): Fault => ({
    kind: 'error',
    code,
  })),
];

/** Each takes something from the verifier or the servers. `at` is the request from which it does. */
type Break = (world: World, at: number, lasting: boolean) => void | Promise<void>;

const breaks: Record<string, Break> = {
  ...Object.fromEntries(
    Object.entries(answers).map(([name, answer]): [string, Break] => [
      `vault: ${name}`,
      ({ vault }, at, lasting) => {
        let asked = 0;
        vault.fault(() => ((asked += 1), lasting ? asked > at : asked === at + 1), answer);
      },
    ]),
  ),
  ...Object.fromEntries(
    databaseFaults.map((fault): [string, Break] => [
      `postgres: ${fault.kind}${fault.kind === 'error' ? ` ${fault.code}` : ''}`,
      ({ postgres }, at, lasting) =>
        postgres.fail(fault, {
          at: at % 2 === 0 ? 'statement' : 'login',
          after: at % 5,
          ...(lasting ? {} : { times: 1 }),
        }),
    ]),
  ),
  'vault: another cluster from some moment on': ({ vault }, at) => {
    let asked = 0;
    const health = {
      initialized: true,
      sealed: false,
      standby: false,
      performance_standby: false,
      cluster_id: 'another',
      version: '2.6.1',
    };
    vault.fault(
      (request) => ((asked += 1), asked > at && request.path === 'sys/health'),
      (request, response) =>
        json(200, { ...health, server_time_utc: Math.floor(Date.now() / 1_000) })(request, response),
    );
  },
  'vault: a clock an hour off': ({ vault }) => vault.world.tick(-3_600),
  'vault: standby': ({ vault }) => void (vault.world.state = 'standby'),
  'vault: the verifier is revoked': ({ vault, verifier }) => vault.world.revokeToken(verifier),
  'vault: no right to look up accessors': (world) => without(world, 'lookup-accessor'),
  'vault: no right to list accessors': (world) => without(world, 'accessors'),
  'vault: no right to look up leases': (world) => without(world, 'sys/leases/lookup'),
  'vault: no right to introspect': (world) => without(world, 'auth/token/lookup'),
  'postgres: no pg_read_all_stats': ({ postgres }) =>
    postgres.world.revoke('pg_read_all_stats', 'tombstone_verifier'),
  'postgres: no right to read roles': ({ postgres }) => postgres.world.deny('SELECT pg_roles', 'public'),
  'postgres: no right to read memberships': ({ postgres }) =>
    postgres.world.deny('SELECT pg_auth_members', 'public'),
  'postgres: no right to read the rules': ({ postgres }) =>
    postgres.world.deny('EXECUTE pg_hba_file_rules', 'tombstone_verifier'),
  'postgres: a standby': ({ postgres }) => void (postgres.world.inRecovery = true),
  'postgres: a clock an hour off': ({ postgres }) => void (postgres.world.now = () => Date.now() - 3_600_000),
};

/** Takes the paragraph about one path out of the verifier's policy. */
async function without({ vault }: World, path: string): Promise<void> {
  const [[name, text] = ['', '']] = [...vault.world.policies].filter(([one]) => one.endsWith('verifier'));
  const paragraph = new RegExp(`path "[^"]*${path}"\\s*\\{[^}]*\\}`, 'g');
  if (!policyOf('vault').match(paragraph)) throw new Error(`the verifier's policy says nothing of ${path}`);
  vault.world.policies.set(name, text.replace(paragraph, ''));
}

export const faults = fc.record({
  name: fc.constantFrom(...Object.keys(breaks)),
  at: fc.nat(14),
  lasting: fc.boolean(),
});

export async function inflict(
  world: World,
  { name, at, lasting }: { name: string; at: number; lasting: boolean },
): Promise<void> {
  await breaks[name]?.(world, at, lasting);
}
