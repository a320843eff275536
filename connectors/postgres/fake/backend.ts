import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import { runForBroker } from './broker-sql.ts';
import { readCatalog } from './catalog.ts';
import type { Fault } from './faults.ts';
import { knownTo, refusedBehind } from './pooler.ts';
import type { FakePooler } from './pooler.ts';
import { ClientMessages, Scram, SqlError, strings } from './protocol.ts';
import { complete, dataRow, description, errorMessage, int32, message, ready } from './protocol.ts';
import type { Rows } from './protocol.ts';
import type { FakeRole, FakeSession, FakeWorld } from './world.ts';

/** What all connections of one fake server share. */
export interface Shared {
  readonly world: FakeWorld;
  /** Who stands in front of it, where somebody does. */
  readonly pooler?: FakePooler;
  /** The fault that this step meets, if any. */
  fault(step: 'login' | 'statement'): Fault | undefined;
  readonly asked: string[];
  readonly unexpected: string[];
  /** Connections by the pid of their session. */
  readonly backends: Map<number, Backend>;
}

interface Result {
  readonly rows: Rows;
  readonly tag: string;
}

const refused = (code: string, text: string, routine: string) => new SqlError(code, text, routine);
const passwordMethods = ['scram-sha-256', 'md5', 'password'];

/** One connection: login, then statements one after the other. */
export class Backend {
  readonly #socket: Socket;
  readonly #shared: Shared;
  readonly #messages = new ClientMessages();
  readonly #secret = randomInt(2 ** 31);
  #login:
    { role: FakeRole | undefined; user: string; database: string; scram: Scram | undefined } | undefined;
  #session: FakeSession | undefined;
  #readOnly = false;
  #prepared = '';
  #result: Result | undefined;
  /** After an error everything up to the next Sync is ignored. */
  #skipping = false;
  #hanging = false;
  #before: Buffer | undefined;

  private constructor(socket: Socket, shared: Shared) {
    this.#socket = socket;
    this.#shared = shared;
  }

  /** Serves one connection to its end; with its login it joins the others in `shared`. */
  static serve(socket: Socket, shared: Shared): void {
    new Backend(socket, shared).#listen();
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on('data', (chunk: Buffer) => {
      for (const { code, body } of this.#messages.take(chunk)) this.#handle(code, body);
    });
    // a client that goes away without a word is an ordinary thing for a server
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#leave());
  }

  /** Ends it as `pg_terminate_backend` does. */
  terminate(): void {
    const text = 'terminating connection due to administrator command';
    this.#send(
      errorMessage({ code: '57P01', message: text, severity: 'FATAL', routine: 'ProcessInterrupts' }),
    );
    this.#socket.end();
  }

  cancel(secret: number): void {
    if (secret !== this.#secret || !this.#hanging) return;
    this.#hanging = false;
    this.#error(new SqlError('57014', 'canceling statement due to user request', 'ProcessInterrupts'));
    this.#send(ready());
  }

  #handle(code: string, body: Buffer): void {
    if (this.#hanging) return;
    try {
      if (code === '') this.#startUp(body);
      else if (this.#session === undefined) this.#authenticate(code, body);
      else this.#serve(code, body);
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      if (this.#session === undefined) {
        const { code: state, message: text, routine } = error;
        this.#send(
          errorMessage({ code: state, message: text, severity: 'FATAL', ...(routine ? { routine } : {}) }),
        );
        this.#socket.end();
      } else {
        this.#error(error);
        if (code === 'Q') this.#send(ready());
        else this.#skipping = true;
      }
    }
  }

  #startUp(body: Buffer): void {
    const version = body.readInt32BE(0);
    if (version === 80_877_103) return void this.#socket.write('N');
    if (version === 80_877_102) {
      this.#shared.backends.get(body.readInt32BE(4))?.cancel(body.readInt32BE(8));
      return void this.#socket.end();
    }
    this.#messages.startupIsOver();
    if (this.#meets(this.#shared.fault('login'), Buffer.alloc(0))) return;
    const words = strings(body.subarray(4));
    const parameters = new Map<string, string>();
    for (let at = 0; at + 1 < words.length; at += 2) parameters.set(words[at] ?? '', words[at + 1] ?? '');
    const user = parameters.get('user') ?? '';
    const database = parameters.get('database') ?? user;
    this.#readOnly = /default_transaction_read_only=on/.test(parameters.get('options') ?? '');
    if (this.#shared.pooler === undefined) return this.#begin(user, database);
    if (parameters.has('options')) throw new SqlError('08P01', 'unsupported startup parameter: options');
    this.#beginPooled(this.#shared.pooler, user, database);
  }

  #beginPooled(pooler: FakePooler, user: string, database: string): void {
    const { world } = this.#shared;
    const known = knownTo(pooler, world, user);
    if ('refused' in known) throw new SqlError('08P01', known.refused);
    const role = world.roles.find((one) => one.name === user);
    this.#login = { role, user, database, scram: new Scram(known.password) };
    this.#send(message('R', 10, 'SCRAM-SHA-256', Buffer.from([0])));
  }

  #begin(user: string, database: string): void {
    const { world } = this.#shared;
    const role = world.roles.find((one) => one.name === user);
    const stranger: FakeRole = {
      ...(world.roles[0] ?? world.role(user)),
      oid: 0,
      name: user,
      superuser: false,
    };
    const rule = world.ruleFor(role ?? stranger, database);
    if (rule === undefined) {
      throw refused(
        '28000',
        `no pg_hba.conf entry for host "127.0.0.1", user "${user}", database "${database}", no encryption`,
        'ClientAuthentication',
      );
    }
    if (rule.method === 'reject') {
      throw refused(
        '28000',
        `pg_hba.conf rejects connection for host "127.0.0.1", user "${user}"`,
        'ClientAuthentication',
      );
    }
    const login = { role, user, database, scram: undefined };
    if (!passwordMethods.includes(rule.method)) {
      this.#login = login;
      return this.#welcome();
    }
    const expired = role?.validUntil !== undefined && role.validUntil < world.now();
    this.#login = { ...login, scram: new Scram(expired ? undefined : role?.password) };
    this.#send(message('R', 10, 'SCRAM-SHA-256', Buffer.from([0])));
  }

