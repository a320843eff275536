import type { Reason } from '../../model/reason.ts';
import { behaviours, traps } from '../behaviours.ts';
import type { Behaviour } from '../behaviours.ts';
import { must } from '../expect.ts';
import { send } from '../http-proxy.ts';
import type { HttpSpoiler } from '../http-proxy.ts';
import { behindHttp } from '../scene.ts';
import type { Contract, ContractCase } from '../world.ts';
import { spoilEach } from './each.ts';
import type { Fault } from './each.ts';

interface HttpFault extends Fault {
  /** @param wait milliseconds after which the client gives up. */
  spoil(wait: number): HttpSpoiler;
}

/** Each of the 25 behaviours, and a few that begin with the true answer. */
export function httpCases(contract: Contract): readonly ContractCase[] {
  return faults().map((fault) =>
    behindHttp(contract, `${fault.name}, on every answer in turn`, async (scene) => {
      const { proxy } = scene;
      await spoilEach(scene, fault, {
        pass: () => proxy.begin(),
        spoil: (number, wait) =>
          proxy.begin((asked) => (asked.number === number ? fault.spoil(wait) : undefined)),
        answered() {
          const followed = proxy.exchanges.some(({ path }) =>
            Object.values(traps).some((trap) => path.startsWith(trap)),
          );
          must(!followed, `${fault.name}: a redirect was followed`);
          return proxy.exchanges;
        },
      });
    }),
  );
}

function faults(): readonly HttpFault[] {
  // answers of another API: to this one they mean nothing
  const foreign = behaviours(
    { status: 200, json: { login: 'alice', id: 1, active: true } },
    { status: 401, json: { message: 'Bad credentials' } },
  );
  return [
    ...foreign.map((behaviour) => ({
      name: behaviour.name,
      reasons: reasonsOf(behaviour),
      spoil: (): HttpSpoiler => (request, response) => behaviour.respond(request, response),
      hangs: behaviour.name === 'timeout',
    })),
    { name: 'an answer that comes too late', reasons: ['R-UNREACHABLE'], spoil: late, hangs: true },
    { name: 'an answer that drips', reasons: ['R-UNREACHABLE'], spoil: drip, hangs: true },
    { name: 'half of the true answer', reasons: ['R-PARTIAL'], spoil: () => half, hangs: false },
    {
      name: 'half of the true body as a whole one',
      reasons: ['R-ANSWER'],
      spoil: () => shorter,
      hangs: false,
    },
    { name: 'the true answer out of a cache', reasons: ['R-STALE'], spoil: () => aged, hangs: false },
    { name: 'the true answer as text', reasons: ['R-ANSWER'], spoil: () => asText, hangs: false },
  ];
}

/** The two that would prove something are another API's words here. */
function reasonsOf({ name, reason }: Behaviour): readonly Reason[] {
  if (reason === 'live') return ['R-ANSWER'];
  if (reason === 'dead') return ['R-AUTH'];
  // it asks for a pause, which is what the other reads of the same check meet
  return name === '503' ? [reason, 'R-RATE'] : [reason];
}

const late =
  (wait: number): HttpSpoiler =>
  async (_request, response, genuine) => {
    const answer = await genuine();
    const timer = setTimeout(() => send(response, answer), 2 * wait);
    response.on('close', () => clearTimeout(timer));
  };

const drip =
  (wait: number): HttpSpoiler =>
  async (_request, response, genuine) => {
    const { status, headers, body } = await genuine();
    // longer than it is: one that drips never ends by itself
    response.writeHead(status, { ...headers, 'content-length': String(body.length + 1_000) });
    let at = 0;
    const timer = setInterval(() => {
      response.write(at < body.length ? body.subarray(at, (at += 1)) : ' ');
    }, wait / 10);
    response.on('close', () => clearInterval(timer));
  };

const half: HttpSpoiler = async (_request, response, genuine) => {
  const { status, headers, body } = await genuine();
  const length = Math.max(body.length, 2);
  response.writeHead(status === 204 ? 200 : status, { ...headers, 'content-length': String(length) });
  response.write(body.subarray(0, length / 2), () => response.destroy());
};

const shorter: HttpSpoiler = async (_request, response, genuine) => {
  const { status, headers, body } = await genuine();
  const kept = body.subarray(0, Math.ceil(body.length / 2));
  send(response, { status, headers: { ...headers, 'content-length': String(kept.length) }, body: kept });
};

const aged: HttpSpoiler = async (_request, response, genuine) => {
  const { status, headers, body } = await genuine();
  send(response, { status, headers: { ...headers, age: '3600' }, body });
};

const asText: HttpSpoiler = async (_request, response, genuine) => {
  const { status, headers, body } = await genuine();
  send(response, { status, headers: { ...headers, 'content-type': 'text/plain' }, body });
};
