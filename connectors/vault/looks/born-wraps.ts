import { failed, Findings, look } from '../../../src/connector.ts';
import type { Check, Scope } from '../../../src/connector.ts';
import { anything } from '../acl-text.ts';
import { isWrap, tokenFound, tokensIn } from '../born-tokens.ts';
import type { TokenFacts, VaultClient } from '../client.ts';
import { inOnePlace } from '../looking.ts';
import { rightsNeeds } from '../needs.ts';
import type { Known, Rights } from '../rights.ts';
import { excludedBy, rightsOf } from '../rights.ts';
import { byOwnWay, loginOf, ownWays } from '../ways.ts';

/** A wrapping token keeps, as its path, the path whose answer it holds. */
export const bornWraps: Check<VaultClient, Scope> = look<VaultClient>({
  id: 'vault/born-wraps',
  look: 'hunt',
  title:
    'Which answers were wrapped since the grant began, that it could have asked for, and nobody claimed?',
  needs: [...rightsNeeds, 'list,sudo auth/token/accessors'],
  docs: 'https://openbao.org/docs/concepts/response-wrapping/',
  effects: [],
  async observe(whole, ctx) {
    const scope = inOnePlace(whole);
    if (failed(scope)) return scope;
    const rights = await rightsOf(scope, ctx);
    if (failed(rights)) return rights;
    const ways = ownWays(scope);
    if (ways.length === 0 && rights.somewhere('*', anything) === 'no') {
      return excludedBy(rights, 'have asked for anything');
    }
    const findings = new Findings(rights.controls);
    const tokens = await tokensIn(scope, ctx, findings);
    if (failed(tokens)) return tokens;
    for (const { facts, bornInWindow } of tokens) {
      if (!isWrap(facts)) continue;
      const asked = bornInWindow ? couldAsk(facts, rights, ways) : 'no';
      if (!bornInWindow) findings.excuse('created before the grant');
      else if (facts.path === 'sys/wrapping/wrap') findings.excuse('holds what its maker brought');
      else if (asked === 'no') findings.exclude('wraps what the grant had no right to ask for');
      else findings.weigh(asked, tokenFound(facts, scope, 'wrapped-in-window'));
    }
    return findings.told(rights);
  },
});

/** A login takes no right of a policy, so what was wrapped by one counts by its role. */
function couldAsk(facts: TokenFacts, rights: Rights, ways: ReturnType<typeof ownWays>): Known {
  const login = loginOf(facts);
  const own = login === undefined ? undefined : byOwnWay(login, ways);
  if (own === undefined) return rights.may(facts.path, anything);
  return own === 'perhaps' ? 'unknown' : 'yes';
}