  #authenticate(code: string, body: Buffer): void {
    const login = this.#login;
    if (code !== 'p' || login?.scram === undefined)
      throw refused('08P01', 'unexpected message during login', 'ClientAuthentication');
    const first = /^SCRAM-SHA-256\0[\s\S]{4}/.exec(body.toString('latin1'));
    if (first !== null) {
      const challenge = login.scram.challenge(body.subarray(first[0].length).toString('utf8'));
      return this.#send(message('R', 11, Buffer.from(challenge)));
    }
    const proof = login.scram.verify(body.toString('utf8'));
    if (proof === undefined) {
      if (this.#shared.pooler !== undefined) throw new SqlError('08P01', 'SASL authentication failed');
      throw refused('28P01', `password authentication failed for user "${login.user}"`, 'auth_failed');
    }
    this.#send(message('R', 12, Buffer.from(proof)));
    this.#welcome();
  }

  /** What the server checks once it knows who it is. */
  #welcome(): void {
    const { world } = this.#shared;
    const { role, user, database } = this.#login ?? { role: undefined, user: '', database: '' };
    if (this.#shared.pooler !== undefined) {
      const behind = refusedBehind(this.#shared.pooler, world, user);
      if (behind !== undefined) throw new SqlError('08P01', behind);
      return this.#open(user, database);
    }
    if (role === undefined)
      throw refused('28000', `role "${user}" does not exist`, 'InitializeSessionUserId');
    if (!role.login)
      throw refused('28000', `role "${user}" is not permitted to log in`, 'InitializeSessionUserId');
    const open = world.sessions.filter(
      (one) => one.roleOid === role.oid && one.type === 'client backend',
    ).length;
    if (role.connections >= 0 && open >= role.connections && !role.superuser) {
      throw refused('53300', `too many connections for role "${user}"`, 'InitializeSessionUserId');
    }
    if (!world.databases.includes(database))
      throw refused('3D000', `database "${database}" does not exist`, 'InitPostgres');
    this.#open(user, database);
  }

  #open(user: string, database: string): void {
    const { world, backends } = this.#shared;
    this.#session = world.openSession(user, { database });
    backends.set(this.#session.pid, this);
    this.#send(
      message('R', 0),
      message('S', 'server_version', '18.4'),
      message('S', 'client_encoding', 'UTF8'),
      message('K', this.#session.pid, int32(this.#secret)),
      ready(),
    );
  }

  #serve(code: string, body: Buffer): void {
    if (code === 'X') return void this.#socket.end();
    if (code === 'S') {
      this.#skipping = false;
      return this.#send(ready());
    }
    if (this.#skipping) return;
    switch (code) {
      case 'Q':
        return this.#answer(this.#run(body.toString('utf8', 0, body.length - 1), []), [ready()]);
      case 'P':
        this.#prepared = strings(body)[1] ?? '';
        return this.#send(message('1'));
      case 'B':
        this.#result = this.#run(this.#prepared, bound(body));
        return this.#send(message('2'));
      case 'D':
        return this.#send(
          columns(this.#result).length === 0 ? message('n') : description(columns(this.#result)),
        );
      case 'E':
        return this.#answer(this.#result, [], false);
      default:
        throw new SqlError('08P01', `invalid frontend message type ${code}`, 'SocketBackend');
    }
  }

