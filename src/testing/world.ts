import type { AnyConnector } from '../connector.ts';

/** Where something listens, on loopback. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** One question on its way, as the proxy in front of the system saw it. */
export interface Asked {
  /** Counts from 1. */
  readonly number: number;
  /** HTTP only. */
  readonly method: string;
  /** Path and query. HTTP only. */
  readonly path: string;
  /** HTTP: the body. Others: what the client wrote since the last answer, as Latin-1. */
  readonly body: string;
}

/** What the record would say of a thing that was given. */
export interface ContractTarget {
  /** The locator, as the kind's schema takes it. */
  readonly ref: unknown;
  /** The value itself, for checks that introspect or probe. */
  readonly secret?: string;
  /** Ids of the subject's accounts in this system. */
  readonly accounts?: readonly string[];
  /** For a look: what the record names in this system. `ref` is then not used. */
  readonly declared?: readonly { readonly kind: string; readonly ref: unknown }[];
  /** When the grant began, RFC 3339. An hour before the question where not given. */
  readonly from?: string;
}

/**
 * What a connector's author brings for one check: a small living system, or a real server, whose
 * verifier has exactly the permissions that `policy(check.needs)` renders. Each case opens one of its
 * own; the server behind it may be shared.
 */
export interface ContractWorld {
  readonly address: Address;
  /** The system in `tombstone.yaml`, as if it listened at this address. */
  configuration(address: Address): {
    /** The system's own fields. References to secrets are `env:NAME`. */
    readonly fields: Readonly<Record<string, unknown>>;
    readonly environment: Readonly<Record<string, string>>;
  };
  /** More texts that must appear nowhere: a password that only stands inside a URL. */
  readonly secrets?: readonly string[];
  /** Makes a living target of the check's kind. */
  create(): Promise<ContractTarget>;
  /** Really ends it, as its owner would. */
  end(target: ContractTarget): Promise<void>;
  /** Is this the question whose answer decides about the target? */
  asks(asked: Asked, target: ContractTarget): boolean;
  /**
   * Questions whose answer no verdict rests on, each with its written reason: a list that would only
   * have given a better control. Spoiling one of them may leave an absence as it was.
   */
  readonly idle?: readonly { readonly why: string; is(asked: Asked): boolean }[];
  /**
   * Of the check's `needs`, those without which nobody knows how a target stands, but still that an
   * ended one is not there; each with its written reason.
   */
  readonly describing?: Readonly<Record<string, string>>;
  /** Takes these of the check's `needs` from the verifier. What comes back gives them back. */
  blind(needs: readonly string[]): Promise<() => Promise<void>>;
  /** For checks that list: makes so many others that the target stands on the last page. */
  crowd?(target: ContractTarget): Promise<void>;
  /** Another instance that takes the same verifier, and in which no target ever was. */
  elsewhere(): Promise<Address>;
  /** Everything that a check could have changed, as one text. */
  snapshot(): Promise<string>;
  /** Questions that a fake did not know. */
  unexpected?(): readonly string[];
  /** Socket protocols: an error answer that says this text, as servers repeat what they were sent. */
  errorAnswer?(text: string): Buffer;
  stop(): Promise<void>;
}

export interface Contract {
  readonly connector: AnyConnector;
  /** The check's id. */
  readonly check: string;
  open(): Promise<ContractWorld>;
}

/** One promise of the contract. `run` rejects with what was broken. */
export interface ContractCase {
  readonly name: string;
  run(): Promise<void>;
}

/** What a case throws: a promise of the contract that does not hold. */
export class BrokenContract extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'BrokenContract';
  }
}
