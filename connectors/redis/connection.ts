import type { Duplex } from 'node:stream';
import { Broken, largest, nextReply, Refusal, written } from './reply.ts';
import type { Reply } from './reply.ts';

interface Waiting {
  readonly count: number;
  readonly replies: Reply[];
  resolve(replies: readonly Reply[]): void;
  reject(error: Broken): void;
}

/** One connection: commands go out together, their replies come back in order. */
export class Connection {
  readonly #socket: Duplex;
  #held: Buffer = Buffer.alloc(0);
  #waiting: Waiting | undefined;
  #over: Broken | undefined;

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#end(new Broken('R-UNREACHABLE', error.message)));
    socket.on('close', () =>
      this.#end(
        this.#held.length === 0
          ? new Broken('R-UNREACHABLE', 'the server closed the connection')
          : new Broken('R-PARTIAL', 'the connection ended inside an answer'),
      ),
    );
  }

  get over(): boolean {
    return this.#over !== undefined;
  }

  /**
   * Sends all commands in one write.
   *
   * @returns as many replies as commands; fewer where one of them is a `Refusal`, which is then the
   *   last: what may still come belongs to nobody, so the connection must be dropped.
   * @throws Broken where there is no answer.
   */
  exchange(commands: readonly (readonly string[])[]): Promise<readonly Reply[]> {
    return new Promise((resolve, reject) => {
      if (this.#over !== undefined) return reject(this.#over);
      this.#waiting = { count: commands.length, replies: [], resolve, reject };
      this.#socket.write(commands.map(written).join(''));
    });
  }

  drop(): void {
    this.#end(new Broken('R-UNREACHABLE', 'no answer in time'));
  }

  #take(chunk: Buffer): void {
    if (this.#over !== undefined) return;
    this.#held = Buffer.concat([this.#held, chunk]);
    try {
      if (this.#held.length > largest) throw new Broken('R-ANSWER', `more than ${largest} bytes of answer`);
      for (let next = nextReply(this.#held); next !== undefined; next = nextReply(this.#held)) {
        this.#held = this.#held.subarray(next.end);
        this.#hand(next.reply);
      }
    } catch (error) {
      this.#end(error instanceof Broken ? error : new Broken('R-CHECK', String(error)));
    }
  }

  #hand(reply: Reply): void {
    const waiting = this.#waiting;
    if (waiting === undefined) throw new Broken('R-ANSWER', 'an answer that nobody asked for');
    waiting.replies.push(reply);
    if (waiting.replies.length < waiting.count && !(reply instanceof Refusal)) return;
    this.#waiting = undefined;
    waiting.resolve(waiting.replies);
  }

  #end(why: Broken): void {
    if (this.#over !== undefined) return;
    this.#over = why;
    this.#socket.destroy();
    this.#waiting?.reject(why);
    this.#waiting = undefined;
  }
}
