/**
 * A small living Redis: users with rules, connections, and a server that answers the few commands
 * that a verifier may send. It shares nothing with the client; a test holds it against the real one.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

interface FakeUser {
  on: boolean;
  nopass: boolean;
  passwords: Set<string>;
  commands: string[];
}

interface FakeConnection {
  readonly id: number;
  readonly addr: string;
  readonly openedAt: number;
  user: string;
  socket?: Socket;
}

export interface FakeRedis {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** What the server calls this run of itself. */
  readonly runId: string;
  /** `ACL SETUSER`, `ACL DELUSER`, `CLIENT KILL ID` of an administrator. */
  run(...command: readonly string[]): void;
  /** A connection that has authenticated as this user. Returns its id. */
  open(user: string, secondsAgo?: number): number;
  /** Everything that asking could have changed. */
  snapshot(): string;
  /** The server's own words, as an administrator reads them. */
  list(what: 'users' | 'connections'): string;
  role: 'master' | 'slave';
  mode: 'standalone' | 'cluster' | 'sentinel';
  loading: boolean;
  /** Answers are late by one: a mark comes back with the next question. */
  late: boolean;
  /** Commands that it did not know. */
  readonly unexpected: readonly string[];
  stop(): Promise<void>;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

export async function startFakeRedis(): Promise<FakeRedis> {
  const runId = randomBytes(20).toString('hex');
  const users = new Map<string, FakeUser>([
    ['default', { on: false, nopass: false, passwords: new Set(), commands: ['-@all'] }],
  ]);
  const connections = new Map<number, FakeConnection>();
  const unexpected: string[] = [];
  let born = 2;
  let mark = 'of nobody';
  const state: Pick<FakeRedis, 'role' | 'mode' | 'loading' | 'late'> = {
    role: 'master',
    mode: 'standalone',
    loading: false,
    late: false,
  };

  const describe = ([name, { on, nopass, passwords, commands }]: readonly [string, FakeUser]) =>
    [
      `user ${name} ${on ? 'on' : 'off'}`,
      ...(nopass ? ['nopass'] : []),
      ...[...passwords].map((one) => `#${one}`),
      'resetchannels',
      ...commands,
    ].join(' ');
  const listed = ({ id, addr, openedAt, user }: FakeConnection) => {
    const age = Math.floor((Date.now() - openedAt) / 1_000);
    return `id=${id} addr=${addr} laddr=127.0.0.1:${port} fd=8 name= age=${age} idle=0 flags=N db=0 cmd=client|list user=${user} redir=-1 resp=2\n`;
  };

  function close(connection: FakeConnection): void {
    connections.delete(connection.id);
    connection.socket?.destroy();
  }

  function setUser(name: string, rules: readonly string[]): void {
    const user = users.get(name) ?? { on: false, nopass: false, passwords: new Set(), commands: ['-@all'] };
    users.set(name, user);
    for (const rule of rules) {
      if (rule === 'on' || rule === 'off') user.on = rule === 'on';
      else if (rule === 'nopass') {
        user.nopass = true;
        user.passwords.clear();
      } else if (rule === 'resetpass' || rule === 'reset') {
        user.nopass = false;
        user.passwords.clear();
        if (rule === 'reset') Object.assign(user, { on: false, commands: ['-@all'] });
      } else if (rule.startsWith('>')) user.passwords.add(sha256(rule.slice(1)));
      else if (rule.startsWith('#')) user.passwords.add(rule.slice(1));
      else if (rule === '-@all') user.commands = ['-@all'];
      else if (rule === '+@all') user.commands = ['+@all'];
      else if (rule.startsWith('+')) user.commands.push(rule);
      else if (rule.startsWith('-'))
        user.commands = user.commands.filter((one) => one !== `+${rule.slice(1)}`);
      else if (!/^(?:~|%|&|resetkeys$|resetchannels$)/.test(rule)) throw new Error(`unknown rule ${rule}`);
    }
  }

  const run: FakeRedis['run'] = (...command) => {
    const [first, second, third = '', ...rest] = command;
    switch (`${first} ${second}`) {
      case 'ACL SETUSER':
        return setUser(third, rest);
      case 'ACL DELUSER':
        users.delete(third);
        return [...connections.values()].filter(({ user }) => user === third).forEach(close);
      case 'CLIENT KILL': {
        const one = connections.get(Number(rest[0]));
        return one === undefined ? undefined : close(one);
      }
      default:
        throw new Error(`the fake does not know ${command.join(' ')}`);
    }
  };

  function info(): string {
    return [
      '# Server',
      'redis_version:7.0.15',
      `redis_mode:${state.mode}`,
      `run_id:${runId}`,
      `server_time_usec:${Date.now()}000`,
      '',
      '# Replication',
      `role:${state.role}`,
      '',
      '# Persistence',
      `loading:${state.loading ? 1 : 0}`,
      '',
    ].join('\r\n');
  }

  const answers: Readonly<Record<string, (user: string, last: string) => string>> = {
    echo(_user, last) {
      const said = state.late ? mark : last;
      mark = last;
      return bulk(said);
    },
    info: () => bulk(info()),
    'acl|whoami': (user) => bulk(user),
    'acl|list': () => `*${users.size}\r\n${[...users].map((one) => bulk(describe(one))).join('')}`,
    'client|list': () => bulk([...connections.values()].map(listed).join('')),
  };

  function answer(connection: FakeConnection, command: readonly string[]): string {
    const [first = '', second = ''] = command.map((word) => word.toLowerCase());
    if (first === 'auth') {
      const [, name = '', password = ''] = command;
      const user = users.get(name);
      if (user?.on !== true || (!user.nopass && !user.passwords.has(sha256(password))))
        return '-WRONGPASS invalid username-password pair or user is disabled.\r\n';
      connection.user = name;
      return '+OK\r\n';
    }
    const name = first === 'acl' || first === 'client' ? `${first}|${second}` : first;
    const say = Object.hasOwn(answers, name) ? answers[name] : undefined;
    if (say === undefined) {
      unexpected.push(command.join(' '));
      return `-ERR unknown command '${first}', with args beginning with: \r\n`;
    }
    const user = users.get(connection.user);
    if (connection.user === 'default' && user?.nopass !== true) return '-NOAUTH Authentication required.\r\n';
    const may = user?.commands.some((one) => one === '+@all' || one === `+${name}`) === true;
    return may
      ? say(connection.user, command.at(-1) ?? '')
      : `-NOPERM this user has no permissions to run the '${name}' command\r\n`;
  }

  const server = createServer((socket) => {
    const connection: FakeConnection = {
      id: (born += 1),
      addr: `127.0.0.1:${socket.remotePort}`,
      openedAt: Date.now(),
      user: 'default',
      socket,
    };
    connections.set(connection.id, connection);
    let held = '';
    socket.on('data', (chunk: Buffer) => {
      held += chunk.toString('latin1');
      let replies = '';
      for (let next = cut(held); next !== undefined; next = cut(held)) {
        held = next.rest;
        replies += answer(connection, next.command);
      }
      // what came together is answered together, as a real server does
      if (replies !== '') socket.write(replies);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => connections.delete(connection.id));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;

  return Object.assign(state, {
    host: '127.0.0.1' as const,
    port,
    runId,
    run,
    open(user: string, secondsAgo = 0) {
      const id = (born += 1);
      connections.set(id, { id, addr: '127.0.0.1:50000', openedAt: Date.now() - secondsAgo * 1_000, user });
      return id;
    },
    snapshot: () =>
      JSON.stringify([
        [...users].map(describe),
        [...connections.values()].flatMap(({ id, user, socket }) =>
          socket === undefined ? [[id, user]] : [],
        ),
      ]),
    list: (what: 'users' | 'connections') =>
      what === 'users' ? [...users].map(describe).join('\n') : [...connections.values()].map(listed).join(''),
    unexpected,
    async stop() {
      for (const { socket } of connections.values()) socket?.destroy();
      await new Promise((done) => server.close(done));
    },
  });
}

/** The first whole command, and what stands behind it. */
function cut(text: string): { readonly command: readonly string[]; readonly rest: string } | undefined {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (head === null) return undefined;
  const command: string[] = [];
  let at = head[0].length;
  while (command.length < Number(head[1])) {
    const length = /^\$(\d+)\r\n/.exec(text.slice(at));
    if (length === null) return undefined;
    at += length[0].length;
    const end = at + Number(length[1]);
    if (text.length < end + 2) return undefined;
    command.push(Buffer.from(text.slice(at, end), 'latin1').toString('utf8'));
    at = end + 2;
  }
  return { command, rest: text.slice(at) };
}
