/** A file audit device: what OpenBao 2.6.1 writes of each request and its answer. */
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import type { Said } from './answer.ts';
import { errors, instant, twice } from './answer.ts';
import type { FakeToken, FakeWorld } from './world.ts';

/** What of a call the log has. */
interface Logged {
  readonly method: string;
  readonly path: string;
  readonly namespace: string;
  readonly token: string;
  readonly wrapTtl: string;
  readonly body: Readonly<Record<string, unknown>>;
}

type Fields = Readonly<Record<string, unknown>>;

const operations: Readonly<Record<string, string>> = {
  GET: 'read',
  LIST: 'list',
  POST: 'update',
  DELETE: 'delete',
};
const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;

export class FakeAudit {
  readonly device: string;
  readonly file: string;
  /** `hmac_accessor = "false"`: accessors are written as they are. */
  hashesAccessors = true;
  #salt = randomBytes(32);

  constructor(device: string, file: string) {
    this.device = device;
    this.file = file;
    appendFileSync(file, '');
  }

  /** A device that is disabled and enabled again has another salt. */
  renew(): void {
    this.#salt = randomBytes(32);
  }

  hash(input: string): string {
    return `hmac-sha256:${createHmac('sha256', this.#salt).update(input).digest('hex')}`;
  }

  /** `sys/audit-hash/<device>`, which the root namespace alone has. */
  asked(device: string, namespace: string, input: unknown): Said {
    if (namespace !== '') return errors(400, 'operation only available in root namespace');
    if (device !== this.device) return errors(400, `unknown audit backend "${device}/"`);
    if (typeof input !== 'string' || input === '') return errors(400, 'the "input" parameter is empty');
    return twice({ hash: this.hash(input) });
  }

  /** Both lines of one request. `caller` as the token was before it was answered. */
  note(world: FakeWorld, call: Logged, caller: FakeToken | undefined, answer: Said): void {
    const body = fieldsOf(answer.body) ?? {};
    const id =
      typeof body['request_id'] === 'string' && body['request_id'] !== '' ? body['request_id'] : randomUUID();
    const made = fieldsOf(body['auth']);
    const failed = answer.status >= 400;
    const auth = made === undefined || caller !== undefined ? this.#holder(caller) : this.#auth(made);
    const place = world.namespaces.get(call.namespace);
    const request = {
      id,
      operation: operations[call.method] ?? call.method.toLowerCase(),
      ...(caller === undefined ? {} : this.#asking(caller)),
      namespace: {
        id: place?.id ?? 'root',
        ...(call.namespace === '' ? {} : { path: `${call.namespace}/` }),
      },
      path: `${call.path}${call.method === 'LIST' ? '/' : ''}`,
      data: this.#blurred(call.body),
      ...(call.wrapTtl === '' ? {} : { wrap_ttl: call.wrapTtl }),
    };
    this.#write(world, { type: 'request', auth: this.#holder(caller), request });
    const response = {
      ...(made === undefined ? {} : { auth: this.#auth(made) }),
      ...(typeof body['lease_id'] === 'string' && body['lease_id'] !== ''
        ? { secret: { lease_id: body['lease_id'] } }
        : {}),
      ...this.#wrapped(fieldsOf(body['wrap_info'])),
      ...(fieldsOf(body['data']) === undefined ? {} : { data: this.#blurred(fieldsOf(body['data']) ?? {}) }),
    };
    const error = failed ? { error: '1 error occurred:\n\t* it failed\n\n' } : {};
    this.#write(world, { type: 'response', auth, request, response, ...error });
  }

  #write(world: FakeWorld, entry: Fields): void {
    appendFileSync(this.file, `${JSON.stringify({ time: instant(world.now()), ...entry })}\n`);
  }

  #accessor(accessor: unknown): Fields {
    if (typeof accessor !== 'string' || accessor === '') return {};
    return { accessor: this.hashesAccessors ? this.hash(accessor) : accessor };
  }

  #holder(token: FakeToken | undefined): Fields {
    if (token === undefined) return { token_type: 'default' };
    return {
      client_token: this.hash(token.value),
      ...this.#accessor(token.accessor),
      ...(token.entityId === '' ? {} : { entity_id: token.entityId }),
      token_type: token.type,
    };
  }

  #asking(token: FakeToken): Fields {
    const { accessor } = this.#accessor(token.accessor);
    return {
      client_token: this.hash(token.value),
      ...(accessor === undefined ? {} : { client_token_accessor: accessor }),
    };
  }

  #auth(made: Fields): Fields {
    return {
      client_token: this.hash(String(made['client_token'])),
      ...this.#accessor(made['accessor']),
      ...(made['metadata'] === null ? {} : { metadata: made['metadata'] }),
      ...(made['entity_id'] === '' ? {} : { entity_id: made['entity_id'] }),
      token_type: made['token_type'],
      ...(made['lease_duration'] === 0 ? {} : { token_ttl: made['lease_duration'] }),
    };
  }

  #wrapped(info: Fields | undefined): Fields {
    if (info === undefined) return {};
    const { accessor: wrapped } = this.#accessor(info['wrapped_accessor']);
    return {
      wrap_info: {
        ...info,
        token: this.hash(String(info['token'])),
        ...this.#accessor(info['accessor']),
        ...(wrapped === undefined ? {} : { wrapped_accessor: wrapped }),
      },
    };
  }

  /** Texts are hashed, but for what the device knows to be no secret; numbers and the like are as they are. */
  #blurred(fields: Fields): Fields {
    return Object.fromEntries(
      Object.entries(fields).map(([name, value]) => {
        if (name === 'accessor' || name === 'secret_id_accessor') {
          return [name, this.#accessor(value)['accessor'] ?? this.hash(String(value))];
        }
        return [name, typeof value === 'string' ? this.hash(value) : value];
      }),
    );
  }
}
