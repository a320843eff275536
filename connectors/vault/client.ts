import type { Door, Failure, HttpAnswer, HttpRequest, Raw, Secret } from '../../src/connector.ts';
import { failed, inconclusive, z } from '../../src/connector.ts';
import type { Absence } from './answers.ts';
import { isAbsence, refusal } from './answers.ts';
import type { VaultConfig } from './config.ts';
import { plainNamespace, within } from './place.ts';

/** What the connector holds of one server: the door, the verifier's token, and what that token is. */
export interface VaultClient {
  readonly door: Door;
  readonly token: Secret;
  /** Without slashes at its ends; '' is the root namespace. */
  readonly namespace: string;
  readonly controls: VaultConfig['controls'];
  readonly auditLog: VaultConfig['auditLog'];
  /** The verifier's own token as `lookup-self` last gave it. An accessor never changes hands. */
  own: TokenFacts | undefined;
  /** Namespaces in which the verifier may not list leases: asked once, not in every epoch. */
  readonly unlistable: Set<string>;
}

export function createClient(config: VaultConfig, door: Door): VaultClient {
  return {
    door,
    token: config.token,
    namespace: plainNamespace(config.namespace ?? ''),
    controls: config.controls,
    auditLog: config.auditLog,
    own: undefined,
    unlistable: new Set(),
  };
}

/** One call with its closed table: the shape of its 200, the word for absent, the permission it takes. */
export interface Endpoint<V> {
  readonly method: HttpRequest['method'];
  /** Below `/v1/`. */
  readonly path: string;
  /** `update auth/token/lookup` */
  readonly needs: string;
  /** Shape of the `data` of a 200: strict in what a verdict needs, open in the rest. */
  readonly data: z.ZodType<V>;
  readonly absent?: Absence;
}

export interface Asked {
  /** The namespace to ask in; undefined is the configured one. */
  readonly namespace?: string | undefined;
  readonly body?: unknown;
  readonly query?: string;
}

export interface Found<V> {
  readonly value: V;
  readonly warnings: readonly string[];
}

const envelope = z.looseObject({
  data: z.unknown(),
  warnings: z.array(z.string()).nullish(),
});

/** Asks one endpoint. Nothing that is not in its table becomes an answer. */
export async function ask<V>(
  client: VaultClient,
  endpoint: Endpoint<V>,
  asked: Asked,
  signal: AbortSignal,
): Promise<Found<V> | 'nothing' | Failure> {
  const answer = await exchange(client, endpoint, asked, signal);
  return failed(answer) ? answer : answered(answer, endpoint);
}

/** The answer as it came, for endpoints whose table has more than one word for absent. */
export function exchange(
  client: VaultClient,
  endpoint: Pick<Endpoint<unknown>, 'method' | 'path'>,
  { namespace = client.namespace, body, query = '' }: Asked,
  signal: AbortSignal,
): Promise<HttpAnswer | Failure> {
  if (!within(client.namespace, namespace)) {
    return Promise.resolve(
      inconclusive(
        'R-SCOPE',
        `the record names the namespace ${namespace}, the system is configured for ${client.namespace}`,
      ),
    );
  }
  return client.door.http(
    {
      method: endpoint.method,
      path: `/v1/${endpoint.path}${query === '' ? '' : `?${query}`}`,
      headers: {
        'x-vault-token': client.token,
        'x-vault-request': 'true',
        ...(namespace === '' ? {} : { 'x-vault-namespace': namespace }),
      },
      ...(body === undefined ? {} : { body }),
    },
    signal,
  );
}

/** What an answer means by the endpoint's own table. */
export function answered<V>(answer: HttpAnswer, endpoint: Endpoint<V>): Found<V> | 'nothing' | Failure {
  if (endpoint.absent !== undefined && isAbsence(answer, endpoint.absent)) return 'nothing';
  if (answer.status !== 200) return refusal(answer, endpoint.needs);
  return shaped(answer, endpoint);
}

function shaped<V>(answer: HttpAnswer, endpoint: Endpoint<V>): Found<V> | Failure {
  const outer = envelope.safeParse(answer.json);
  const inner = outer.success ? endpoint.data.safeParse(outer.data.data) : undefined;
  if (!outer.success || inner?.success !== true) {
    return inconclusive(
      'R-ANSWER',
      `a 200 of ${endpoint.path} without the fields that its documentation names`,
    );
  }
  return { value: inner.data, warnings: outer.data.warnings ?? [] };
}

/** What the token endpoints say of a token; `id`, the token itself, is never kept. */
export const tokenFacts = z
  .object({
    accessor: z.string(),
    /** Seconds since the epoch. */
    creation_time: z.number().int(),
    /** To the nanosecond; older servers, and tokens that never expire, may lack it. */
    issue_time: z.string().nullish(),
    /** Seconds left; 0 for a token that never expires, or for one that is ending. */
    ttl: z.number(),
    expire_time: z.string().nullable(),
    /** -1: its revocation has begun and is not finished. */
    num_uses: z.number().int(),
    orphan: z.boolean(),
    path: z.string(),
    policies: z.array(z.string()).nullable(),
    type: z.string(),
    display_name: z.string(),
    entity_id: z.string().optional(),
    period: z.number().optional(),
    namespace_path: z.string().optional(),
    /** What the way to log in says of it. */
    meta: z.record(z.string(), z.string()).nullish(),
  })
  .readonly();
export type TokenFacts = z.infer<typeof tokenFacts>;

/** A token whose revocation has begun is neither there nor gone. */
export function settledToken(found: Found<TokenFacts> | 'nothing' | Failure): Raw<TokenFacts> {
  if (found === 'nothing' || failed(found)) return found;
  if (found.value.num_uses < 0) {
    return inconclusive(
      'R-LAG',
      `the revocation of the token has begun and is not finished (num_uses ${found.value.num_uses})`,
    );
  }
  return { value: found.value };
}
