import { failed, Findings, look, whenBegan } from '../../../src/connector.ts';
import type { Check, Scope } from '../../../src/connector.ts';
import { writes } from '../acl-text.ts';
import type { VaultClient } from '../client.ts';
import { folder } from '../folders.ts';
import type { LookContext, LookScope } from '../looking.ts';
import { inOnePlace } from '../looking.ts';
import type { AppRole } from '../minting.ts';
import { appRoles, mintingPaths } from '../minting.ts';
import { rightsNeeds } from '../needs.ts';
import type { Known } from '../rights.ts';
import { excludedBy, rightsOf } from '../rights.ts';
import { listSecretIds, lookUpSecretIds, secretId } from '../secret-ids.ts';
import { noWayIn } from '../ways.ts';

export const bornSecretIds: Check<VaultClient, Scope> = look<VaultClient>({
  id: 'vault/born-secret-ids',
  look: 'hunt',
  title: 'Which secret ids were made since the grant began, for roles that it could make them for?',
  needs: [...rightsNeeds, listSecretIds, lookUpSecretIds],
  docs: 'https://openbao.org/api-docs/auth/approle/#list-secret-id-accessors',
  effects: [],
  async observe(whole, ctx) {
    const scope = inOnePlace(whole);
    if (failed(scope)) return scope;
    const rights = await rightsOf(scope, ctx);
    if (failed(rights)) return rights;
    if (noWayIn(rights)) return excludedBy(rights, 'have made a secret id');
    const findings = new Findings(rights.controls);
    const roles = await appRoles(scope, ctx);
    if (failed(roles)) return roles;
    findings.add(roles.controls);
    const could = roles.value.map((role): [AppRole, Known] => {
      const answers = mintingPaths(role).map((path) => rights.may(path, writes));
      return [role, answers.includes('yes') ? 'yes' : answers.includes('unknown') ? 'unknown' : 'no'];
    });
    findings.exclude(
      'role that the grant had no right to make a secret id for',
      could.filter(([, known]) => known === 'no').length,
    );
    await Promise.all(
      could.map(async ([role, known]) =>
        known === 'no' ? undefined : ofRole(role, known, scope, ctx, findings),
      ),
    );
    return findings.told(rights);
  },
});

async function ofRole(
  { mount, name: role }: AppRole,
  known: 'yes' | 'unknown',
  { namespace, targets }: LookScope,
  ctx: LookContext,
  findings: Findings,
): Promise<void> {
  const path = `${mount}/role/${role}/secret-id`;
  const list = findings.take(await ctx.read(folder, { path, needs: listSecretIds, namespace, hashed: true }));
  if (list?.saw !== 'value') return;
  const seen = await Promise.all(
    list.value.names.map((accessor) =>
      ctx.read(secretId, { mount, role, accessor, namespace, mountAccessor: undefined }),
    ),
  );
  for (const answer of seen) {
    const one = findings.take(answer);
    if (one?.saw !== 'value') continue;
    const { secret_id_accessor: accessor, creation_time: made } = one.value.facts;
    const id = `${mount} ${accessor}`;
    if (targets.some((target) => target.id === id)) findings.excuse('named in the record, or found before');
    else if (!whenBegan(ctx.window, one.stamp).since(made)) findings.excuse('created before the grant');
    else {
      const ref = { mount, role, accessor, ...(namespace === undefined ? {} : { namespace }) };
      findings.weigh(known, {
        kind: 'vault/approle-secret-id',
        id,
        ref,
        relation: 'made-in-window',
        bornAt: made,
        label: `secret id ${accessor} of ${mount}/role/${role}`,
        standing: `${mount}/role/${role}`,
      });
    }
  }
}
