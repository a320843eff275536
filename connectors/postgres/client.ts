import { randomUUID } from 'node:crypto';
import { failed, inconclusive, z } from '../../src/connector.ts';
import type { Door, Failure, Identity } from '../../src/connector.ts';
import type { Address, Way } from './config.ts';
import { answeredByServer, explain, shortly } from './failures.ts';
import { tryLogin } from './login.ts';
import type { LoginAnswer, Presented } from './login.ts';
import { openSession, statementTimeout } from './session.ts';
import type { Credentials, Gate, Session } from './session.ts';
import { envelope, statement } from './statement.ts';
import type { Statement } from './statement.ts';

/** Processes without a role of their own; only pg_read_all_stats shows what they are. Best first. */
export const auxiliaries = ['checkpointer', 'background writer', 'walwriter'] as const;

/** Who asks, as the server says. */
export interface Verifier {
  readonly name: string;
  readonly oid: number;
}

export interface Answered<R> {
  readonly rows: readonly R[];
  readonly instance: string;
  readonly serverAt: string;
}

const whoAmI = statement({
  name: 'who am I',
  needs: 'EXECUTE on function pg_catalog.pg_control_system()',
  query: `select r.rolname as name, r.oid::bigint as oid
    from pg_catalog.pg_roles r where r.rolname = current_user`,
  row: z.strictObject({ name: z.string().min(1), oid: z.int() }),
});

/** What the options of a connection of our own say, for one transaction of a pooled one. */
const readOnly = `begin read only; set local search_path = pg_catalog; set local statement_timeout = ${statementTimeout}`;

interface Options {
  readonly ca?: string | undefined;
  readonly controlRole?: string | undefined;
  readonly via: Way;
  readonly name?: string | undefined;
  readonly standbys?: readonly string[];
}

/**
 * Asks one PostgreSQL server through one connection, opened when first used. A connection that
 * breaks is a failure of the statement that was under way; the next one opens another, and an
 * answer of another server than the first is a failure too.
 */
export class PostgresClient {
  readonly #address: Address;
  readonly #gate: Gate;
  readonly #door: Door;
  readonly #options: Options;
  /** The same login in other databases of the server, by their names. */
  readonly #others = new Map<string, PostgresClient>();
  #session: Session | undefined;
  #instance: string | undefined;
  #verifier: Verifier | undefined;
  #turns: Promise<unknown> = Promise.resolve();
  /** A role of the configuration that stands: the control for roles. */
  readonly controlRole: string | undefined;

  /** How it comes to the cluster. */
  readonly via: Way;
  /** Under which a standby that is asked streams. */
  readonly name: string | undefined;
  /** Names of all streams that the configuration accounts for. */
  readonly standbys: readonly string[];

  constructor(address: Address, door: Door, options: Options) {
    this.#options = options;
    this.#address = address;
    this.#door = door;
    this.#gate = { address, door, ca: options.ca, via: options.via };
    this.controlRole = options.controlRole;
    this.via = options.via;
    this.name = options.name;
    this.standbys = options.standbys ?? [];
  }

  /** The database that it is connected to. */
  get database(): string {
    return this.#address.database;
  }

