/**
 * A small living AWS on loopback: several accounts, IAM, STS and the services that speak JSON, with signatures that are verified and
 * policies that rule. It has a world, a clock and faults. A request that it does not know is kept in
 * `unexpected`, so that a test can fail on it. It keeps no code with the connector.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import type { Raw } from './fake/answer.ts';
import { AwsError, jsonAnswer, jsonError, queryAnswer, queryError } from './fake/answer.ts';
import { authenticate } from './fake/authenticate.ts';
import { refusal } from './fake/authorize.ts';
import type { Caller } from './fake/caller.ts';
import type { Clock } from './fake/clock.ts';
import { createClock } from './fake/clock.ts';
import type { Input } from './fake/input.ts';
import { inputOfForm } from './fake/input.ts';
import type { Service } from './fake/operation.ts';
import { perform } from './fake/perform.ts';
import { services } from './fake/services.ts';
import type { SignedRequest } from './fake/sigv4.ts';
import { World } from './fake/world.ts';

export { AwsError } from './fake/answer.ts';
export { unanswers } from './fake/unanswers.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** One request as it came in, without anything that signs. */
export interface Logged {
  readonly service: string;
  readonly action: string;
  readonly region: string;
  readonly keyId: string;
  /** Empty where nobody was recognised. */
  readonly caller: string;
  readonly writes: boolean;
  readonly status: number;
  /** Of the error, as it went over the wire; empty where there is none. */
  readonly code: string;
}

/** What a fault may look at. */
export interface Incoming {
  readonly service: string;
  readonly action: string;
  readonly keyId: string;
  readonly input: Input;
}

export interface FakeAws {
  readonly address: string;
  readonly port: number;
  readonly world: World;
  readonly clock: Clock;
  /** The first account's root. */
  readonly root: AwsCredentials;
  readonly log: readonly Logged[];
  /** What the fake did not know: a test that means it takes it out. */
  readonly unexpected: string[];
  rootOf(accountId: string): AwsCredentials;
  /** For every request that matches: this answer in its place. Returns the way to take it out again. */
  fault(match: (request: Incoming) => boolean, answer: Raw | AwsError): () => void;
  stop(): Promise<void>;
}

export interface FakeAwsOptions {
  /** The first account. */
  readonly account?: string;
  readonly pageSize?: number;
  readonly clock?: Clock;
}

interface Asked extends Incoming {
  readonly signed: SignedRequest;
  readonly region: string;
  /** What stands before the dot in `X-Amz-Target`. */
  readonly space: string | undefined;
}

