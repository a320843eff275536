import type { Reason } from '../../model/reason.ts';
import { behaviours, traps } from '../behaviours.ts';
import type { Behaviour } from '../behaviours.ts';
import { isNegative, isPositive, must, mustBeOpen, mustBeOver, mustNotBeOver, mustSee } from '../expect.ts';
import { send } from '../http-proxy.ts';
import type { HttpProxy, HttpSpoiler } from '../http-proxy.ts';
import { behindHttp, brief } from '../scene.ts';
import type { Scene } from '../scene.ts';
import type { Contract, ContractCase, ContractTarget } from '../world.ts';

/** An answer that is somebody else's, and the reasons that say so. */
interface Fault {
  readonly name: string;
  readonly reasons: readonly Reason[];
  readonly spoil: HttpSpoiler;
  readonly hangs: boolean;
}

/**
 * Every answer of the exchange in turn is replaced by each of the 25 behaviours, with the target
 * living and with the target ended: what was spoilt is never an absence, and what ended is never seen.
 */
export function httpCases(contract: Contract): readonly ContractCase[] {
  return faults().map((fault) =>
    behindHttp(contract, `${fault.name}, on every answer in turn`, async (scene) => {
      const target = await scene.world.create();
      await tryEach(scene, target, fault, 'living');
      await scene.world.end(target);
      await tryEach(scene, target, fault, 'ended');
    }),
  );
}

async function tryEach(
  { world, look, proxy }: Scene & { readonly proxy: HttpProxy },
  target: ContractTarget,
  fault: Fault,
  state: 'living' | 'ended',
): Promise<void> {
  proxy.begin();
  const clean = await look(target);
  if (state === 'living') mustSee(clean, 'living, nothing spoilt');
  else mustBeOver(clean, 'ended, nothing spoilt');
  const count = proxy.exchanges.length;
  must(
    proxy.exchanges.some((one) => world.asks(one, target)),
    `none of the ${count} questions is about the target: does "asks" know its own read?`,
  );
  for (let number = 1; number <= count; number += 1) {
    proxy.begin((asked) => (asked.number === number ? fault.spoil : undefined));
    const outcome = await look(target, fault.hangs ? { timeoutMs: brief } : {});
    const at = proxy.exchanges.find((one) => one.spoilt);
    must(at !== undefined, `${fault.name} on answer ${number} of ${count} never happened`);
    must(
      !proxy.exchanges.some(({ path }) => Object.values(traps).some((trap) => path.startsWith(trap))),
      'a redirect was followed',
    );
    const when = `${state}, ${fault.name} for ${at.method} ${at.path} (${number} of ${count})`;
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

function faults(): readonly Fault[] {
  // answers of another API: to this one they mean nothing
  const foreign = behaviours(
    { status: 200, json: { login: 'alice', id: 1, active: true } },
    { status: 401, json: { message: 'Bad credentials' } },
  );
  return [
    ...foreign.map((behaviour) => ({
      name: behaviour.name,
      reasons: [reasonOf(behaviour)],
      spoil: ((request, response) => behaviour.respond(request, response)) satisfies HttpSpoiler,
      hangs: behaviour.name === 'timeout',
    })),
    { name: 'an answer that comes too late', reasons: ['R-UNREACHABLE'], spoil: late, hangs: true },
    { name: 'an answer that drips', reasons: ['R-UNREACHABLE'], spoil: drip, hangs: true },
    { name: 'half of the true answer', reasons: ['R-PARTIAL'], spoil: half, hangs: false },
    { name: 'half of the true body as a whole one', reasons: ['R-ANSWER'], spoil: shorter, hangs: false },
    { name: 'the true answer out of a cache', reasons: ['R-STALE'], spoil: aged, hangs: false },
    { name: 'the true answer as text', reasons: ['R-ANSWER'], spoil: asText, hangs: false },
  ];
}

/** The two that would prove something are another API's words here. */
function reasonOf({ reason }: Behaviour): Reason {
  if (reason === 'live') return 'R-ANSWER';
  return reason === 'dead' ? 'R-AUTH' : reason;
}

const late: HttpSpoiler = async (_request, response, genuine) => {
  const answer = await genuine();
  const timer = setTimeout(() => send(response, answer), 2 * brief);
  response.on('close', () => clearTimeout(timer));
};

const drip: HttpSpoiler = async (_request, response, genuine) => {
  const { status, headers, body } = await genuine();
  // longer than it is: one that drips never ends by itself
  response.writeHead(status, { ...headers, 'content-length': String(body.length + 1_000) });
  let at = 0;
  const timer = setInterval(
    () => response.write(at < body.length ? body.subarray(at, (at += 1)) : ' '),
    brief / 10,
  );
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
