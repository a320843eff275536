/** Several accounts, the sessions that were handed out, and the switches of a test. */
import { Account } from './account.ts';
import type { Shape } from './answer.ts';
import type { Caller, Session } from './caller.ts';
import { rootOf } from './caller.ts';
import type { Clock } from './clock.ts';
import { everything } from './organization/organization.ts';
import { perform } from './perform.ts';
import type { Partition } from './regions.ts';
import { services } from './services.ts';

/** A refusal of a principal's k-th call. */
export interface Denial {
  /** An ARN as GetCallerIdentity says it, or an access key id. */
  readonly principal: string;
  /** `iam:ListUsers`; every action where it is not given. */
  readonly action?: string;
  /** The first such call is 1. */
  readonly call: number;
}

export interface Switches {
  /** `everybody`: as moto without enforcement, any key is let in as a user of the first account. */
  authenticates: 'properly' | 'everybody';
  /** Every k-th request is throttled. */
  throttleEvery: number | undefined;
  /** How far a signature's time may be off, in milliseconds. */
  skewToleranceMs: number;
  /**
   * For how long, in milliseconds, after a wrong secret for a key a right one is called wrong too: seen
   * on the real service for about five seconds.
   */
  wrongSecretLingersMs: number;
  /**
   * Whether a session whose user or role was deleted still authenticates. The manual says that it is
   * refused by what people remember; AWS documents only that rights are looked up for each request.
   * Either way it is allowed nothing.
   */
  orphans: 'refused' | 'authenticate';
  /** After how many milliseconds an event can be looked up. */
  trailDelayMs: number;
  /** Look-ups a second, an account and region; undefined where they are not counted. AWS allows two. */
  lookupsPerSecond: number | undefined;
  /** How long Identity Center takes for an assignment or for provisioning, in milliseconds. */
  provisioningMs: number;
  /** Why what begins from now on will fail; undefined where it will not. */
  provisioningFails: string | undefined;
  /**
   * What lists of assignments say of an instance that there is not in this region: the reference has
   * ResourceNotFoundException among their errors, an emulator answers with an empty list.
   */
  strangeInstances: 'refused' | 'empty';
  /** The most items of a page, below what the caller asks for. */
  pageSize: number | undefined;
}

export class World {
  readonly clock: Clock;
  readonly accounts = new Map<string, Account>();
  /** By key id. */
  readonly sessions = new Map<string, Session>();
  readonly denials = new Set<Denial>();
  /** When events were looked up, by account and region. */
  readonly lookups = new Map<string, readonly number[]>();
  readonly wrongSecrets = new Map<string, number>();
  readonly switches: Switches = {
    authenticates: 'properly',
    throttleEvery: undefined,
    skewToleranceMs: 5 * 60_000,
    wrongSecretLingersMs: 0,
    orphans: 'refused',
    trailDelayMs: 0,
    lookupsPerSecond: undefined,
    provisioningMs: 0,
    provisioningFails: undefined,
    strangeInstances: 'refused',
    pageSize: undefined,
  };

  constructor(clock: Clock) {
    this.clock = clock;
  }

  addAccount(id: string, partition: Partition = 'aws'): Account {
    if (!/^\d{12}$/.test(id)) throw new Error(`an account has twelve digits: ${id}`);
    if (this.accounts.has(id)) throw new Error(`there is an account ${id} already`);
    const account = new Account(id, partition, this.clock);
    this.accounts.set(id, account);
    return account;
  }

  account(id: string): Account {
    const account = this.accounts.get(id);
    if (account === undefined) throw new Error(`there is no account ${id}`);
    return account;
  }

  /** Puts an account into the organisation of another, at its root. */
  join(id: string, managementId: string): void {
    const management = this.account(managementId);
    const { organization } = management.state;
    if (organization === undefined) throw new Error(`${managementId} manages no organisation`);
    const account = this.account(id);
    management.keep();
    account.management = management;
    organization.members.set(id, { id, joinedAt: this.clock.now() });
    organization.parents.set(id, organization.rootId);
    if (organization.scps) organization.attached.set(id, new Set([everything.id]));
  }

  /**
   * Any operation, by the account's root and without a request: for set-ups. In a region where it matters.
   *
   * @throws AwsError as the service would answer.
   */
  call(accountId: string, service: string, action: string, input: Shape = {}, region = 'us-east-1'): Shape {
    const found = services.get(service);
    const operation = found?.operations[action];
    if (found === undefined || operation === undefined) throw new Error(`no ${service}:${action}`);
    const account = this.account(accountId);
    const caller: Caller = { ...rootOf(account), unruled: true };
    return perform(this, found, action, caller, input, region) ?? {};
  }
}
