import { hash } from 'node:crypto';
import type { AllowedRead, Door, Host, HttpAnswer, Note } from '../connector.ts';
import { inconclusive } from '../connector.ts';
import type { Limits } from '../model/config.ts';
import { UsageError } from '../model/errors.ts';
import type { Failure } from '../model/observation.ts';
import type { Whole } from './answer.ts';
import { errorCode, pauseAsked, sayings, understand } from './answer.ts';
import type { Clock } from './budget.ts';
import { createBudget, steadyClock } from './budget.ts';
import { openSpan } from './deadline.ts';
import type { Span } from './deadline.ts';
import { createWire } from './exchange.ts';
import type { Wire } from './exchange.ts';
import { createGuard, leavesInPlain } from './guard.ts';
import { readLines } from './lines.ts';
import type { Outgoing } from './outgoing.ts';
import { writeOut } from './outgoing.ts';
import type { Redactor } from './redact.ts';
import { oneLine } from './redact.ts';
import { closedSocket, DoorSocket, notAllowed, reaches } from './socket.ts';
import type { Tape } from './tape.ts';
import type { Trouble } from './trouble.ts';
import { trouble } from './trouble.ts';
import { notEntered, runWithin, TurnError } from './turn.ts';

/** Bytes: far above a page of any API, far below what hurts. */
export const bodyLimit = 16 * 1024 * 1024;

export interface OpenDoor extends Door {
  /** Stops what is under way and closes every connection. */
  close(): Promise<void>;
}

export interface DoorOptions {
  readonly system: string;
  readonly point: string;
  /** The only host that is ever contacted. */
  readonly host: Host;
  readonly reads: readonly AllowedRead[];
  readonly limits: Limits;
  /** The verifier's clock, milliseconds since the epoch. */
  readonly now: () => number;
  readonly tape: Tape;
  readonly redactor: Redactor;
  /** For deadlines, rate and pauses. */
  readonly clock?: Clock;
  /** Bytes; `bodyLimit` where not given. */
  readonly bodyLimit?: number;
}

/**
 * Opens the way to one point of one system.
 * @throws UsageError for plain http to another machine that the configuration does not allow
 */
