import { instantMs } from '../../../src/connector.ts';
import type { OwnWay } from '../ways.ts';
import { byOwnWay, loginOf } from '../ways.ts';
import type { Entry } from './entries.ts';

/** What a request of the grant left, as the log tells it. Ids are as the device writes them. */
export type Left = {
  readonly at: string;
  /** Below `/v1/`, in its namespace. */
  readonly path: string;
  /** Without slashes at its ends; '' is the root namespace. */
  readonly namespace: string;
  /** Before it the log showed an id that was hashed like those that were asked about now. */
  readonly anchored: boolean;
  readonly relation: 'created-in-window' | 'logged-in-as-subject' | 'logged-in-by-the-same-role';
  /** A login that does not say by which role it was may be another's, and so may all that came of it. */
  readonly sure: boolean;
} & (
  | { readonly is: 'token' | 'wrap'; readonly accessor: string }
  | {
      readonly is: 'batch';
      /** Does it end with a token of the grant? */
      readonly child: boolean;
      /** Seconds; undefined where the log does not say. */
      readonly ttl: number | undefined;
    }
  | { readonly is: 'lease'; readonly leaseId: string }
  | { readonly is: 'secret-id'; readonly accessor: string | undefined }
  | { readonly is: 'definition' }
);

/** Where to begin. */
export interface Start {
  /** Accessors of the grant's tokens, as the device writes them. */
  readonly tokens: ReadonlySet<string>;
  /** Any other accessor that was asked about: the verifier's own. */
  readonly anchors: ReadonlySet<string>;
  /** Entities of the subject. */
  readonly entities: readonly string[];
  /** Roles and users with which the grant logs in. */
  readonly ways: readonly OwnWay[];
  /** Does the record name a token by its value alone? Then any that was made since may be that one. */
  readonly byValue: boolean;
  /** Milliseconds: requests that only the subject or the role shows count from here. */
  readonly from: number;
}

const nothing =
  /^(?:auth\/token\/(?!create)|sys\/(?:leases|renew|revoke|capabilities|audit-hash|internal)(?:$|[/-]))/;
const mintedAt = /^auth\/.+\/role\/[^/]+\/(?:custom-)?secret-id$/;
const defined =
  /^(?:auth\/(?!token\/(?!roles\/))|identity\/(?!lookup\/|oidc\/|mfa\/)|sys\/(?:policies|policy|auth|mounts|remount|raw|namespaces)(?:\/|$))/;
const loggingIn = /\/(?:login|callback)(?:\/[^/]+)?$/;
const writing: readonly (string | undefined)[] = ['create', 'update', 'patch'];

/**
 * Follows what was made with the tokens of a grant, and with what was made with them, through entries
 * in the order of the log: a token is made before it is used.
 */
export class Trail {
  readonly #start: Start;
  /** Whatever authenticates, as the device writes it, and whether it surely is the grant's. */
  readonly #tokens: Map<string, boolean>;
  /** Of tokens that have no accessor, and of wrapping tokens that somebody else opens. */
  readonly #values = new Map<string, boolean>();
  readonly #secretIds = new Map<string, boolean>();
  readonly #left: Left[] = [];
  readonly #born = new Set<string>();
  #anchored = false;

  constructor(start: Start) {
    this.#start = start;
    this.#tokens = new Map([...start.tokens].map((one) => [one, true]));
  }

  get left(): readonly Left[] {
    return this.#left;
  }

  /** Of the tokens that it began with: those whose birth the log showed. */
  get born(): ReadonlySet<string> {
    return this.#born;
  }

  take(entry: Entry): void {
    const { response, request, error = '' } = entry;
    const ids = [
      entry.auth.accessor,
      request.client_token_accessor,
      response?.auth?.accessor,
      response?.wrap_info?.accessor,
      response?.wrap_info?.wrapped_accessor,
    ];
    this.#anchored ||= ids.some((id) => id !== undefined && this.#known(id));
    this.#births(entry);
    const whose = this.#whose(entry);
    if (whose === undefined && error === '') this.#perhaps(entry);
    if (whose === undefined || error !== '' || response === null || response === undefined) return;
    const common = {
      at: entry.time,
      path: request.path,
      namespace: (request.namespace?.path ?? '').replace(/^\/+|\/+$/g, ''),
      anchored: this.#anchored,
      ...whose,
    };
    this.#token(entry, common);
    this.#wrap(entry, common);
    const leaseId = response.secret?.lease_id ?? '';
    if (leaseId !== '' && !nothing.test(request.path)) this.#left.push({ ...common, is: 'lease', leaseId });
    const { secret_id: secretId, secret_id_accessor: id } = response.data ?? {};
    if (typeof secretId === 'string') this.#secretIds.set(secretId, whose.sure);
    if (!writing.includes(request.operation)) return;
    if (mintedAt.test(request.path)) {
      const accessor = typeof id === 'string' ? id : response.wrap_info?.wrapped_accessor;
      this.#left.push({ ...common, is: 'secret-id', accessor });
    } else if (defined.test(request.path) && !loggingIn.test(request.path)) {
      this.#left.push({ ...common, is: 'definition' });
    }
  }

