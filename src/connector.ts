/**
 * What a connector is made of. Built-in connectors and packages named `tombstone-connector-<id>`
 * use this entrance and no other.
 *
 * A connector says what it *saw*; it never says what that means. It names its reads as sources; the
 * core calls them, pages them, shares them and puts the controls around them.
 */
import type { Duplex } from 'node:stream';
import type { core, ZodType } from 'zod';
import type { Method, Mints } from './model/evidence.ts';
import type { Claim, Controls, Failure, Observation, Some, Stamp } from './model/observation.ts';
import type { Secret } from './model/secret.ts';
import type { Baseline } from './model/baseline.ts';
import type { Found, LookAt } from './look.ts';

export * as z from 'zod';
export type { Method, Mints } from './model/evidence.ts';
export type {
  Bound,
  Claim,
  Controls,
  Edge,
  Failure,
  Lead,
  Node,
  Observation,
  PassedControl,
  Some,
  Stamp,
} from './model/observation.ts';
export type { Reason } from './model/reason.ts';
export { failed, inconclusive } from './model/observation.ts';
export { Secret } from './model/secret.ts';
export { earliest, whenBegan } from './began.ts';
export { covered, Findings } from './findings.ts';
export { look } from './look.ts';
export type { Excluded, Found, Look, LookAt, Looked, Missed, Scope } from './look.ts';
export { durationMs, instantMs } from './model/time.ts';
export { unlisted } from './door/classify.ts';
export { TextFile } from './model/text-file.ts';
export { secret, textFile } from './config/fields.ts';

// ── the door ────────────────────────────────────────────────────────────────────────────────────

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'LIST';
  /** Absolute path with query, below the system's configured address. Every part percent-encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | Secret>>;
  /** Sent as JSON. May hold Secrets: they are revealed only into the socket. */
  readonly body?: unknown;
  /** Instead of `body`: sent as it is, as an SDK wrote and signed it. Only reads with an `operation` may. */
  readonly text?: string;
  /** Another of the hosts that the connector's host named `beside` it. */
  readonly host?: string;
  /** What the tape calls this request where its path holds an id: never a secret. */
  readonly name?: string;
}

/** A whole HTTP answer: JSON or an empty body, or XML where a `text` asked, with a status that is not a redirect. */
export interface HttpAnswer {
  readonly saw: 'answer';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed body; undefined when it was empty, and where a `text` asked. */
  readonly json: unknown;
  /** The body as it came, where a `text` asked. */
  readonly text?: string;
  /** From the `Date` header, RFC 3339. */
  readonly serverAt?: string;
}

/** One statement or command over a socket, for the tape. */
export interface Note {
  readonly asked: string;
  readonly answered: string;
  readonly startedAt: number;
  readonly digestOf?: string;
  readonly serverAt?: string;
}

/** What was read of a file, line by line. */
export interface FileRead {
  readonly saw: 'file';
  readonly lines: number;
  /** Read from the first to this one. */
  readonly bytes: number;
  /** Bytes after the last line end: a line that is still being written, which was not handed over. */
  readonly unended: number;
}

