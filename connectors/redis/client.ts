import { randomUUID } from 'node:crypto';
import { failed, inconclusive, z } from '../../src/connector.ts';
import type { Door, Failure, Host, Identity, Secret } from '../../src/connector.ts';
import { Connection } from './connection.ts';
import { explain, refused } from './failures.ts';
import { Refusal } from './reply.ts';
import type { Reply } from './reply.ts';

/** One read, with the permission that it needs and what its answer must look like. */
export interface Question<R> {
  readonly command: readonly [string, ...string[]];
  readonly needs: string;
  readonly answer: z.ZodType<R>;
}

export interface Answered<R> {
  readonly answer: R;
  readonly instance: string;
  readonly serverAt: string;
}

/** What every question needs, beside its own. */
export const envelopeNeeds = ['+echo', '+info', '+acl|whoami'] as const;

const whoAmI: Question<string> = {
  command: ['ACL', 'WHOAMI'],
  needs: '+acl|whoami',
  answer: z.string().min(1),
};

const about = z
  .string()
  .transform((text): unknown =>
    Object.fromEntries(text.split('\r\n').map((line) => [line.split(':')[0], line.split(':')[1]])),
  )
  .pipe(
    z.object({
      run_id: z.string().regex(/^[0-9a-f]{40}$/),
      redis_mode: z.enum(['standalone', 'cluster', 'sentinel']),
      role: z.enum(['master', 'slave']),
      loading: z.enum(['0', '1']),
      server_time_usec: z.string().regex(/^\d{13,17}$/),
    }),
  );

export interface Login {
  readonly username: string;
  readonly password: Secret;
  /** The node is meant to be a replica. */
  readonly replica: boolean;
}

/**
 * Asks one Redis node through one connection, opened when first used. Each question travels with a
 * mark, which ties the answer to it, and with the server's word on who it is and what time it has. An
 * answer of another run of the server than the first is a failure.
 */
export class RedisClient {
  readonly #host: Host;
  readonly #login: Login;
  readonly #door: Door;
  #connection: Connection | undefined;
  #instance: string | undefined;
  #verifier: string | undefined;
  #turns: Promise<unknown> = Promise.resolve();

  constructor(host: Host, login: Login, door: Door) {
    this.#host = host;
    this.#login = login;
    this.#door = door;
  }

  /** Questions wait for each other: there is one connection. */
  ask<R>(question: Question<R>, signal: AbortSignal): Promise<Answered<R> | Failure> {
    const turn = this.#turns.then(() => this.#take(question, signal));
    // a turn settles with a failure; a bug is told to whoever asked, not to the next one
    this.#turns = turn.catch(() => undefined);
    return turn;
  }

  async identify(signal: AbortSignal): Promise<Identity | Failure> {
    const answered = await this.ask(whoAmI, signal);
    if (failed(answered)) return answered;
    this.#verifier = answered.answer;
    return { instance: answered.instance, principal: answered.answer, serverAt: answered.serverAt };
  }

  /** Whom the server takes the verifier for. */
  async verifier(signal: AbortSignal): Promise<string | Failure> {
    if (this.#verifier !== undefined) return this.#verifier;
    const identity = await this.identify(signal);
    return failed(identity) ? identity : identity.principal;
  }

  async close(): Promise<void> {
    await this.#turns;
    this.#connection?.drop();
    this.#connection = undefined;
  }

  async #take<R>(question: Question<R>, outer: AbortSignal): Promise<Answered<R> | Failure> {
    const asked = question.command.join(' ');
    const startedAt = this.#door.now();
    const mark = randomUUID();
    let answer: Answered<R> | Failure;
    let digestOf: string | undefined;
    try {
      const replies = await this.#door.turn((signal) => this.#exchange(question, mark, signal), outer);
      answer = this.#read(question, mark, replies);
      digestOf = JSON.stringify(replies);
    } catch (error) {
      answer = explain(error);
    }
    // after a failure nobody knows what the connection still holds
    if (failed(answer)) this.#drop();
    this.#door.note({
      asked,
      answered: failed(answer) ? answer.reason : 'answered',
      startedAt,
      ...(digestOf === undefined ? {} : { digestOf }),
      ...(failed(answer) ? {} : { serverAt: answer.serverAt }),
    });
    return answer;
  }

  async #exchange(question: Question<unknown>, mark: string, signal: AbortSignal): Promise<readonly Reply[]> {
    const late = () => this.#drop();
    signal.addEventListener('abort', late);
    try {
      const known = this.#connection?.over === false ? this.#connection : undefined;
      const connection = known ?? new Connection(this.#door.socket(this.#host.host, this.#host.port));
      this.#connection = connection;
      if (signal.aborted) late();
      if (known === undefined) {
        const { username, password } = this.#login;
        const [entered] = await connection.exchange([['AUTH', username, password.reveal()]]);
        if (entered !== 'OK') return [entered ?? null];
      }
      const info = ['INFO', 'server', 'replication', 'persistence'];
      return await connection.exchange([['ECHO', mark], info, question.command]);
    } finally {
      signal.removeEventListener('abort', late);
    }
  }

  #read<R>({ command, needs, answer }: Question<R>, mark: string, replies: readonly Reply[]) {
    const names = ['AUTH or ECHO', 'INFO', command.join(' ')];
    const last = replies.at(-1);
    if (last instanceof Refusal) {
      const index = replies.length - 1;
      return refused(names[index] ?? '', last, ['+echo', '+info', needs][index] ?? needs);
    }
    const strange = (what: string) =>
      inconclusive('R-ANSWER', `"${command.join(' ')}" was answered with ${what}`);
    if (replies.length !== 3 || replies[0] !== mark) return strange('the answer to another question');
    const server = about.safeParse(replies[1]);
    if (!server.success) return strange('no word on which server it is (INFO of Redis 7.0 or later)');
    const wrong = this.#unfit(server.data);
    if (wrong !== undefined) return wrong;
    const read = answer.safeParse(replies[2]);
    if (!read.success) return strange('something of another form');
    const serverAt = new Date(Number(server.data.server_time_usec) / 1_000).toISOString();
    return { answer: read.data, instance: server.data.run_id, serverAt };
  }

  #unfit(server: z.infer<typeof about>): Failure | undefined {
    const { run_id: instance, redis_mode: mode, role, loading } = server;
    if (mode === 'sentinel') {
      return inconclusive('R-INSTANCE', 'a sentinel holds no data: give the address of the node itself');
    }
    if ((role === 'slave') !== this.#login.replica) {
      const [is, fix] = this.#login.replica
        ? ['the master', 'the address of the replica, or no "replica: true"']
        : ['a replica', 'the address of the master, or "replica: true" where its own users are meant'];
      return inconclusive('R-INSTANCE', `this node is ${is}: each node has users of its own`, fix);
    }
    if (loading === '1') return inconclusive('R-UNREACHABLE', 'the server is still loading its data');
    this.#instance ??= instance;
    if (this.#instance === instance) return undefined;
    return inconclusive(
      'R-INSTANCE',
      `the server changed or started again: run ${this.#instance}, then ${instance}`,
    );
  }

  #drop(): void {
    this.#connection?.drop();
    this.#connection = undefined;
  }
}