  #known(id: string): boolean {
    return this.#start.tokens.has(id) || this.#start.anchors.has(id);
  }

  /** A token's birth is the answer that brought it; one behind a wrap has it where it was wrapped. */
  #births({ request, response }: Entry): void {
    const { auth, wrap_info: wrap } = response ?? {};
    const brought = nothing.test(request.path) ? [] : [auth?.accessor];
    for (const id of [...brought, wrap?.accessor, wrap?.wrapped_accessor]) {
      if (id !== undefined && this.#start.tokens.has(id)) this.#born.add(id);
    }
  }

  /** Is the request the grant's, and by what? */
  #whose({ auth, request, response, time }: Entry): Pick<Left, 'relation' | 'sure'> | undefined {
    const { token, secret_id: secretId } = request.data;
    const unwraps = typeof token === 'string' && request.path === 'sys/wrapping/unwrap';
    const by = [
      this.#tokens.get(auth.accessor ?? request.client_token_accessor ?? ''),
      this.#values.get(request.client_token ?? ''),
      unwraps ? this.#values.get(token) : undefined,
      typeof secretId === 'string' ? this.#secretIds.get(secretId) : undefined,
    ].filter((sure) => sure !== undefined);
    if (by.length > 0) return { relation: 'created-in-window', sure: by.includes(true) };
    if ((instantMs(time) ?? Infinity) < this.#start.from) return undefined;
    const acting = response?.auth?.entity_id ?? auth.entity_id ?? '';
    if (this.#start.entities.includes(acting)) return { relation: 'logged-in-as-subject', sure: true };
    const brought = response?.auth ?? response?.wrap_info ?? undefined;
    const login = loginOf({ path: request.path, meta: response?.auth?.metadata });
    const own = brought === undefined || login === undefined ? undefined : byOwnWay(login, this.#start.ways);
    return own === undefined
      ? undefined
      : { relation: 'logged-in-by-the-same-role', sure: own !== 'perhaps' };
  }

  /** A token that somebody made: it is nobody's finding, but what comes of it may be the grant's. */
  #perhaps({ request, response, time }: Entry): void {
    const { byValue, from } = this.#start;
    if (!byValue || (instantMs(time) ?? Infinity) < from || nothing.test(request.path)) return;
    const { auth, wrap_info: wrap } = response ?? {};
    for (const id of [auth?.accessor, wrap?.wrapped_accessor]) if (id) this.#tokens.set(id, false);
    for (const value of [auth?.client_token, wrap?.token]) if (value) this.#values.set(value, false);
  }

  #token({ request, response }: Entry, common: Common): void {
    const auth = response?.auth;
    if (auth === null || auth === undefined || nothing.test(request.path)) return;
    if (auth.accessor !== undefined && auth.accessor !== '') {
      this.#tokens.set(auth.accessor, common.sure);
      this.#left.push({ ...common, is: 'token', accessor: auth.accessor });
      return;
    }
    if (auth.client_token !== undefined) this.#values.set(auth.client_token, common.sure);
    const { no_parent: alone } = request.data;
    // anywhere else, and by a role, it may be without a parent
    const child =
      request.path === 'auth/token/create' &&
      (alone === undefined || alone === false) &&
      common.relation === 'created-in-window';
    this.#left.push({ ...common, is: 'batch', child, ttl: auth.token_ttl });
  }

  #wrap({ response }: Entry, common: Common): void {
    const wrap = response?.wrap_info;
    if (wrap === null || wrap === undefined) return;
    if (wrap.token !== undefined) this.#values.set(wrap.token, common.sure);
    const { accessor, wrapped_accessor: inside = '' } = wrap;
    if (accessor !== undefined) {
      this.#tokens.set(accessor, common.sure);
      this.#left.push({ ...common, is: 'wrap', accessor });
    }
    // a secret id that was wrapped has one too, and is no token
    if (inside === '' || mintedAt.test(common.path)) return;
    this.#tokens.set(inside, common.sure);
    this.#left.push({ ...common, is: 'token', accessor: inside });
  }
}

type Common = Pick<Left, 'at' | 'path' | 'namespace' | 'anchored' | 'relation' | 'sure'>;
