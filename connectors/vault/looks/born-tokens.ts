import { failed, look } from '../../../src/connector.ts';
import type { Check, Scope } from '../../../src/connector.ts';
import { writes } from '../acl-text.ts';
import { isWrap, tokenFound, tokensIn } from '../born-tokens.ts';
import type { TokenFacts, VaultClient } from '../client.ts';
import { Findings, inOnePlace } from '../looking.ts';
import { rightsNeeds } from '../needs.ts';
import type { Known, Rights } from '../rights.ts';
import { excludedBy, rightsOf } from '../rights.ts';
import { byOwnWay, couldLogIn, loginOf, noWayIn, ownWays } from '../ways.ts';

/** Orphans of the grant's own tokens are asked about with each of them (vault/token-children). */
export const bornTokens: Check<VaultClient, Scope> = look<VaultClient>({
  id: 'vault/born-tokens',
  look: 'hunt',
  title: 'Which tokens were made since the grant began, by logging in or otherwise, that may be its own?',
  needs: [...rightsNeeds, 'list,sudo auth/token/accessors'],
  docs: 'https://openbao.org/api-docs/auth/token/#lookup-a-token-accessor',
  effects: [],
  async observe(whole, ctx) {
    const scope = inOnePlace(whole);
    if (failed(scope)) return scope;
    const rights = await rightsOf(scope, ctx);
    if (failed(rights)) return rights;
    const ways = ownWays(scope);
    // who may have logged in unseen may have made tokens that no token of the record is asked about
    const unseen = ways.length > 0 || scope.accounts.length > 0;
    const parents = scope.targets.some(({ kind, id }) => kind === 'vault/token' && id !== undefined);
    const makes = parents && !unseen ? 'asked' : rights.somewhere('auth/token/create*', writes);
    if (!unseen && (makes === 'asked' || makes === 'no') && noWayIn(rights)) {
      const others =
        rights.somewhere('auth/token/create*', writes) === 'no'
          ? ''
          : '; an orphan batch token that it made would stand in no list';
      return excludedBy(rights, `have logged in, or made a way to log in${others}`);
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
    return findings.told(rights);
  },
});

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