  #answer(result: Result | undefined, after: readonly Buffer[], describe = true): void {
    const names = columns(result);
    const answer = Buffer.concat([
      ...(describe && names.length > 0 ? [description(names)] : []),
      ...(result?.rows ?? []).map((row) => dataRow(names, row)),
      complete(result?.tag ?? 'SELECT 0'),
      ...after,
    ]);
    const fault = this.#shared.fault('statement');
    const before = this.#before ?? answer;
    this.#before = answer;
    if (fault?.kind === 'stale') this.#send(before);
    else if (fault?.kind === 'no-row') this.#send(complete('SELECT 0'), ...after);
    else if (!this.#meets(fault, answer)) this.#send(answer);
  }

  #run(sql: string, parameters: readonly (string | null)[]): Result {
    const { world, asked, unexpected, backends } = this.#shared;
    const session = this.#session;
    if (session?.roleOid === undefined) throw new SqlError('08003', 'no session');
    asked.push(sql);
    const rows = readCatalog(world, { oid: session.roleOid, pid: session.pid }, sql, parameters);
    if (rows !== undefined) return { rows, tag: `SELECT ${rows.length}` };
    if (sql.startsWith('begin read only; set local ')) return { rows: [], tag: 'BEGIN' };
    if (sql === 'commit') return { rows: [], tag: 'COMMIT' };
    const setRole = /^set role "?([^";]+)"?;?$/i.exec(sql.trim());
    if (setRole !== null) {
      this.#become(session, setRole[1] ?? '');
      return { rows: [], tag: 'SET' };
    }
    const terminated = /^select pg_terminate_backend\((\d+)\);?$/i.exec(sql.trim());
    if (terminated !== null) {
      backends.get(Number(terminated[1]))?.terminate();
      return { rows: [{ pg_terminate_backend: 't' }], tag: 'SELECT 1' };
    }
    if (/^select 1;?$/i.test(sql.trim())) return { rows: [{ '?column?': '1' }], tag: 'SELECT 1' };
    const tag = this.#runForBroker(sql, session.current ?? session.roleOid);
    if (tag !== undefined) return { rows: [], tag };
    unexpected.push(sql);
    throw new SqlError('0A000', 'this server does not know the statement');
  }

  #runForBroker(sql: string, oid: number): string | undefined {
    const { world } = this.#shared;
    if (/^\s*(?:create|alter|drop|grant|revoke)\b/i.test(sql)) {
      if (this.#readOnly)
        throw new SqlError(
          '25006',
          'cannot execute this in a read-only transaction',
          'PreventCommandIfReadOnly',
        );
      if (!world.isSuperuser(oid))
        throw new SqlError('42501', 'permission denied to create role', 'CreateRole');
    }
    return runForBroker(world, sql);
  }

  #become(session: FakeSession, name: string): void {
    const { world } = this.#shared;
    const login = session.roleOid ?? 0;
    const { oid } = world.role(name);
    const maySet = world.isSuperuser(login) || world.groupsOf(login).has(oid);
    if (!maySet) throw new SqlError('42501', `permission denied to set role "${name}"`, 'check_role');
    session.current = oid;
  }

  /** Does the fault take the place of the answer? */
  #meets(fault: Fault | undefined, answer: Buffer): boolean {
    switch (fault?.kind) {
      case undefined:
      case 'refuse':
      case 'no-row':
      case 'stale':
        return false;
      case 'hang':
        this.#hanging = true;
        return true;
      case 'reset':
        this.#socket.write(answer.subarray(0, answer.length >> 1), () => this.#socket.resetAndDestroy());
        return true;
      case 'cut':
        this.#socket.end(answer.subarray(0, answer.length >> 1));
        return true;
      case 'garbage':
        this.#send(fault.bytes);
        return true;
      case 'error':
        throw new SqlError(fault.code, fault.message ?? 'a fault that was asked for');
    }
  }

  #error({ code, message: text, routine }: SqlError): void {
    this.#send(errorMessage({ code, message: text, ...(routine === undefined ? {} : { routine }) }));
  }

  #send(...parts: readonly Buffer[]): void {
    if (!this.#socket.writableEnded) this.#socket.write(Buffer.concat(parts));
  }

  #leave(): void {
    const { world, backends } = this.#shared;
    if (this.#session === undefined) return;
    world.closeSession(this.#session.pid);
    backends.delete(this.#session.pid);
  }
}

const columns = (result: Result | undefined): string[] => Object.keys(result?.rows[0] ?? {});

/** The values of a Bind message, all as text. */
function bound(body: Buffer): (string | null)[] {
  let at = body.indexOf(0) + 1;
  at = body.indexOf(0, at) + 1;
  at += 2 + 2 * body.readInt16BE(at);
  const values: (string | null)[] = [];
  const count = body.readInt16BE(at);
  at += 2;
  for (let left = count; left > 0; left -= 1) {
    const length = body.readInt32BE(at);
    at += 4;
    values.push(length === -1 ? null : body.toString('utf8', at, at + length));
    at += Math.max(0, length);
  }
  return values;
}
