import { failed, Findings, look, whenBegan } from '../../../src/connector.ts';
import type { Check, Found, Scope } from '../../../src/connector.ts';
import { writes } from '../acl-text.ts';
import type { VaultClient } from '../client.ts';
import type { EntityFacts } from '../entities.ts';
import { entity, listEntities, readEntities } from '../entities.ts';
import { folder } from '../folders.ts';
import type { GroupFacts } from '../groups.ts';
import { group, listGroups, readGroups } from '../groups.ts';
import type { LookContext, LookScope } from '../looking.ts';
import { inOnePlace } from '../looking.ts';
import { rightsNeeds } from '../needs.ts';
import { excludedBy, rightsOf } from '../rights.ts';
import { entityStanding, groupStanding, membershipsOf } from '../standings.ts';

const askings = /^identity\/(?:lookup|oidc|mfa)\//;

export const bornIdentities: Check<VaultClient, Scope> = look<VaultClient>({
  id: 'vault/born-identities',
  look: 'hunt',
  title: 'Which entities, ways to log in and groups were made or changed since the grant began?',
  needs: [...rightsNeeds, listEntities, readEntities, listGroups, readGroups],
  docs: 'https://openbao.org/api-docs/secret/identity/entity/',
  effects: [],
  async observe(whole, ctx) {
    const scope = inOnePlace(whole);
    if (failed(scope)) return scope;
    const rights = await rightsOf(scope, ctx);
    if (failed(rights)) return rights;
    const known = rights.somewhere('identity/*', writes, askings);
    if (known === 'no') return excludedBy(rights, 'have changed who anybody is');
    const findings = new Findings(rights.controls);
    await Promise.all([entities(known, scope, ctx, findings), groups(known, scope, ctx, findings)]);
    return findings.told(rights);
  },
});

type Weight = 'yes' | 'unknown';

async function entities(
  known: Weight,
  { namespace, targets }: LookScope,
  ctx: LookContext,
  findings: Findings,
): Promise<void> {
  const path = 'identity/entity/id';
  const list = findings.take(await ctx.read(folder, { path, needs: listEntities, namespace }));
  if (list?.saw !== 'value') return;
  const seen = await Promise.all(list.value.names.map((id) => ctx.read(entity, { id, namespace })));
  for (const answer of seen) {
    const one = findings.take(answer);
    if (one?.saw !== 'value') continue;
    const facts = one.value;
    const { since } = whenBegan(ctx.window, one.stamp);
    const dates = [facts, ...(facts.aliases ?? [])].flatMap((each) => [
      each.creation_time,
      each.last_update_time,
    ]);
    if (targets.some(({ id }) => id === facts.id)) findings.excuse('named in the record, or found before');
    else if (!dates.some(since)) findings.excuse('made and last changed before the grant');
    else if (confersNothing(facts)) findings.excuse('entity that confers nothing');
    else findings.weigh(known, told(facts, namespace));
  }
}

const confersNothing = ({ policies, group_ids: groups }: EntityFacts): boolean =>
  (policies ?? []).length === 0 && (groups ?? []).length === 0;

function told(facts: EntityFacts, namespace: string | undefined): Found {
  const { id, name, last_update_time: bornAt } = facts;
  return {
    kind: 'vault/identity-entity',
    id,
    ref: { id, name, ...(namespace === undefined ? {} : { namespace }) },
    relation: 'changed-in-window',
    bornAt,
    label: `entity ${name} ${id}`,
    standing: entityStanding(facts),
  };
}

async function groups(
  known: Weight,
  { namespace, targets }: LookScope,
  ctx: LookContext,
  findings: Findings,
): Promise<void> {
  const path = 'identity/group/id';
  const list = findings.take(await ctx.read(folder, { path, needs: listGroups, namespace }));
  if (list?.saw !== 'value') return;
  const seen = await Promise.all(list.value.names.map((id) => ctx.read(group, { id, namespace })));
  for (const answer of seen) {
    const one = findings.take(answer);
    if (one?.saw !== 'value') continue;
    const facts = one.value;
    if (!whenBegan(ctx.window, one.stamp).since(facts.last_update_time)) {
      findings.excuse('made and last changed before the grant');
    } else if (groupConfersNothing(facts)) findings.excuse('group that confers nothing');
    else {
      const members = membershipsOf(facts, namespace, 'member-of-a-group-changed-in-window');
      const fresh = members.filter((member) => !targets.some(({ id }) => id === member.id));
      if (known === 'yes' && members.length > 0 && (facts.member_group_ids ?? []).length === 0) {
        for (const member of fresh) findings.found(member);
        findings.excuse('named in the record, or found before', members.length - fresh.length);
      } else {
        findings.unexplained({
          kind: 'vault/identity-group',
          id: facts.id,
          ref: { id: facts.id },
          relation: 'changed-in-window',
          bornAt: facts.last_update_time,
          label: `group ${facts.name} ${facts.id}`,
          standing: groupStanding(facts),
        });
      }
    }
  }
}

const groupConfersNothing = (facts: GroupFacts): boolean =>
  (facts.policies ?? []).length === 0 && (facts.parent_group_ids ?? []).length === 0;
