import { Socket } from 'node:net';
import type { Host } from '../connector.ts';
import type { Clock } from './budget.ts';
import { bareHost } from './guard.ts';

/**
 * A TCP connection that cannot be pointed anywhere else: drivers that call `connect` themselves get
 * the connection that is already being made, or an error when they name another host.
 */
export class DoorSocket extends Socket {
  readonly #allowed: Host;
  #error: Error | undefined;

  constructor(allowed: Host) {
    super();
    this.#allowed = allowed;
    // a connection may fail before its driver listens: the error waits for it here
    this.on('error', (error) => (this.#error = error));
  }

  /** Connects; gives up after `ms`. */
  open(ms: number, clock: Clock): this {
    const callOff = clock.after(ms, () => this.destroy(coded(`timed out after ${ms} ms`, 'ETIMEDOUT')));
    this.once('connect', callOff);
    this.once('close', callOff);
    return super.connect({ host: bareHost(this.#allowed.host), port: this.#allowed.port });
  }

  override connect(...where: unknown[]): this {
    const [port, host] = addressOf(where);
    if (!this.destroyed && !reaches(this.#allowed, host, port)) return this.destroy(notAllowed(host, port));
    // whoever calls waits for an event that may have passed
    const error = this.#error;
    if (error !== undefined) process.nextTick(() => this.emit('error', error));
    else if (this.readyState === 'open') process.nextTick(() => this.emit('connect'));
    return this;
  }
}

/** The socket that a connector gets for a host which the configuration does not name: destroyed, with the error as its only event. */
export function closedSocket(allowed: Host, error: Error): Socket {
  return new DoorSocket(allowed).destroy(error);
}

export function notAllowed(host: unknown, port: unknown): Error {
  return coded(
    `the configuration does not name ${String(host)}:${String(port)} for this system`,
    'ERR_NOT_ALLOWED',
  );
}

/** A socket is for protocols of its own: over it nobody gets around the guard of HTTP reads. */
export function reaches(allowed: Host, host: unknown, port: unknown): boolean {
  return (
    allowed.protocol === 'tcp:' &&
    typeof host === 'string' &&
    bareHost(host).toLowerCase() === bareHost(allowed.host).toLowerCase() &&
    Number(port) === allowed.port
  );
}

function addressOf(where: readonly unknown[]): readonly [port: unknown, host: unknown] {
  const [first, second] = where;
  if (typeof first !== 'object' || first === null) return [first, second];
  return ['port' in first ? first.port : undefined, 'host' in first ? first.host : undefined];
}

function coded(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}