export function openDoor(options: DoorOptions): OpenDoor {
  const { system, host, limits, redactor, clock = steadyClock } = options;
  const names = [host.host, ...(host.beside ?? [])];
  if (names.some((one) => leavesInPlain({ ...host, host: one })))
    throw new UsageError(`${system}: plain http is only for loopback; use https, or set allowInsecure: true`);
  const address = `${host.host}:${host.port}`;
  const guard = createGuard(options.reads);
  const budget = createBudget(limits, clock);
  const wires = new Map(names.map((one) => [one, wireTo(one)]));
  const closing = new AbortController();
  const sockets = new Set<DoorSocket>();
  const underWay = new Set<Promise<unknown>>();

  function wireTo(name: string): Wire {
    return createWire({ ...host, host: name }, options.bodyLimit ?? bodyLimit);
  }

  const stops = new WeakMap<AbortSignal, AbortSignal>();

  /** A run has one signal and thousands of requests. */
  function orClosed(signal: AbortSignal): AbortSignal {
    const stop = stops.get(signal) ?? AbortSignal.any([signal, closing.signal]);
    stops.set(signal, stop);
    return stop;
  }

  function failure({ reason, detail }: Trouble): Failure {
    return inconclusive(reason, tidy(`${address}: ${detail}`, 500));
  }

  function tidy(text: string, most: number): string {
    // a control character inside a secret would hide it from the redactor, so it is cleaned again
    return redactor
      .clean(oneLine(redactor.clean(text)))
      .slice(0, most)
      .toWellFormed();
  }

  function write(
    asked: string,
    startedAt: number,
    answered: string,
    more: { bytes?: Buffer; digest?: string; serverAt?: string },
  ): void {
    const { bytes, serverAt } = more;
    const digest = bytes === undefined ? more.digest : hash('sha256', bytes);
    options.tape.add({
      system,
      point: options.point,
      asked: tidy(asked, 2_000),
      at: new Date(startedAt).toISOString(),
      took: Math.max(0, options.now() - startedAt),
      answered: tidy(answered, 120),
      ...(digest === undefined ? {} : { digest }),
      ...(serverAt === undefined ? {} : { serverAt }),
    });
  }

  async function send(
    { asked, wire, outgoing, asText }: Prepared,
    span: Span,
    fresh: boolean,
  ): Promise<HttpAnswer | Trouble> {
    const startedAt = options.now();
    const whole = await wire.exchange(outgoing, span, fresh);
    if ('reason' in whole) {
      write(asked, startedAt, whole.short, {});
      return whole;
    }
    const answer = understand(whole, asText);
    budget.hold(pauseAsked(whole, options.now()));
    write(asked, startedAt, spoken(whole, answer), {
      bytes: whole.body,
      ...('serverAt' in answer ? { serverAt: answer.serverAt } : {}),
    });
    return answer;
  }

  async function exchange(prepared: Prepared, stop: AbortSignal): Promise<HttpAnswer | Failure> {
    const entry = await budget.enter(stop);
    if (!entry.entered) return failure(notEntered(entry));
    const span = openSpan(limits.timeoutMs, clock, stop);
    try {
      let answer = await send(prepared, span, false);
      // a server may close an idle connection in the moment in which it is used again
      if ('raced' in answer) answer = await send(prepared, span, true);
      return 'saw' in answer ? answer : failure(answer);
    } finally {
      span.over();
      entry.leave();
    }
  }

  async function run<T>(work: (signal: AbortSignal) => Promise<T>, stop: AbortSignal): Promise<T> {
    const entry = await budget.enter(stop);
    if (!entry.entered) throw new TurnError(notEntered(entry));
    const span = openSpan(limits.timeoutMs, clock, stop);
    try {
      return await runWithin(span, work);
    } finally {
      span.over();
      entry.leave();
    }
  }

  async function read(
    path: string,
    take: (line: string) => void,
    stop: AbortSignal,
  ): ReturnType<Door['lines']> {
    const startedAt = options.now();
    const name = tidy(path, 500);
    if (host.files?.includes(path) !== true)
      return inconclusive('R-CHECK', `${name} was not read: the configuration does not name it`);
    const seen = await readLines(path, take, stop);
    if ('reason' in seen) {
      write(`READ ${path}`, startedAt, seen.short, {});
      const needs = seen.reason === 'R-PERM' ? `the right to read ${name}` : undefined;
      return inconclusive(seen.reason, `${name}: ${seen.detail}`, needs);
    }
    const { lines, bytes, unended, digest } = seen;
    write(`READ ${path}`, startedAt, `${lines} lines in bytes 0 to ${bytes}`, { digest });
    return { saw: 'file', lines, bytes, unended };
  }

  async function tracked<T>(work: Promise<T>): Promise<T> {
    underWay.add(work);
    try {
      return await work;
    } finally {
      underWay.delete(work);
    }
  }

  return {
    async http(request, signal) {
      const wire = wires.get(request.host ?? host.host);
      const refused =
        host.protocol === 'tcp:'
          ? 'this system does not speak HTTP'
          : wire === undefined
            ? 'it names a host that the configuration does not'
            : guard(request);
      if (wire === undefined || refused !== undefined)
        return failure(trouble('R-CHECK', `the request was not sent: ${refused}`));
      const outgoing = writeOut(request, redactor);
      if ('unfit' in outgoing)
        return failure(trouble('R-CHECK', `the request was not sent: ${outgoing.unfit}`));
      const asked = `${request.method} ${request.name ?? request.path}`;
      const asText = request.text !== undefined;
      return tracked(exchange({ asked, wire, outgoing, asText }, orClosed(signal)));
    },
    lines: (path, take, signal) => tracked(read(path, take, AbortSignal.any([signal, closing.signal]))),
    socket(to, port) {
      if (closing.signal.aborted) return closedSocket(host, new Error('the door is closed'));
      if (!reaches(host, to, port)) return closedSocket(host, notAllowed(to, port));
      const socket = new DoorSocket(host);
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket.open(limits.timeoutMs, clock);
    },
    turn: (work, signal) => tracked(run(work, orClosed(signal))),
    note({ asked, answered, startedAt, digestOf, serverAt }: Note) {
      write(asked, startedAt, answered, {
        ...(digestOf === undefined ? {} : { bytes: Buffer.from(digestOf) }),
        ...(serverAt === undefined ? {} : { serverAt }),
      });
    },
    now: options.now,
    async close() {
      closing.abort();
      budget.close();
      for (const socket of sockets) socket.destroy();
      await Promise.allSettled(underWay);
      for (const wire of wires.values()) wire.close();
    },
  };
}

/** A request that may leave, and how it is named on the tape. */
interface Prepared {
  readonly asked: string;
  readonly wire: Wire;
  readonly outgoing: Outgoing;
  readonly asText: boolean;
}

function spoken({ status }: Whole, answer: HttpAnswer | Trouble): string {
  if (!('saw' in answer)) return answer.short;
  return `${status} ${answer.text === undefined ? sayings(answer.json) : errorCode(answer.text)}`;
}