export async function startAws(options: FakeAwsOptions = {}): Promise<FakeAws> {
  const clock = options.clock ?? createClock();
  const world = new World(clock);
  const first = world.addAccount(options.account ?? '111111111111');
  world.switches.pageSize = options.pageSize;
  const log: Logged[] = [];
  const unexpected: string[] = [];
  const faults = new Set<{ match: (request: Incoming) => boolean; answer: Raw | AwsError }>();
  const made = new Map<object, number>();
  let requests = 0;

  function answer(asked: Asked, requestId: string): Raw {
    const service = services.get(asked.service);
    let caller: Caller | undefined;
    const note = (status: number, code: string) => {
      const { action, region, keyId } = asked;
      const writes = service?.operations[action]?.writes ?? true;
      log.push({
        service: asked.service,
        action,
        region,
        keyId,
        caller: caller?.arn ?? '',
        writes,
        status,
        code,
      });
    };
    try {
      const fault = [...faults].find((one) => one.match(asked));
      if (fault?.answer instanceof AwsError) throw fault.answer;
      if (fault !== undefined) {
        note(fault.answer.status, '');
        return fault.answer;
      }
      requests += 1;
      const { throttleEvery } = world.switches;
      if (throttleEvery !== undefined && requests % throttleEvery === 0) {
        throw new AwsError(service?.throttled ?? 'Throttling', 400, 'Rate exceeded');
      }
      [caller] = authenticate(world, asked.signed);
      const strange = service?.protocol === 'json' && asked.space !== service.space;
      if (service === undefined || service.operations[asked.action] === undefined || strange) {
        unexpected.push(`the fake knows no ${asked.service}:${asked.action}`);
      }
      if (service === undefined) throw new AwsError('InvalidAction', 400, `Unknown service ${asked.service}`);
      if (strange) throw new AwsError('InvalidAction', 400, `Unknown target ${asked.space ?? 'none'}`);
      denyWhereSaid(caller, `${service.name}:${asked.action}`);
      const said = perform(world, service, asked.action, caller, asked.input, asked.region);
      note(200, '');
      return service.protocol === 'json'
        ? jsonAnswer(said)
        : queryAnswer(asked.action, service.space, said, requestId);
    } catch (error) {
      const known = error instanceof AwsError ? error : brokenBy(error);
      note(known.status, known.code);
      return service?.protocol === 'json' ? jsonError(known) : queryError(known, spaceOf(service), requestId);
    }
  }

  function denyWhereSaid(caller: Caller, action: string): void {
    for (const denial of world.denials) {
      if (denial.principal !== caller.arn && denial.principal !== caller.keyId) continue;
      if (denial.action !== undefined && denial.action !== action) continue;
      const count = (made.get(denial) ?? 0) + 1;
      made.set(denial, count);
      const because = `because no identity-based policy allows the ${action} action`;
      if (count === denial.call) throw refusal(caller, action, '*', because);
    }
  }

  function brokenBy(error: unknown): AwsError {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    unexpected.push(`the fake broke: ${text}`);
    return new AwsError('InternalFailure', 500, text);
  }

  const server = createServer((request, response) => {
    askedOf(request).then(
      (asked) => {
        const requestId = randomUUID();
        send(response, answer(asked, requestId), requestId, clock.now());
      },
      (error: unknown) => {
        brokenBy(error);
        response.destroy();
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the fake has no port');

  const rootOf = (accountId: string): AwsCredentials => {
    const { rootKey } = world.account(accountId);
    return { accessKeyId: rootKey.id, secretAccessKey: rootKey.secret };
  };
  return {
    address: `http://127.0.0.1:${bound.port}`,
    port: bound.port,
    world,
    clock,
    root: rootOf(first.id),
    log,
    unexpected,
    rootOf,
    fault(match, given) {
      const fault = { match, answer: given };
      faults.add(fault);
      return () => void faults.delete(fault);
    },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
      });
    },
  };
}

/** Every Query service has one, so that a refusal can be read before the service is known. */
const spaceOf = (service: Service | undefined) =>
  service?.space ?? 'https://sts.amazonaws.com/doc/2011-06-15/';

/** The service is told by the scope of the signature: the host is the same for all. */
async function askedOf(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const body = Buffer.concat(chunks);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(',');
  }
  const target = request.url ?? '/';
  const signed = { method: request.method ?? 'GET', target, headers, body };
  const scope = /Credential=([^/]*)\/[^/]*\/([^/]*)\/([^/]*)\//.exec(headers['authorization'] ?? '');
  const [, keyId = '', region = '', service = ''] = scope ?? [];
  const jsonTarget = headers['x-amz-target'];
  if (jsonTarget !== undefined) {
    const input: Input = { ...JSON.parse(body.length === 0 ? '{}' : body.toString('utf8')) };
    const [space, action = ''] = jsonTarget.split('.');
    return { signed, service, region, keyId, space, action, input };
  }
  const query = new URLSearchParams(target.split('?')[1] ?? '');
  const form = new URLSearchParams([...query, ...new URLSearchParams(body.toString('utf8'))]);
  const action = form.get('Action') ?? '';
  return { signed, service, region, keyId, space: undefined, action, input: inputOfForm(form) };
}

function send(response: ServerResponse, raw: Raw, requestId: string, now: number): void {
  response.writeHead(raw.status, {
    date: new Date(now).toUTCString(),
    'x-amzn-requestid': requestId,
    'content-type': raw.type,
    'content-length': Buffer.byteLength(raw.body),
  });
  response.end(raw.body);
}
