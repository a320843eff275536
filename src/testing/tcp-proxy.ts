import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { listen } from './listen.ts';
import type { Address, Asked } from './world.ts';

/** One question and its answer, by turns: what the client wrote until the server began to answer. */
export interface Turn extends Asked {
  readonly connection: number;
  /** The server's own bytes. */
  readonly answered: Buffer;
  readonly spoilt: boolean;
}

/** Gets the first bytes of an answer, and answers in its place. What else belongs to that answer is dropped. */
export type TcpSpoiler = (client: Socket, answer: Buffer, before: Buffer) => void;

export interface TcpProxy {
  readonly address: Address;
  /** Everything that was asked since `begin`. */
  readonly turns: readonly Turn[];
  /** How often an answer was spoilt since `begin`. */
  readonly fired: number;
  /** Cuts every connection, forgets what was asked, and from now on spoils what `rule` gives a spoiler for. */
  begin(rule?: (asked: Asked) => TcpSpoiler | undefined): void;
  stop(): Promise<void>;
}

interface OpenTurn {
  readonly number: number;
  readonly connection: number;
  asked: Buffer;
  answered: Buffer;
  spoilt: boolean;
}

/**
 * Stands on loopback in front of a system that speaks a protocol of its own: passes bytes through,
 * counts them by turns, and spoils the answers that it is told to.
 * @param upstream asked for every new connection: the system may change in between.
 */
export async function startTcpProxy(upstream: () => Address): Promise<TcpProxy> {
  let turns: OpenTurn[] = [];
  let fired = 0;
  let connections = 0;
  let rule: (asked: Asked) => TcpSpoiler | undefined = () => undefined;
  const open = new Set<Socket>();

  function join(client: Socket): void {
    const connection = (connections += 1);
    const server = connect(upstream());
    let turn: OpenTurn | undefined;
    for (const socket of [client, server]) {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      socket.setNoDelay(true);
      // broken connections are what this is for: the other side learns of it by its own end
      socket.on('error', () => socket.destroy());
    }
    client.on('data', (bytes: Buffer) => {
      if (client.destroyed) return;
      if (turn === undefined || turn.answered.length > 0) {
        const number = turns.length + 1;
        turn = { number, connection, asked: bytes, answered: Buffer.alloc(0), spoilt: false };
        turns.push(turn);
      } else {
        turn.asked = Buffer.concat([turn.asked, bytes]);
      }
      if (!server.destroyed) server.write(bytes);
    });
    server.on('data', (bytes: Buffer) => {
      if (turn?.spoilt === true || client.destroyed) return;
      const first = turn?.answered.length === 0;
      if (turn !== undefined) turn.answered = Buffer.concat([turn.answered, bytes]);
      const spoiler = turn !== undefined && first ? rule(shown(turn)) : undefined;
      if (turn === undefined || spoiler === undefined) return void client.write(bytes);
      fired += 1;
      turn.spoilt = true;
      const at = turns.indexOf(turn);
      spoiler(client, bytes, turns[at - 1]?.answered ?? Buffer.alloc(0));
    });
    client.on('close', () => server.destroy());
    server.on('close', () => {
      if (turn?.spoilt !== true) client.end();
    });
  }

  const server = createServer(join);
  const address = await listen(server);
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    address,
    get turns() {
      return turns.map((turn) => {
        const { connection, answered, spoilt } = turn;
        return { ...shown(turn), connection, answered, spoilt };
      });
    },
    get fired() {
      return fired;
    },
    begin(next = () => undefined) {
      // what a run before left behind is no question of this one
      cut();
      turns = [];
      fired = 0;
      rule = next;
    },
    async stop() {
      cut();
      await new Promise((done) => server.close(done));
    },
  };
}

function shown({ number, asked }: OpenTurn): Asked {
  return { number, method: '', path: '', body: asked.toString('latin1') };
}
