import type { Evidence } from '../model/evidence.ts';
import type { PassedControl } from '../model/observation.ts';
import type { Reason } from '../model/reason.ts';
import type { VerdictWord } from '../model/report.ts';
import type { ReportDocument } from './report-schema.ts';

// The only place where codes become sentences. Everything else in the program passes codes with their arguments.

export interface ReasonText {
  /** One line in a finding. */
  readonly says: string;
  /** What it means, for `tombstone explain`. */
  readonly means: string;
  /** What would end it, or what would prove the item gone. */
  readonly next: string;
}

export const reasonTexts: { readonly [reason in Reason]: ReasonText } = {
  'R-ACTIVE': {
    says: 'still works',
    means: 'The system answered that the credential is still good: whoever holds it can still use it.',
    next: 'End it in the system that issued it, then verify again.',
  },
  'R-LISTED': {
    says: 'still stands',
    means: 'An authoritative answer of the system still shows the item.',
    next: 'Remove it in that system, then verify again.',
  },
  'R-STANDING': {
    says: 'the same access stands by another road',
    means: 'The grant is over, but the subject reaches the same thing through something else.',
    next: 'Remove the other entitlement, or record that it stood before the grant.',
  },
  'R-DISABLED': {
    says: 'refuses today, but somebody else can switch it on again',
    means:
      'The item is disabled, not removed: an administrator or another service can bring it back without a new grant.',
    next: 'Delete it instead of disabling it. If disabling is your policy, pass --allow dormant: the verdict stays dormant, the exit code softens.',
  },
  'R-DERIVED': {
    says: 'something made from it is not accounted for',
    means:
      'The issuer makes a principal, a child or a session elsewhere for this credential, and nothing proves the end of that one.',
    next: 'Name the derived credential in the record (derivedFrom), with its system, and verify again.',
  },
  'R-PERM': {
    says: 'the verifier may not look',
    means:
      'The system knows the verifier and refuses it the read. An item that may not be seen is not absent.',
    next: 'Give the verifier the permission that stands under "needs"; `tombstone connectors policy <connector>` prints them all.',
  },
  'R-AUTH': {
    says: "the verifier's own credential is refused",
    means: 'The system does not accept the verifier: its token or password is wrong, expired or revoked.',
    next: 'Renew the credential that tombstone.yaml names for this system; `tombstone doctor` shows whether it works.',
  },
  'R-CONTROL': {
    says: 'the control did not pass, so absence proves nothing',
    means:
      'Before and after each read, tombstone looks at something that must be seen. It was not seen, so not seeing the item proves nothing either.',
    next: 'Give the verifier a look at another object of the same scope, or name one under `controls` in tombstone.yaml.',
  },
  'R-UNREACHABLE': {
    says: 'the system did not answer',
    means: 'Refused, reset, timed out, sealed, or a server error: nobody answered the question.',
    next: 'Bring the system back, or correct its address in tombstone.yaml, and verify again.',
  },
  'R-RATE': {
    says: 'the system asked to slow down',
    means: 'The rate limit of the system cut the reading short.',
    next: 'Wait, or lower `limits.requestsPerSecond` of this system, and verify again.',
  },
  'R-REDIRECT': {
    says: 'the answer points elsewhere, and redirects are not followed',
    means:
      'A redirect would carry the verifier and its credential to a host that the configuration does not name.',
    next: 'Configure the address that answers by itself.',
  },
  'R-ANSWER': {
    says: "an answer that the system's documentation does not define",
    means:
      'The answer is not in the closed list of answers that mean something; guessing would be a false verdict.',
    next: 'Look at the detail: often a proxy, a login page or another version answers. If the system answers so by design, report it.',
  },
  'R-PARTIAL': {
    says: 'the answer was not whole',
    means:
      'A list or a body was cut off, or changed while it was read. What was not read cannot be called absent.',
    next: 'Verify again; if it stays, raise `limits.timeout` or look at the system.',
  },
  'R-LAG': {
    says: 'inside the propagation time of the end',
    means: 'The system documents that an end takes time to reach every place. It is too early to say gone.',
    next: 'Verify again after the time that stands in the detail.',
  },
  'R-CLOCK': {
    says: 'the clocks differ too much, or the server told no time',
    means:
      'Times are compared on the clock of the server; it differs from the clock of the verifier by more than the policy allows.',
    next: 'Correct the clocks (NTP), or raise `policy.maxClockSkew` knowingly.',
  },
  'R-NOAPI': {
    says: 'no interface can answer this question',
    means: 'The system has no call that could show the end of such an item.',
    next: 'Wait for its upper bound, or end what carries it; the item itself cannot be proven.',
  },
  'R-SCOPE': {
    says: 'outside what was configured or selected',
    means:
      'The system is not configured, its connector is not installed, or --connector left it out. Not looked at is not gone.',
    next: 'Add the system to tombstone.yaml, or drop the --connector flag, and verify again.',
  },
  'R-STALE': {
    says: 'the evidence is older than the policy or the revocation allows',
    means:
      'An old answer says nothing about now; an answer from before the revocation says nothing about the revocation.',
    next: 'Verify again with fresh answers.',
  },
  'R-INSTANCE': {
    says: 'not the instance that was pinned, or not one that can answer',
    means:
      'Another server answered under the same address: a restored copy, a replica, a wrong tunnel. Its answers are about another world.',
    next: 'Check the address. If the change is right, remove the old `instance:` line and run `tombstone doctor --pin`.',
  },
  'R-IDENTITY': {
    says: 'no immutable id, or the name stands under another id',
    means: 'Names are reused. With a name alone, a removed and a re-created item look the same.',
    next: 'Put the immutable id into the record; `tombstone record check` names the field.',
  },
  'R-NOT-REVOKED': {
    says: 'the grant is not revoked yet',
    means: 'The record names no revocation, so the grant still runs until its end.',
    next: 'Revoke the grant, write `revocation.at` into the record, and verify again.',
  },
  'R-DEPTH': {
    says: 'a lead that was not followed to its end',
    means: 'Something was found that leads further, and the run stopped before it was followed.',
    next: 'Add what was found to the record, and verify again.',
  },
  'R-ORIGIN': {
    says: 'something stands that may be of this grant, and nothing says whose it is',
    means:
      'A look at the whole system found things that the grant could have made, or that the subject holds; the system dates and attributes none of them.',
    next: 'Give what stands under "needs": the rights of the grant in the record, or a baseline from before it (`tombstone capture`). Or find out whose they are, and end them.',
  },
  'R-RIGHTS': {
    says: 'only the record says that the grant could not have made any',
    means:
      'The hunt was left out because of rights that the record declares and no system confirms, and the policy refuses that.',
    next: 'Let the verifier read the rights in the system, or set assumedRights: accept in the policy.',
  },
  'R-CHECK': {
    says: 'a check broke',
    means:
      'The check of a connector threw an error or answered against its contract. This is a bug of that connector.',
    next: 'Report it with the detail; the item stays unproven until the check works.',
  },
};

