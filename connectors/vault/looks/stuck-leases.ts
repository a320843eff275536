import { failed, Findings, look, whenBegan } from '../../../src/connector.ts';
import type { Check, Scope } from '../../../src/connector.ts';
import { anything } from '../acl-text.ts';
import type { VaultClient } from '../client.ts';
import { folder } from '../folders.ts';
import { lease } from '../leases.ts';
import type { LookContext, LookScope } from '../looking.ts';
import { inOnePlace } from '../looking.ts';
import { rightsNeeds } from '../needs.ts';
import type { Rights } from '../rights.ts';
import { excludedBy, rightsOf } from '../rights.ts';

const listLeases = 'list,sudo sys/leases/lookup/*';
// the rule for what lies below does not cover the list of all
const listTop = 'list,sudo sys/leases/lookup/';
/** What makes no lease. Those below auth/ are the tokens' own. */
const noLeases = /^(?:auth|sys|identity|cubbyhole)\//;

/**
 * Leases end with the token that asked for them, so one that has time left is of a token that stands.
 * One without is being revoked, again and again, and what it gave may work on.
 */
export const stuckLeases: Check<VaultClient, Scope> = look<VaultClient>({
  id: 'vault/stuck-leases',
  look: 'hunt',
  title: 'Which leases that the grant could have asked for cannot be revoked?',
  needs: [...rightsNeeds, listTop, listLeases, 'update sys/leases/lookup'],
  docs: 'https://openbao.org/docs/concepts/lease/',
  effects: [],
  async observe(whole, ctx) {
    const scope = inOnePlace(whole);
    if (failed(scope)) return scope;
    const rights = await rightsOf(scope, ctx);
    if (failed(rights)) return rights;
    if (rights.somewhere('*', anything, noLeases) === 'no') {
      return excludedBy(rights, 'have asked for anything that is leased');
    }
    const findings = new Findings(rights.controls);
    await below('', rights, scope, ctx, findings);
    return findings.told(rights);
  },
});

async function below(
  at: string,
  rights: Rights,
  scope: LookScope,
  ctx: LookContext,
  findings: Findings,
): Promise<void> {
  const path = `sys/leases/lookup${at === '' ? '' : `/${at}`}`;
  const list = findings.take(
    await ctx.read(folder, {
      path,
      needs: at === '' ? listTop : listLeases,
      namespace: scope.namespace,
    }),
  );
  if (list?.saw !== 'value') return;
  const known = rights.may(at, anything);
  const names = list.value.names.map((name) => (at === '' ? name : `${at}/${name}`));
  const leases = names.filter((name) => !name.endsWith('/'));
  if (known === 'no') findings.exclude('lease that the grant had no right to ask for', leases.length);
  else await each(leases, known, scope, ctx, findings);
  const folders = names.filter((name) => name.endsWith('/') && name !== 'auth/');
  await Promise.all(folders.map((name) => below(name.slice(0, -1), rights, scope, ctx, findings)));
}

async function each(
  ids: readonly string[],
  known: 'yes' | 'unknown',
  { namespace, targets }: LookScope,
  ctx: LookContext,
  findings: Findings,
): Promise<void> {
  const seen = await Promise.all(ids.map((leaseId) => ctx.read(lease, { leaseId, namespace })));
  for (const answer of seen) {
    const one = findings.take(answer);
    if (one?.saw !== 'value') continue;
    const { id, issue_time: bornAt, ttl, revoke_error: error } = one.value;
    if (targets.some((target) => target.id === id)) findings.excuse('named in the record, or found before');
    else if (!whenBegan(ctx.window, one.stamp).since(bornAt)) findings.excuse('created before the grant');
    else if (ttl > 0 && error === undefined)
      findings.excuse('lease of a token that stands, and ends with it');
    else {
      findings.weigh(known, {
        kind: 'vault/lease',
        id,
        ref: { leaseId: id, ...(namespace === undefined ? {} : { namespace }) },
        relation: 'cannot-be-revoked',
        bornAt,
        label: `lease ${id}`,
        standing: 'cannot be revoked',
      });
    }
  }
}
