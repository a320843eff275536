import { createServer } from 'node:http';
import { isNegative, isPositive, must, mustBeOpen, mustBeOver, mustNotBeOver, mustSee } from '../expect.ts';
import { closedPort, listen } from '../listen.ts';
import { behindTcp, brief, inWorld } from '../scene.ts';
import type { Scene } from '../scene.ts';
import type { TcpProxy, TcpSpoiler } from '../tcp-proxy.ts';
import type { Contract, ContractCase, ContractTarget } from '../world.ts';

interface Fault {
  readonly name: string;
  readonly reasons: readonly string[];
  readonly spoil: TcpSpoiler;
  readonly hangs?: true;
}

const faults: readonly Fault[] = [
  { name: 'a reset', reasons: ['R-UNREACHABLE'], spoil: (client) => void client.resetAndDestroy() },
  { name: 'an end without an answer', reasons: ['R-UNREACHABLE'], spoil: (client) => void client.end() },
  { name: 'silence', reasons: ['R-UNREACHABLE'], spoil: () => {}, hangs: true },
  {
    name: 'garbage',
    reasons: ['R-ANSWER'],
    spoil: (client) => void client.write(Buffer.alloc(64, 0xff)),
  },
  {
    name: 'half of the true answer, then the end',
    reasons: ['R-UNREACHABLE', 'R-PARTIAL'],
    spoil: (client, answer) => void client.end(answer.subarray(0, answer.length / 2)),
  },
  {
    name: 'half of the true answer, then silence',
    reasons: ['R-UNREACHABLE', 'R-PARTIAL'],
    spoil: (client, answer) => void client.write(answer.subarray(0, answer.length / 2)),
    hangs: true,
  },
  {
    name: 'an answer in HTML',
    reasons: ['R-ANSWER'],
    spoil: (client) =>
      void client.write('HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<h1>Sign in</h1>'),
  },
  {
    name: 'the answer to the question before',
    reasons: ['R-ANSWER', 'R-UNREACHABLE', 'R-PARTIAL'],
    spoil: (client, answer, before) => void client.end(before.equals(answer) ? Buffer.alloc(0) : before),
  },
];

/** The same for protocols of sockets: every answer of the exchange in turn, counted by turns. */
export function tcpCases(contract: Contract): readonly ContractCase[] {
  return [
    ...faults.map((fault) =>
      behindTcp(contract, `${fault.name}, on every answer in turn`, async (scene) => {
        const target = await scene.world.create();
        await tryEach(scene, target, fault, 'living');
        await scene.world.end(target);
        await tryEach(scene, target, fault, 'ended');
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

async function tryEach(
  { world, look, proxy }: Scene & { readonly proxy: TcpProxy },
  target: ContractTarget,
  fault: Fault,
  state: 'living' | 'ended',
): Promise<void> {
  proxy.begin();
  const clean = await look(target);
  if (state === 'living') mustSee(clean, 'living, nothing spoilt');
  else mustBeOver(clean, 'ended, nothing spoilt');
  const answered = proxy.turns.filter((turn) => turn.answered.length > 0);
  must(
    answered.some((turn) => world.asks(turn, target)),
    `none of the ${answered.length} questions is about the target: does "asks" know its own read?`,
  );
  for (const { number } of answered) {
    proxy.begin((asked) => (asked.number === number ? fault.spoil : undefined));
    const outcome = await look(target, fault.hangs === true ? { timeoutMs: brief } : {});
    const at = proxy.turns.find((turn) => turn.spoilt);
    must(at !== undefined, `${fault.name} on answer ${number} of ${answered.length} never happened`);
    const when = `${state}, ${fault.name} as answer ${number} of ${answered.length}`;
    if (world.asks(at, target)) {
      mustBeOpen(outcome, when, fault.reasons);
    } else if (state === 'living') {
      mustNotBeOver(outcome, when);
    } else {
      must(!isPositive(outcome), `${when}: an ended target must not be seen`, outcome);
      const idle = world.idle?.some((one) => one.is(at)) ?? false;
      if (isNegative(outcome) && !idle) mustBeOpen(outcome, when);
    }
  }
}