export const verdictTexts: { readonly [word in VerdictWord]: string } = {
  gone: 'proven absent, refused or over: by reads that could have seen it, on the right system, late enough',
  dormant: 'refuses today, but somebody other than the subject can switch it on again without a new grant',
  live: 'still works or still stands',
  unproven: 'nothing proves that it is gone; the reason says why and what would prove it',
};

export const exitTexts: ReadonlyMap<number, string> = new Map([
  [0, 'every item of every grant is proven gone, or softened by a flag or by the record, as the report says'],
  [1, 'something is live, or dormant without --allow dormant'],
  [2, 'wrong usage, a wrong configuration, or an invalid or empty record: nothing was verified'],
  [3, 'nothing is live, but something is unproven'],
  [4, 'an evidence file is broken or was changed: nothing was judged'],
  [
    70,
    'an error of tombstone itself, a run that never ended, or an output that could not be written: no verdict',
  ],
  [130, 'interrupted (SIGINT): no verdict'],
  [143, 'terminated (SIGTERM): no verdict'],
]);

type Seen = ReportDocument['grants'][number]['targets'][number]['evidence'][number]['observation'];
type ShownControl = Pick<PassedControl, 'form' | 'when' | 'chosen' | 'of'>;

/** What a check saw, in a few words: an observation of this run, or one out of a saved report. */
export function sawText(seen: Seen): string {
  switch (seen.saw) {
    case 'present':
      return `present, ${seen.state}: ${seen.value}`;
    case 'absent':
      return 'absent';
    case 'refused':
      return 'refused';
    case 'accepted':
      return {
        target: 'accepted as the target',
        other: 'accepted as somebody else',
        anyone: 'accepted from anyone: the endpoint does not authenticate',
      }[seen.as];
    case 'excluded':
      return `${seen.basis === 'proven' ? 'excluded' : 'assumed, not looked for'}: ${seen.why}`;
    case 'allows':
      return `allows ${seen.what.join(', ')}`;
    case 'denies':
      return `denies, and ${seen.liftedBy === 'subject' ? 'the subject itself' : 'somebody else'} can lift it`;
    case 'ended':
      return `${seen.how} at ${seen.at}, ${seen.family === 'whole' ? 'with its whole family' : 'this one only'}`;
    case 'inconclusive':
      return `no answer: ${seen.detail} (${seen.reason})`;
  }
}

/** Why the read could have seen the item; in full also when the control was seen. */
export function controlText(control: ShownControl, detail: 'short' | 'full' = 'full'): string {
  const when =
    detail === 'short' ? '' : control.when === 'within' ? ' in the same answer' : ` ${control.when} the read`;
  const chosen = control.chosen === 'configured' ? ', as configured' : '';
  switch (control.form) {
    case 'sighting':
      return `${control.of} seen${when}${chosen}`;
    case 'distinct-absence':
      return `${control.of}, never issued, gets the same plain "no such object"`;
  }
}

/** The controls of an observation; none where it is not a negative. */
export function controlsOf(evidence: Evidence): readonly PassedControl[] {
  return 'controls' in evidence.observation ? (evidence.observation.controls ?? []) : [];
}

/** `1 live   2 gone`, worst first, without what there is none of. */
export function countsText(summary: { readonly [word in VerdictWord]: number }, between = '   '): string {
  const words = (['live', 'unproven', 'dormant', 'gone'] as const).filter((word) => summary[word] > 0);
  return words.map((word) => `${summary[word]} ${word}`).join(between);
}

/** `1 item`, `2 items`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
