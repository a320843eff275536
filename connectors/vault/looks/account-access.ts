import { failed, Findings, look, whenBegan } from '../../../src/connector.ts';
import type { Check, Scope } from '../../../src/connector.ts';
import { tokenFound, tokensIn } from '../born-tokens.ts';
import type { VaultClient } from '../client.ts';
import type { EntityFacts } from '../entities.ts';
import { entity, listEntities, readEntities } from '../entities.ts';
import { group, readGroups } from '../groups.ts';
import type { LookContext, LookScope } from '../looking.ts';
import { inOnePlace } from '../looking.ts';
import { entityStanding, membershipsOf } from '../standings.ts';
import { survivor } from '../survivors.ts';

/** What stood before the grant is the subject's own; what nothing dates needs a baseline. */
export const accountAccess: Check<VaultClient, Scope> = look<VaultClient>({
  id: 'vault/account-access',
  look: 'sweep',
  title: 'Which tokens, ways to log in, groups and policies has the subject, besides those of the record?',
  needs: [
    'read auth/token/lookup-self',
    'update auth/token/lookup-accessor',
    'list,sudo auth/token/accessors',
    readEntities,
    listEntities,
    readGroups,
  ],
  docs: 'https://openbao.org/api-docs/secret/identity/entity/#read-entity-by-id',
  effects: [],
  async observe(whole, ctx) {
    const scope = inOnePlace(whole);
    if (failed(scope)) return scope;
    const { accounts, namespace } = scope;
    if (accounts.length === 0) {
      const why = 'the record names no account of the subject here';
      return { saw: 'excluded', basis: 'declared', why, controls: [] };
    }
    const findings = new Findings([]);
    const tokens = await tokensIn(scope, ctx, findings);
    if (failed(tokens)) return tokens;
    for (const { facts, bornInWindow } of tokens) {
      if (!accounts.includes(facts.entity_id ?? '')) findings.excuse('token of another');
      else if (!bornInWindow) findings.excuse('created before the grant');
      else findings.found(tokenFound(facts, scope, 'token-of-the-subject'));
    }
    for (const id of accounts) {
      const itself = findings.take(await ctx.read(entity, { id, namespace }));
      if (itself?.saw === 'value')
        await ofEntity(itself.value, whenBegan(ctx.window, itself.stamp), scope, ctx, findings);
      if (itself?.saw !== 'nothing') continue;
      // merged into another one, its tokens and groups go on there
      const acting = findings.take(await ctx.read(survivor, { id, namespace }));
      if (acting?.saw === 'value') {
        await ofEntity(acting.value.entity, whenBegan(ctx.window, acting.stamp), scope, ctx, findings);
      }
    }
    return findings.told();
  },
});

type Began = ReturnType<typeof whenBegan>;
const before = 'last changed before the grant';

async function ofEntity(
  facts: EntityFacts,
  began: Began,
  { namespace, targets }: LookScope,
  ctx: LookContext,
  findings: Findings,
): Promise<void> {
  const named = (id: string) => targets.some((target) => target.id === id);
  const place = namespace === undefined ? {} : { namespace };
  const { id, name, last_update_time: changed } = facts;
  if (named(id)) findings.excuse('named in the record, or found before');
  else if (!began.since(changed)) findings.excuse(before);
  else if ((facts.policies ?? []).length === 0) findings.excuse('entity without policies of its own');
  else {
    findings.unexplained({
      kind: 'vault/identity-entity',
      id,
      ref: { id, name, ...place },
      relation: 'changed-in-window',
      label: `entity ${name} with the policies ${(facts.policies ?? []).join(', ')}`,
      standing: entityStanding(facts),
    });
  }
  for (const alias of facts.aliases ?? []) {
    const dates = [alias.creation_time, alias.last_update_time];
    const made = !began.since(facts.creation_time);
    // the first way to log in is made with the entity itself
    if (!dates.some(began.since) || (!made && facts.aliases?.length === 1)) {
      findings.excuse('way to log in that was there before, or with which the subject came to be');
      continue;
    }
    findings.unexplained({
      kind: 'vault/identity-alias',
      id: alias.id,
      ref: { id: alias.id, ...place },
      relation: 'changed-in-window',
      label: `way to log in as ${alias.name} at ${alias.mount_path ?? alias.mount_accessor}`,
      standing: `${alias.mount_accessor} ${alias.name}`,
    });
  }
  const groups = await Promise.all(
    (facts.group_ids ?? []).map((groupId) => ctx.read(group, { id: groupId, namespace })),
  );
  for (const answer of groups) {
    const one = findings.take(answer);
    if (one?.saw !== 'value') continue;
    const member = { ...one.value, member_entity_ids: [id] };
    const [membership] = membershipsOf(member, namespace, 'member-of-a-group');
    if (membership === undefined) continue;
    if (named(membership.id)) findings.excuse('named in the record, or found before');
    else if (!whenBegan(ctx.window, one.stamp).since(one.value.last_update_time)) findings.excuse(before);
    else findings.unexplained(membership);
  }
}
