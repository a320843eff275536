import { isIP, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { BadFrame, asksForProof, largestFrame, nextFrame, wantsClearText } from './frames.ts';

const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

export interface WireOptions {
  readonly host: string;
  readonly tls: boolean;
  /** The host is this machine's own loopback. */
  readonly loopback: boolean;
  readonly ca?: string;
  readonly signal: AbortSignal;
}

/** A connection over which only whole, well-formed messages of the protocol reach the driver. */
export class Wire extends Duplex {
  readonly #inner: Duplex;
  readonly #mayClearText: boolean;
  #held: Buffer = Buffer.alloc(0);
  #received = 0;
  #asked = false;

  constructor(inner: Duplex, mayClearText: boolean) {
    super({ allowHalfOpen: false });
    this.#inner = inner;
    this.#mayClearText = mayClearText;
    inner.on('data', (chunk: Buffer) => this.#take(chunk));
    inner.on('error', (error) => this.destroy(error));
    inner.on('end', () => this.push(null));
    inner.on('close', () => this.destroy());
  }

  /** Was something asked for that only who knows the password can answer? */
  get asked(): boolean {
    return this.#asked;
  }

  /** Called before each statement: the cap on what may come counts for one answer. */
  expectAnswer(): void {
    this.#received = 0;
  }

  #take(chunk: Buffer): void {
    this.#received += chunk.length;
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    try {
      if (this.#received > 2 * largestFrame)
        throw new BadFrame(`more than ${2 * largestFrame} bytes of answer`);
      for (let frame = nextFrame(this.#held); frame !== undefined; frame = nextFrame(this.#held)) {
        if (wantsClearText(frame) && !this.#mayClearText) {
          throw new BadFrame('the server asks for the password in clear text over a connection without TLS');
        }
        this.#asked ||= asksForProof(frame);
        this.#held = this.#held.subarray(frame.length);
        if (!this.push(frame)) this.#inner.pause();
      }
    } catch (error) {
      this.destroy(error instanceof Error ? error : new BadFrame(String(error)));
    }
  }

  override _read(): void {
    this.#inner.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#inner.write(chunk, encoding, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#inner.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#inner.destroy();
    done(error);
  }

  // what the driver calls on the socket it believes to have: this one is connected already

  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

/**
 * Puts TLS, where asked for, and the guard over a socket from the door. TLS is negotiated here and
 * not by the driver, so that the guard reads what the driver reads.
 *
 * @throws what the socket or TLS throws; BadFrame where the server offers no TLS.
 */
export async function openWire(socket: Duplex, options: WireOptions): Promise<Wire> {
  // the driver writes a statement in five pieces: held back, each waits 40 ms for an acknowledgement
  if (socket instanceof Socket) socket.setNoDelay(true);
  if (!options.tls) return new Wire(socket, options.loopback);
  const { host, ca, signal } = options;
  const answer = arrival(socket, 'data', signal);
  socket.write(sslRequest);
  const said = await answer;
  socket.pause();
  // one byte and no more: what follows it in clear text could come from anyone
  if (!Buffer.isBuffer(said) || said.length !== 1 || said[0] !== 0x53) {
    socket.destroy();
    throw new BadFrame('the server does not offer TLS');
  }
  const secure = connectTls({
    socket,
    host,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
  });
  await arrival(secure, 'secureConnect', signal);
  return new Wire(secure, true);
}

/** The first event of that name; an error, an end or the signal come as a rejection, and the stream is destroyed then. */
function arrival(stream: Duplex, event: string, signal: AbortSignal): Promise<unknown> {
  return new Promise((done, fail) => {
    const broken = (error?: Error) => {
      settled();
      // an error may still follow: it is the same story
      stream.on('error', () => stream.destroy());
      stream.destroy();
      fail(error ?? new Error('the server closed the connection'));
    };
    const aborted = () => broken(new Error('no answer in time'));
    const arrived = (value: unknown) => {
      settled();
      done(value);
    };
    const ended = () => broken();
    const settled = () => {
      stream.off(event, arrived).off('error', broken).off('end', ended).off('close', ended);
      signal.removeEventListener('abort', aborted);
    };
    stream.once(event, arrived).once('error', broken).once('end', ended).once('close', ended);
    signal.addEventListener('abort', aborted);
    if (signal.aborted) aborted();
  });
}
