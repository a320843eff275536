import { earliest, failed, Findings, inconclusive, instantMs, look, z } from '../../../src/connector.ts';
import type { Check, Failure, Scope } from '../../../src/connector.ts';
import { readPolicies } from '../acl-policies.ts';
import { hashNeeds } from '../audit/hash.ts';
import type { TrailItem, TrailQuestion } from '../audit/log.ts';
import { auditTrail, scopeOfTrail } from '../audit/log.ts';
import { those, weighBatches, weighLeases, weighTokens } from '../audit/weigh.ts';
import { weighDefinitions, weighSecretIds } from '../audit/weigh-made.ts';
import type { VaultClient } from '../client.ts';
import { readAuthMounts } from '../folders.ts';
import type { LookContext, LookScope } from '../looking.ts';
import { inOnePlace, ofAllTime } from '../looking.ts';
import { listRoles, listSecretIds } from '../secret-ids.ts';
import { ownWays } from '../ways.ts';

/** It needs to know nothing of what the grant could do: the log tells what it did. */
export const auditTrailLook: Check<VaultClient, Scope> = look<VaultClient>({
  id: 'vault/audit-trail',
  look: 'hunt',
  title: 'What does the audit log show that was made with the tokens of the grant, and stands?',
  needs: [
    'read auth/token/lookup-self',
    hashNeeds,
    'list,sudo auth/token/accessors',
    'update auth/token/lookup-accessor',
    readAuthMounts,
    listRoles,
    listSecretIds,
    readPolicies,
  ],
  docs: 'https://openbao.org/docs/audit/',
  effects: [],
  at: (_point, config) => z.looseObject({ auditLog: z.looseObject({}) }).safeParse(config).success,
  async observe(whole, ctx) {
    const scope = inOnePlace(whole);
    if (failed(scope)) return scope;
    const asked = questionOf(scope, ctx);
    if (failed(asked)) return asked;
    const trail = await ctx.walk(auditTrail, scopeOfTrail(asked));
    if (failed(trail)) return trail;
    const { items, stamp, controls } = trail;
    const mark = items.find((one) => one.is === 'mark');
    if (mark === undefined) return inconclusive('R-CHECK', 'a trail without its mark');
    const gap = gapIn(mark, asked, earliest(ctx.window, stamp));
    if (gap !== undefined) return gap;
    const left = items.filter((one) => one.is !== 'mark');
    const findings = new Findings(controls);
    const weighing = { scope, ctx, findings, stamp };
    await weighTokens(those(left, 'token', 'wrap'), new Set(mark.written), weighing);
    weighLeases(those(left, 'lease'), weighing);
    await weighSecretIds(those(left, 'secret-id'), weighing);
    await weighDefinitions(those(left, 'definition'), weighing);
    // last: what it says counts only where nothing else is missing
    weighBatches(those(left, 'batch'), weighing);
    return findings.told();
  },
});

const tokenRef = z.looseObject({ accessor: z.string().optional() });
const leaseRef = z.looseObject({ leaseId: z.string().optional() });
const entityRef = z.looseObject({ id: z.string().optional() });
const membershipRef = z.looseObject({ entityId: z.string().optional() });

/** Whose requests are the grant's; a failure where the record does not say. */
function questionOf(scope: LookScope, ctx: LookContext): TrailQuestion | Failure {
  const { targets, accounts } = scope;
  const tokens = new Set<string>();
  const entities = new Set(accounts);
  const ways = ownWays(scope).map(({ mount, name, policies }) => ({
    mount,
    name,
    ...(policies === undefined ? {} : { policies: [...policies] }),
  }));
  let byValue = false;
  let unknown: string | undefined;
  for (const { kind, ref } of targets) {
    if (kind === 'vault/token' || kind === 'vault/wrapping-token') {
      const { accessor } = tokenRef.parse(ref);
      if (accessor === undefined) byValue = true;
      else tokens.add(accessor);
    } else if (kind === 'vault/lease') {
      if (leaseRef.parse(ref).leaseId?.startsWith('auth/') === true) unknown ??= 'the token of a lease';
    } else if (kind === 'vault/identity-entity') {
      const { id } = entityRef.parse(ref);
      if (id !== undefined) entities.add(id);
    } else if (kind === 'vault/identity-group-membership') {
      const { entityId } = membershipRef.parse(ref);
      if (entityId !== undefined) entities.add(entityId);
    }
  }
  const nobody = !byValue && tokens.size + ways.length + entities.size === 0;
  if (nobody && targets.some(({ kind }) => kind === 'vault/policy')) unknown ??= 'whoever carries a policy';
  // the lease of a token that is named by its accessor too
  if (unknown === undefined || (unknown === 'the token of a lease' && (byValue || tokens.size > 0))) {
    return {
      tokens: [...tokens].toSorted(),
      entities: [...entities].toSorted(),
      ways,
      byValue,
      from: ctx.window.from,
    };
  }
  return inconclusive(
    'R-NOAPI',
    `the requests of ${unknown} cannot be told in the audit log`,
    'the accessor of each token of the grant, in the record',
  );
}

/** Does the log reach back to where the grant began? */
function gapIn(
  { begins, born }: Extract<TrailItem, { is: 'mark' }>,
  { tokens, ways, entities, byValue, from }: TrailQuestion,
  earliestMs: number,
): Failure | undefined {
  const lost = tokens.find((one) => !born.includes(one));
  const needs = 'a log that reaches back to before the grant, of a device that was never made anew since';
  const late = (instantMs(begins) ?? Infinity) > earliestMs;
  if (lost !== undefined) {
    const why = late
      ? 'it begins later, or the device was made anew since and hashes otherwise'
      : 'the device was made anew since and hashes otherwise, or the log has a gap';
    return inconclusive(
      'R-CONTROL',
      `the audit log, which begins at ${begins}, does not show how the token ${lost} was made: ${why}`,
      needs,
    );
  }
  const sinceThen = byValue || ways.length > 0 || entities.length > 0 || tokens.length === 0;
  if (late && !ofAllTime({ from }) && sinceThen) {
    return inconclusive('R-CONTROL', `the audit log begins at ${begins}, after the grant`, needs);
  }
  return undefined;
}
