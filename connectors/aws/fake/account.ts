/** One account: its state, what its replicas still show, and its own root. */
import type { Clock } from './clock.ts';
import { newId, newSecret } from './ids.ts';
import type { Partition } from './regions.ts';
import type { AccessKey, Holder, Profile, Role, State, User } from './state.ts';
import { emptyState } from './state.ts';
import type { TrailEvent } from './trail.ts';

interface Past {
  /** When this stopped to be so. */
  readonly until: number;
  readonly state: State;
}

export class Account {
  readonly id: string;
  readonly partition: Partition;
  readonly createdAt: number;
  /** Opt-in regions that are switched on here. */
  readonly regions = new Set<string>();
  /** Service control policies on it, each of which must allow. */
  readonly scps: string[] = [];
  /** The management account of the organisation that it is in. */
  management: Account | undefined;
  /** Oldest first. No replica: it has a delay of its own. */
  readonly trail: TrailEvent[] = [];
  readonly rootKey: AccessKey;
  /** Milliseconds by which reads are behind, and by which the look-up of keys and rights is. */
  lag = { reads: 0, rights: 0 };
  readonly #clock: Clock;
  readonly #state = emptyState();
  readonly #past: Past[] = [];

  constructor(id: string, partition: Partition, clock: Clock) {
    this.id = id;
    this.partition = partition;
    this.#clock = clock;
    this.createdAt = clock.now();
    this.rootKey = {
      id: newId('AKIA', id),
      secret: newSecret(),
      userId: id,
      createdAt: this.createdAt,
      active: true,
      lastUsed: undefined,
    };
    this.#state.keys.set(this.rootKey.id, this.rootKey);
  }

  /** As it is. */
  get state(): State {
    return this.#state;
  }

  /** As reads see it. */
  get shown(): State {
    return this.#asOf(this.lag.reads);
  }

  /** As authentication and authorisation see it. */
  get ruling(): State {
    return this.#asOf(this.lag.rights);
  }

  /** Before every write: what is so until now. */
  keep(): void {
    const longest = Math.max(this.lag.reads, this.lag.rights);
    if (longest === 0) return;
    const now = this.#clock.now();
    while (this.#past[0] !== undefined && this.#past[0].until < now - longest) this.#past.shift();
    this.#past.push({ until: now, state: structuredClone(this.#state) });
  }

  #asOf(lag: number): State {
    if (lag === 0) return this.#state;
    const at = this.#clock.now() - lag;
    return this.#past.find(({ until }) => until > at)?.state ?? this.#state;
  }

  /** `arn:aws:iam::111111111111:user/jit`. */
  arn(resource: string, service = 'iam', region = ''): string {
    return `arn:${this.partition}:${service}:${region}:${this.id}:${resource}`;
  }

  userArn({ path, name }: Pick<User, 'path' | 'name'>): string {
    return this.arn(`user${path}${name}`);
  }

  roleArn({ path, name }: Pick<Role, 'path' | 'name'>): string {
    return this.arn(`role${path}${name}`);
  }

  groupArn({ path, name }: Pick<Holder, 'path' | 'name'>): string {
    return this.arn(`group${path}${name}`);
  }

  policyArn({ path, name }: { readonly path: string; readonly name: string }): string {
    return this.arn(`policy${path}${name}`);
  }

  profileArn({ path, name }: Pick<Profile, 'path' | 'name'>): string {
    return this.arn(`instance-profile${path}${name}`);
  }
}