/** The only way out. Every byte goes through it: allow-listed hosts, timeouts, no redirects, size caps, read-only guard, budget, tape, redaction. */
export interface Door {
  /** Never throws for what a server does: transport trouble, redirects, HTML, truncation, oversize and unparseable bodies come back as failures with their reason. */
  http(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer | Failure>;
  /** A socket to one of the hosts that the connector's `hosts` named, for drivers that speak their own protocol. */
  socket(host: string, port: number): Duplex;
  /**
   * Reads a file on this machine that the connector's host named, to the end that it has now, and hands
   * over each whole line. Written on the tape with its digest. A file that is missing, may not be read,
   * is no plain file, is cut off meanwhile or has a line above 16 MiB is a failure; what `take` throws is thrown.
   */
  lines(path: string, take: (line: string) => void, signal: AbortSignal): Promise<FileRead | Failure>;
  /** Runs one request of a socket protocol inside the system's budget (rate, concurrency, timeout). */
  turn<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Writes a socket protocol's exchange on the tape. */
  note(note: Note): void;
  /** Milliseconds since the epoch, by the verifier's clock. */
  now(): number;
}

// ── sources ─────────────────────────────────────────────────────────────────────────────────────

/** What a connector's read returns. `'nothing'` is the vendor's documented word for "no such object", from a closed table; everything else that is not the object is a failure. */
export type Raw<V> = { readonly value: V } | 'nothing' | Failure;

export interface Page<V> {
  readonly items: readonly V[];
  readonly last: boolean;
}

/** An object that the verifier knows to be alive, in the scope of the target. */
export interface Sibling<K> {
  readonly key: K;
  readonly chosen: 'configured' | 'own';
}

/**
 * A named read. Offer `one`, and `some` where one call answers many keys from one snapshot; `all`
 * where the system can list. All routes must give the same answers.
 */
export interface Source<C, K, V> {
  readonly id: string;
  /** What a sighting must share with the target to prove anything: namespace, database, tenant. */
  scope(key: K): string;
  /** The key in one line for evidence and for sharing: never a secret. Different keys, different names. */
  name(key: K): string;
  /** Is this value really the object that was asked for? A server that answers about something else has not answered. */
  answers(value: V, key: K): boolean;
  /** Candidates for the sighting, best first. A failure says why there are none. */
  siblings(client: C, scope: string, signal: AbortSignal): Promise<readonly Sibling<K>[] | Failure>;
  /** A well-formed key that was never issued; offer it only where the vendor's absence answer differs from "not permitted", and say where that is written. */
  readonly stranger?: { key(scope: string): K; readonly docs: string };
  one?(client: C, key: K, signal: AbortSignal): Promise<Raw<V>>;
  some?(client: C, keys: Some<K>, signal: AbortSignal): Promise<readonly Raw<V>[] | Failure>;
  all?(client: C, scope: string, signal: AbortSignal): AsyncIterable<Page<V> | Failure>;
  readonly order?: 'snapshot' | 'keyset' | 'offset';
}

export type Answer<V> =
  | {
      readonly saw: 'value';
      readonly value: V;
      readonly controls?: Controls;
      /** Why it comes without controls. */
      readonly uncontrolled?: Failure;
      readonly stamp: Stamp;
    }
  | { readonly saw: 'nothing'; readonly controls: Controls; readonly stamp: Stamp }
  | Failure;

/** A whole list, with the sibling sighted in it. */
export type ListAnswer<V> =
  | { readonly saw: 'list'; readonly items: readonly V[]; readonly controls: Controls; readonly stamp: Stamp }
  | Failure;

// ── kinds and checks ────────────────────────────────────────────────────────────────────────────

/**
 * A schema of zod 4: from `zod`, which `z` is, or from the lighter `zod/mini`, which the kinds of the
 * built-in connectors use, because `record check` loads them at every start.
 */
export type Schema<T> = core.$ZodType<T> & {
  parse(value: unknown, context?: core.ParseContext<core.$ZodIssue>): T;
  safeParse(value: unknown, context?: core.ParseContext<core.$ZodIssue>): core.util.SafeParseResult<T>;
};

/** A kind of target: what its locator is, what its end requires. */
export interface Kind<R> {
  /** `<connector>/<noun>` */
  readonly kind: string;
  readonly title: string;
  /** `coverage`: that a look at a whole system was complete. Only `look` makes such a kind. */
  readonly role: 'credential' | 'entitlement' | 'coverage';
  /** Strict schema of the locator. Ids that gone needs, but that a record may lack, are optional here and missing from `id`. */
  readonly ref: Schema<R>;
  /** A whole locator that was never issued: `doctor` rehearses the proof of its absence, docs and completion show it. */
  readonly example: R;
  /** Fields of the locator without which nothing can be proven gone. */
  readonly needed: readonly string[];
  /** The immutable id, or undefined where the record does not give it. */
  id(ref: R): string | undefined;
  /** The locator in one line, for people. */
  label(ref: R): string;
  readonly requires: Some<Claim>;
  /** The claim whose standing positive makes the target live by itself. */
  readonly killing: Claim;
  /** What must be a target of its own, for this one to be all gone. */
  mints(ref: R): Mints;
  /** Documented propagation time of an end, ISO 8601. */
  readonly horizon: string;
  /** What a person runs or does to end it. */
  fix(ref: R): string;
}

export interface CheckTarget<R> {
  readonly id: string;
  readonly ref: R;
  readonly system: string;
  /** Present only where the record names one and the policy lets this check have it. */
  readonly secret?: Secret;
  /** Ids of the subject's accounts in this system, from the record. */
  readonly accounts: readonly string[];
  /** What stood before the grant, where it was captured. */
  readonly baseline?: Baseline;
  /** For the core: what a look came upon, whole, while a baseline is taken. */
  captured?(seen: readonly Found[], stamp: Stamp): void;
}

export interface Context<C> {
  /** Control, read, control: an answer without its controls does not exist. */
  read<K, V>(source: Source<C, K, V>, key: K): Promise<Answer<V>>;
  /** The whole list, paged to its end, with a sibling sighted in it. */
  walk<K, V>(source: Source<C, K, V>, scope: string): Promise<ListAnswer<V>>;
  /** From the grant's first instant to now; `revokedAt` where the record says that it ended. RFC 3339. */
  readonly window: { readonly from: string; readonly to: string; readonly revokedAt?: string };
}

export interface Check<C, R> {
  /** `<connector>/<noun looked at>`; the file has the last part's name. */
  readonly id: string;
  /** The question, for people. */
  readonly title: string;
  readonly of: Kind<R>;
  readonly claim: Claim;
  /** A check that only corroborates never makes or breaks a verdict by its failure. */
  readonly decides: boolean;
  readonly method: Method;
  /** Exact permissions, by the vendor's own name. `connectors policy` prints their union. */
  readonly needs: Some<string>;
  /** The vendor page that says what the answers mean. */
  readonly docs: string;
  /** What asking changes in the system, in words; empty when nothing. */
  readonly effects: readonly string[];
  /** Does this point, as the system is configured, answer the question? Defaults to every point: a copy that lags or a pooler may still let the subject in. */
  at?(point: string, config: unknown): boolean;
  /** Is this target one that the check can ask about? Defaults to yes. */
  applies?(target: { readonly ref: R; readonly hasSecret: boolean }): boolean;
  observe(target: CheckTarget<R>, ctx: Context<C>): Promise<Observation>;
}

// ── connectors ──────────────────────────────────────────────────────────────────────────────────

export interface Identity {
  /** Who the server says it is: cluster id, system identifier, account, issuer. */
  readonly instance: string;
  /** Whom the server takes the verifier for. */
  readonly principal: string;
  /** The server's clock, RFC 3339. */
  readonly serverAt?: string;
}

export interface Host {
  readonly protocol: 'http:' | 'https:' | 'tcp:';
  readonly host: string;
  readonly port: number;
  /** PEM bundle of the authorities to trust instead of the system's. */
  readonly ca?: string;
  /** `allowInsecure: true` in the configuration. */
  readonly allowInsecure: boolean;
  /** Other hosts of the same system, asked with the same protocol, port and authorities. */
  readonly beside?: readonly string[];
  /** Absolute paths of the only files that may be read: logs that the configuration names. */
  readonly files?: readonly string[];
}

/** A way of asking that the read-only guard lets through. */
export interface AllowedRead {
  readonly method: HttpRequest['method'];
  /** Matched against the whole path without its query. */
  readonly path: RegExp;
  /** For APIs with one path for everything: what the body's only `Action`, or `x-amz-target`, must be. Matched whole. */
  readonly operation?: RegExp;
}

export interface Connector<Cfg, C> {
  readonly apiVersion: 1;
  readonly id: string;
  readonly title: string;
  /** Strict schema of the system's own fields in `tombstone.yaml` (without `connector`, `instance`, `limits`). */
  readonly config: ZodType<Cfg>;
  /** The fields that every system of this kind needs, as a starter file shows them; secrets as references. */
  readonly example?: Readonly<Record<string, unknown>>;
  /** Names of the points at which the system enforces, as configured. The first is the one that is asked about records. */
  points(config: Cfg): Some<string>;
  /** The only host that this point may reach. May throw an error for people: a configuration that names none. */
  host(config: Cfg, point: string): Host;
  /** HTTP reads that may leave; empty for socket protocols, which hold their own read-only transaction. */
  readonly reads: readonly AllowedRead[];
  connect(config: Cfg, point: string, door: Door): C;
  close(client: C): Promise<void>;
  /** Asked at both ends of every epoch. */
  identify(client: C, signal: AbortSignal): Promise<Identity | Failure>;
  readonly kinds: Some<Kind<unknown>>;
  /** Looks too, as `look` makes them. */
  readonly checks: Some<Check<C, unknown>>;
  /** Why a look that the connector does not offer has nothing to find there. Without a reason it is unproven. */
  readonly without?: { readonly [look in Exclude<LookAt, 'points'>]?: string };
  /** Renders `needs` into the system's own policy language. */
  policy(needs: readonly string[]): string;
}

/** A connector as the registry holds it. */
export type AnyConnector = Connector<unknown, unknown>;