  /** The same verifier at the same address in another database. Who asks there compares the instance. */
  inDatabase(name: string): PostgresClient {
    const before = this.#others.get(name);
    if (before !== undefined) return before;
    const there = new PostgresClient({ ...this.#address, database: name }, this.#door, this.#options);
    this.#others.set(name, there);
    return there;
  }

  /** Runs one statement. Statements wait for each other: there is one connection. */
  ask<R>(
    question: Statement<R>,
    values: readonly unknown[],
    signal: AbortSignal,
  ): Promise<Answered<R> | Failure> {
    const turn = this.#turns.then(() => this.#take(question, values, signal));
    // a turn settles with a failure, never with a rejection that the next one would inherit
    this.#turns = turn.catch(() => undefined);
    return turn;
  }

  async identify(signal: AbortSignal): Promise<Identity | Failure> {
    const answer = await this.ask(whoAmI, [], signal);
    if (failed(answer)) return answer;
    const [verifier] = answer.rows;
    if (verifier === undefined || answer.rows.length !== 1) {
      return inconclusive('R-ANSWER', `the server knows ${answer.rows.length} roles as the one that asks`);
    }
    this.#verifier = verifier;
    return { instance: answer.instance, principal: verifier.name, serverAt: answer.serverAt };
  }

  /** Whom the server took the verifier for when it was last asked. */
  async verifier(signal: AbortSignal): Promise<Verifier | Failure> {
    if (this.#verifier !== undefined) return this.#verifier;
    const identity = await this.identify(signal);
    if (failed(identity)) return identity;
    return this.#verifier ?? inconclusive('R-ANSWER', 'the server did not say who asks');
  }

  /**
   * One login, as whoever presents the password, and its end: nothing else is asked at this point until
   * the server has ended the session, so that no list ever shows it.
   */
  login(as: Presented, outer: AbortSignal): Promise<LoginAnswer | Failure> {
    const turn = this.#turns.then(async () => {
      const startedAt = this.#door.now();
      const { login, told } = await this.#door
        .turn(
          (signal) => tryLogin(this.#gate, as, signal, as.own ? (one) => this.#met(one, signal) : undefined),
          outer,
        )
        .catch((error: unknown) => ({ login: explain(error, '', [as.password]), told: shortly(error) }));
      this.#door.note({ asked: `login of ${as.name}`, answered: told, startedAt });
      return login;
    });
    this.#turns = turn.catch(() => undefined);
    return turn;
  }

  /** The verifier's own login, as the configuration has it. */
  get own(): Credentials {
    return { user: this.#address.user, password: this.#address.password.reveal() };
  }

  async close(): Promise<void> {
    await Promise.all([this.#turns, ...[...this.#others.values()].map((one) => one.close())]);
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined) return;
    const given = new Promise<void>((done) => setTimeout(done, 1_000).unref());
    await Promise.race([session.driver.end().catch(() => undefined), given]);
    session.wire.destroy();
  }

  async #take<R>(
    question: Statement<R>,
    values: readonly unknown[],
    outer: AbortSignal,
  ): Promise<Answered<R> | Failure> {
    const startedAt = this.#door.now();
    const note = (answered: string, more: { digestOf?: string; serverAt?: string } = {}) =>
      this.#door.note({ asked: question.name, answered, startedAt, ...more });
    try {
      const mark = randomUUID();
      const asked = [...values, mark];
      const rows = await this.#door.turn((signal) => this.#exchange(question, asked, signal), outer);
      const answer = this.#read(question, mark, rows);
      if (failed(answer)) {
        // an answer that does not fit the question may have its own behind it
        this.#drop();
        note(answer.reason);
      } else
        note(`${answer.rows.length} rows`, { digestOf: JSON.stringify(rows), serverAt: answer.serverAt });
      return answer;
    } catch (error) {
      // the server's own word leaves the connection usable, outside of a transaction; after anything else nobody knows what it still holds
      if (!answeredByServer(error) || this.via === 'pgbouncer') this.#drop();
      note(shortly(error));
      return explain(error, question.needs, [this.#address.password.reveal()]);
    }
  }

  async #exchange(
    question: Statement<unknown>,
    values: readonly unknown[],
    signal: AbortSignal,
  ): Promise<readonly unknown[]> {
    return this.#askOver(await this.#open(signal), question, values, signal);
  }

  async #askOver(
    { driver, wire }: Session,
    question: Statement<unknown>,
    values: readonly unknown[],
    signal: AbortSignal,
  ): Promise<readonly unknown[]> {
    const late = () => wire.destroy(new Error('no answer in time'));
    signal.addEventListener('abort', late);
    try {
      if (signal.aborted) late();
      wire.expectAnswer();
      const ask = () => driver.query({ text: question.text, values: [...values] });
      if (this.via !== 'pgbouncer') return (await ask()).rows;
      // a pooler takes no options at the start, and each transaction may run over another connection
      await driver.query(readOnly);
      const { rows } = await ask();
      await driver.query('commit');
      return rows;
    } finally {
      signal.removeEventListener('abort', late);
    }
  }

  /** Which server is it that a login of its own has led to? Each is a new connection, and may lead elsewhere. */
  async #met(session: Session, signal: AbortSignal): Promise<Failure | undefined> {
    const mark = randomUUID();
    const answer = this.#read(whoAmI, mark, await this.#askOver(session, whoAmI, [mark], signal));
    return failed(answer) ? answer : undefined;
  }

  #read<R>(question: Statement<R>, asked: string, rows: readonly unknown[]): Answered<R> | Failure {
    const undefinedAnswer = (what: string) =>
      inconclusive('R-ANSWER', `"${question.name}" was answered with ${what}`);
    const outer = z.tuple([envelope]).safeParse(rows);
    if (!outer.success) return undefinedAnswer(`${rows.length} rows that are not the one asked for`);
    const [{ instance, standby, server_at: serverAt, mark, answer }] = outer.data;
    if (mark !== asked) return undefinedAnswer('the answer to another question');
    const misled = misplaced(this.via, standby === 't');
    if (misled !== undefined) return misled;
    this.#instance ??= instance;
    if (this.#instance !== instance) {
      return inconclusive(
        'R-INSTANCE',
        `the server changed while it was asked: system identifier ${this.#instance}, then ${instance}`,
      );
    }
    const inner = z.array(question.row).safeParse(parsed(answer));
    if (!inner.success) return undefinedAnswer('rows of another form');
    return { rows: inner.data, instance, serverAt };
  }

  async #open(signal: AbortSignal): Promise<Session> {
    if (this.#session !== undefined) return this.#session;
    // it may end before it is known
    const mine: { opened?: Session } = {};
    const session = await openSession(this.#gate, this.own, signal, () => {
      if (mine.opened !== undefined && this.#session === mine.opened) this.#session = undefined;
    });
    mine.opened = session;
    this.#session = session;
    return session;
  }

  #drop(): void {
    this.#session?.wire.destroy();
    this.#session = undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // undefined fits no schema: the caller says what came
    return undefined;
  }
}

/** Each point must lead where the configuration says: a standby's answers about roles are late. */
function misplaced(via: Way, standby: boolean): Failure | undefined {
  if (standby === (via === 'standby')) return undefined;
  return inconclusive(
    'R-INSTANCE',
    standby
      ? "a standby answers late and shows none of the primary's sessions: give the primary's address"
      : 'this is no standby, or one no longer: it was promoted, or the address is another',
  );
}
