import { covered, failed, Findings, inconclusive, look } from '../../../src/connector.ts';
import type { Check, Failure, PassedControl, Scope } from '../../../src/connector.ts';
import { writes } from '../acl-text.ts';
import { auditHash, hashNeeds, noLog } from '../audit/hash.ts';
import { isWrap, tokenFound, tokensIn } from '../born-tokens.ts';
import type { TokenFacts, VaultClient } from '../client.ts';
import type { LookContext, LookScope } from '../looking.ts';
import { inOnePlace, ofAllTime } from '../looking.ts';
import { rightsNeeds } from '../needs.ts';
import type { Known, Rights } from '../rights.ts';
import { excludedBy, rightsOf } from '../rights.ts';
import { byOwnWay, couldLogIn, couldMakeOrphans, loginOf, noWayIn, ownWays } from '../ways.ts';

/** Orphans of the grant's own tokens are asked about with each of them (vault/token-children). */
export const bornTokens: Check<VaultClient, Scope> = look<VaultClient>({
  id: 'vault/born-tokens',
  look: 'hunt',
  title: 'Which tokens were made since the grant began, by logging in or otherwise, that may be its own?',
  needs: [...rightsNeeds, 'list,sudo auth/token/accessors', hashNeeds],
  docs: 'https://openbao.org/api-docs/auth/token/#lookup-a-token-accessor',
  effects: [],
  async observe(whole, ctx) {
    const scope = inOnePlace(whole);
    if (failed(scope)) return scope;
    const rights = await rightsOf(scope, ctx);
    if (failed(rights)) return rights;
    const witness = await witnessOf(rights, scope, ctx);
    const ways = ownWays(scope);
    // who may have logged in unseen may have made tokens that no token of the record is asked about
    const unseen = ways.length > 0 || scope.accounts.length > 0;
    const parents = scope.targets.some(({ kind, id }) => kind === 'vault/token' && id !== undefined);
    const makes = parents && !unseen ? 'asked' : rights.somewhere('auth/token/create*', writes);
    if (!unseen && (makes === 'asked' || makes === 'no') && noWayIn(rights)) {
      if (failed(witness)) return witness;
      const controls = [...rights.controls, ...witness];
      return excludedBy({ ...rights, controls }, 'have logged in, or made a way to log in');
    }
    const findings = new Findings(rights.controls);
    const tokens = await tokensIn(scope, ctx, findings);
    if (failed(tokens)) return tokens;
    for (const { facts, bornInWindow } of tokens) {
      const told = (relation: string, said?: readonly string[]) => tokenFound(facts, scope, relation, said);
      if (isWrap(facts)) findings.excuse('wrapping token: hunted by itself');
      else if (!bornInWindow) findings.excuse('created before the grant');
      else if (scope.accounts.includes(facts.entity_id ?? '')) findings.found(told('logged-in-as-subject'));
      else {
        const verdict = whose(facts, rights, makes, ways, scope.accounts);
        if ('excuse' in verdict) findings.excuse(verdict.excuse);
        else if ('exclude' in verdict) findings.exclude(verdict.exclude);
        else findings.weigh(verdict.known, told(verdict.relation, verdict.said));
      }
    }
    if (failed(witness)) findings.lacks(witness);
    else findings.add(witness);
    return findings.told(rights);
  },
});

/**
 * What no list shows is told by the audit log, which a look of its own follows; here it is only asked
 * whether there is one, where the grant could have made such a token.
 */
async function witnessOf(
  rights: Rights,
  { namespace, targets, accounts }: LookScope,
  ctx: LookContext,
): Promise<readonly PassedControl[] | Failure> {
  const could = couldMakeOrphans(rights);
  const nobody = targets.length + accounts.length === 0;
  if (could === 'no' || nobody || ofAllTime(ctx.window)) return [];
  const seen = covered(await ctx.read(auditHash, { input: 'is there a log?', namespace }));
  if (!failed(seen)) return seen.controls;
  if (seen.reason !== noLog.reason) return seen;
  const { needs = '' } = noLog;
  return inconclusive(
    'R-NOAPI',
    `the grant ${could === 'yes' ? 'could' : 'may'} have made an orphan batch token, which stands in no list`,
    could === 'yes' || rights.unknown === undefined ? needs : `${needs}, or ${rights.unknown.needs}`,
  );
}

type Whose =
  | { readonly excuse: string }
  | { readonly exclude: string }
  | {
      readonly known: 'yes' | 'unknown';
      readonly relation: string;
      readonly said?: readonly string[] | undefined;
    };

function whose(
  facts: TokenFacts,
  rights: Rights,
  makes: Known | 'asked',
  ways: ReturnType<typeof ownWays>,
  accounts: readonly string[],
): Whose {
  const login = loginOf(facts);
  if (login === undefined) {
    if (facts.path === 'auth/token/root') return { excuse: "made with the server's own keys" };
    if (!facts.orphan) return { excuse: 'child of another token, and ends with it' };
    if (makes === 'asked') return { excuse: 'asked about with the tokens of the grant' };
    if (makes === 'no') return { exclude: 'orphan that the grant had no right to make' };
    const carried = rights.carries(facts.policies ?? []);
    if (carried === 'no') return { exclude: 'carries a policy that the grant could not give' };
    return { known: makes === 'yes' ? carried : makes, relation: 'created-in-window' };
  }
  const own = byOwnWay(login, ways);
  if (own !== undefined) {
    const relation = 'logged-in-by-the-same-role';
    return own === 'perhaps'
      ? { known: 'unknown', relation }
      : { known: 'yes', relation, said: own.policies };
  }
  const could = couldLogIn(login, rights);
  if (could === 'no') return { exclude: 'logged in by itself, where the grant could make no way to log in' };
  const acting = facts.entity_id ?? '';
  if (could === 'unknown' && accounts.length > 0 && acting !== '') {
    return { excuse: 'logged in as another entity' };
  }
  return { known: could, relation: 'logged-in-where-the-grant-could' };
}
