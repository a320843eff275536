import type { Reason } from '../../src/model/reason.ts';
import type { VerdictWord } from '../../src/model/report.ts';
import type { GrantInput } from './record.ts';
import type { VerifierOptions } from './verifier.ts';
import type { World } from './world.ts';

/** What must come out for one target. */
export type Outcome = 'gone' | `${'live' | 'dormant' | 'unproven'} ${Reason}`;

/** Written from the world: what a person who had used every credential would have to say. */
export interface Expectation {
  readonly grant: VerdictWord;
  readonly exit: 0 | 1 | 3;
  /** Every target of the report, by its id: those of the record, and those that must be found. */
  readonly targets: Readonly<Record<string, Outcome>>;
  /** What would prove it, as each unproven target must say: the permission by the vendor's own name. */
  readonly needs?: string;
  /** A line that the report for people must hold. */
  readonly says?: string;
}

/** One question of a checker that believes what it is told. */
export type NaiveAnswer = 'gone' | 'still there';
/** What happened when the credential was used. */
export type Truth = 'works' | 'refused';

export interface Scenario {
  /** Unique: `orphan-child-undeclared`. */
  readonly name: string;
  /** One line. */
  readonly story: string;
  readonly naive: { readonly asks: string; readonly says: NaiveAnswer };
  readonly truth: { readonly by: string; readonly is: Truth };
  readonly expected: Expectation;
  /**
   * Why Tombstone says "gone" here and something works: what this version does not look at.
   * `expected.says` is how the report says so. A story that turns out otherwise loses this field.
   */
  readonly limit?: string;
  /** The same questions by a verifier that lacks one permission. */
  readonly blinded?: { readonly without: string; readonly expected: Expectation };
  /** Does it all, on real servers. */
  play(world: World): Promise<Played>;
}

/** A world in which the story has happened. */
export interface Played {
  readonly grant: GrantInput;
  /** Where the verifier looks, if that is not the world's own servers with the printed permissions. */
  readonly verifier?: VerifierOptions;
  /** How the systems are configured whoever looks: other points, whether values are tried, the audit log. */
  readonly configured?: Pick<VerifierOptions, 'endpoints' | 'probe' | 'audit'>;
  naive(): Promise<NaiveAnswer>;
  truth(): Promise<Truth>;
  /** Somebody else switches it on again, without a new grant: what "dormant" means. */
  revive?(): Promise<void>;
  /**
   * The clean twin: the same grant, now ended honestly. Afterwards every target must be gone, with
   * its control, and every use be refused. Without it the story itself ended honestly.
   */
  mend?(): Promise<void>;
  /** The record of the clean twin, where the story's own was not what it should have been. */
  amended?(): GrantInput;
  /** Ends what the story left open, after everything was asked. */
  clean?(): Promise<void>;
}
