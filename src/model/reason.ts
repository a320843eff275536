/** Why a verdict is not `gone`. Codes are stable: never renamed, never reused. Sentences for people live in `src/reporters/messages.ts`. */
export const reasons = [
  'R-ACTIVE', // the credential still works
  'R-LISTED', // an authoritative answer still shows it
  'R-STANDING', // the same access by another road
  'R-DISABLED', // refuses today, and somebody else can switch it on again
  'R-DERIVED', // something made from it is not accounted for
  'R-PERM', // the verifier may not look
  'R-AUTH', // the verifier's own credential is refused
  'R-CONTROL', // the control did not pass, so absence proves nothing
  'R-UNREACHABLE', // no answer: refused, reset, timed out, sealed, 5xx
  'R-RATE', // the system asked us to slow down
  'R-REDIRECT', // the answer points elsewhere, and redirects are not followed
  'R-ANSWER', // an answer that the system's documentation does not define
  'R-PARTIAL', // the answer or the list was not whole
  'R-LAG', // inside the propagation time of the end
  'R-CLOCK', // clocks differ by more than the policy allows, or the server told no time
  'R-NOAPI', // no interface can answer this question
  'R-SCOPE', // outside what was configured or selected
  'R-STALE', // older than the policy's age, or older than the revocation
  'R-INSTANCE', // not the instance that was pinned, or not one that can answer
  'R-IDENTITY', // no immutable id, or the name stands under another id
  'R-NOT-REVOKED', // the grant still runs
  'R-DEPTH', // a lead that was not followed to its end
  'R-ORIGIN', // something stands that may be of the grant, and nothing says whose it is
  'R-RIGHTS', // only the record says that the grant could not have made any
  'R-CHECK', // a check broke: a bug of its connector
] as const;

export type Reason = (typeof reasons)[number];
