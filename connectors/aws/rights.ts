import { z } from '../../src/connector.ts';
import type { Controls, Excluded, Scope } from '../../src/connector.ts';
import type { Detail } from './account.ts';
import { couldAssume } from './assumable.ts';
import type { Actor } from './assumable.ts';
import { kinds } from './kinds.ts';
import { readDocument } from './policy/index.ts';
import type { Statement } from './policy/index.ts';
import { actionMatches } from './policy/pattern.ts';

/** What the grant could do, as its record tells it: IAM keeps no history of policies. */
export interface Rights {
  /** Could it have done any of these? By its allows alone: what a deny or a condition took away is not counted. */
  could(actions: readonly string[]): boolean;
  /** Why everything seems possible. */
  readonly unknown?: string;
}

const acting = z.looseObject({
  policies: z.array(z.string()).optional(),
  userId: z.string().optional(),
  userName: z.string().optional(),
  principalId: z.string().optional(),
  principalName: z.string().optional(),
});

type Told = z.infer<typeof acting>;

/** What comes in by itself nowhere in the account, or asks one thing that was signed before. */
const signsNothing = ['aws/mfa-device', 'aws/presigned-url', 'aws/secret-version'];
/** Credentials sign requests; an entitlement alone signs none. */
const signs = new Set(
  kinds
    .filter(({ role, kind }) => role === 'credential' && !signsNothing.includes(kind))
    .map(({ kind }) => kind),
);
/** Whoever may do one of these has the rights of another too. */
const becoming = ['iam:PassRole', 'sts:AssumeRole', 'sts:AssumeRoot'];

/** What a look that weighed something by the rights says of them. */
export const basisOf = ({ unknown }: Rights) =>
  ({
    basis: 'declared',
    ...(unknown === undefined
      ? {}
      : {
          unknown: {
            needs: `the policies of the grant in the record, or a baseline that was taken before it: ${unknown}`,
          },
        }),
  }) as const;

/** By the word of the record alone. */
export const excluded = (what: string, controls: Controls): Excluded => ({
  saw: 'excluded',
  basis: 'declared',
  why: `by the policies that the record declares the grant could not ${what}`,
  controls,
});

const everything = (unknown: string): Rights => ({ could: () => true, unknown });

/**
 * By the `policies` of everybody who acted in the grant, and by whom the roles of the account trust. The
 * credentials of one user have the rights of one user: it is enough that one of them tells.
 */
export function rightsOf({ targets }: Scope, all: readonly Detail[]): Rights {
  const allows: Statement[] = [];
  const actors = new Map<string, Actor>();
  for (const { kind, id, ref } of targets) {
    const parsed = acting.safeParse(ref);
    const { principalId, principalName, ...named }: Told = parsed.success ? parsed.data : {};
    const actor: Actor = { userId: principalId, userName: principalName, ...named };
    if (!signs.has(kind) && actor.policies === undefined) continue;
    const who = actor.userId ?? id ?? kind;
    const before = actors.get(who);
    const policies = [...(actor.policies ?? []), ...(before?.policies ?? [])];
    const told = actor.policies !== undefined || before?.policies !== undefined;
    actors.set(who, { ...actor, ...before, ...(told ? { policies } : {}) });
  }
  if (actors.size === 0) return everything('what the grant could do is not in the record');
  for (const actor of actors.values()) {
    const assumed = couldAssume(actor, all);
    if (assumed !== undefined) return everything(assumed);
    for (const text of actor.policies ?? []) {
      const policy = readDocument(text, 'identity');
      if ('flaw' in policy) return everything(`a policy of the record cannot be read: ${policy.flaw}`);
      allows.push(...policy.statements.filter(({ effect }) => effect === 'Allow'));
    }
  }
  const could = (actions: readonly string[]) =>
    actions.some((action) => allows.some((one) => actionMatches(one.actions, action)));
  return could(becoming) ? everything('the grant could pass roles or become them') : { could };
}
