import { createServer } from 'node:http';
import { must, mustBeOpen } from '../expect.ts';
import { closedPort, listen } from '../listen.ts';
import { behindTcp, inWorld } from '../scene.ts';
import type { TcpSpoiler } from '../tcp-proxy.ts';
import type { Contract, ContractCase } from '../world.ts';
import { spoilEach } from './each.ts';
import type { Fault } from './each.ts';

interface TcpFault extends Fault {
  readonly spoil: TcpSpoiler;
}

const faults: readonly TcpFault[] = [
  {
    name: 'a reset',
    reasons: ['R-UNREACHABLE'],
    hangs: false,
    spoil: (client) => void client.resetAndDestroy(),
  },
  {
    name: 'an end without an answer',
    reasons: ['R-UNREACHABLE'],
    hangs: false,
    spoil: (client) => void client.end(),
  },
  { name: 'silence', reasons: ['R-UNREACHABLE'], hangs: true, spoil: () => {} },
  {
    name: 'garbage',
    reasons: ['R-ANSWER'],
    hangs: false,
    spoil: (client) => void client.write(Buffer.alloc(64, 0xff)),
  },
  {
    name: 'half of the true answer, then the end',
    reasons: ['R-UNREACHABLE', 'R-PARTIAL'],
    hangs: false,
    spoil: (client, answer) => void client.end(answer.subarray(0, answer.length / 2)),
  },
  {
    name: 'half of the true answer, then silence',
    reasons: ['R-UNREACHABLE', 'R-PARTIAL'],
    hangs: true,
    spoil: (client, answer) => void client.write(answer.subarray(0, answer.length / 2)),
  },
  {
    name: 'an answer in HTML',
    reasons: ['R-ANSWER'],
    hangs: false,
    spoil: (client) =>
      void client.write('HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<h1>Sign in</h1>'),
  },
  {
    name: 'the answer to the question before',
    reasons: ['R-ANSWER', 'R-UNREACHABLE', 'R-PARTIAL'],
    hangs: false,
    spoil: (client, answer, before) => void client.end(before.equals(answer) ? Buffer.alloc(0) : before),
  },
];

/** The same for protocols of sockets: every answer of the exchange in turn, counted by turns. */
export function tcpCases(contract: Contract): readonly ContractCase[] {
  return [
    ...faults.map((fault) =>
      behindTcp(contract, `${fault.name}, on every answer in turn`, async (scene) => {
        const { proxy } = scene;
        await spoilEach(scene, fault, {
          pass: () => proxy.begin(),
          spoil: (number) => proxy.begin((asked) => (asked.number === number ? fault.spoil : undefined)),
          answered: () => proxy.turns.filter((turn) => turn.answered.length > 0),
        });
      }),
    ),
    inWorld(contract, 'nobody listens on its port', async ({ world, look }) => {
      const through = await closedPort();
      const target = await world.create();
      mustBeOpen(await look(target, { through }), 'living', ['R-UNREACHABLE']);
      await world.end(target);
      mustBeOpen(await look(target, { through }), 'ended', ['R-UNREACHABLE']);
    }),
    inWorld(contract, 'a web server listens on its port', async ({ world, look }) => {
      let met = 0;
      const server = createServer((_request, response) => response.end('<h1>Sign in</h1>'));
      server.on('connection', () => (met += 1));
      const through = await listen(server);
      try {
        const target = await world.create();
        mustBeOpen(await look(target, { through }), 'living', ['R-ANSWER']);
        await world.end(target);
        mustBeOpen(await look(target, { through }), 'ended', ['R-ANSWER']);
        must(met > 1, 'the web server was never asked');
      } finally {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
      }
    }),
  ];
}
