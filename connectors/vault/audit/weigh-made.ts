import { failed, inconclusive } from '../../../src/connector.ts';
import { aclPolicy } from '../acl-policies.ts';
import { folder } from '../folders.ts';
import { appRoles } from '../minting.ts';
import { listSecretIds } from '../secret-ids.ts';
import type { Left } from './trail.ts';
import type { Is, Weighing } from './weigh.ts';
import { ended, named, writtenAs } from './weigh.ts';

/** Their accessors are hashed too: every secret id of the role is, to compare. */
export async function weighSecretIds(left: readonly Is<'secret-id'>[], weighing: Weighing): Promise<void> {
  const { scope, ctx, findings } = weighing;
  const { namespace, targets } = scope;
  if (left.length === 0) return;
  const roles = await appRoles(scope, ctx);
  if (failed(roles)) return findings.fail(roles);
  findings.add(roles.controls);
  const at = ({ path }: Left) => path.replace(/\/(?:custom-)?secret-id$/, '');
  for (const [role, made] of Map.groupBy(left, at)) {
    const stands = roles.value.find(
      ({ mount, name }) => `${mount}/role/${name}`.toLowerCase() === role.toLowerCase(),
    );
    if (stands === undefined) {
      findings.excuse('secret id of a role that does not stand any more', made.length);
      continue;
    }
    const { mount, name } = stands;
    const path = `${mount}/role/${name}/secret-id`;
    const list = findings.take(
      await ctx.read(folder, { path, needs: listSecretIds, namespace, hashed: true }),
    );
    if (list?.saw !== 'value') continue;
    const written = await writtenAs(list.value.names, weighing);
    for (const one of made) {
      const accessor = one.accessor === undefined ? undefined : written.get(one.accessor);
      const id = `${mount} ${accessor ?? ''}`;
      if (one.accessor === undefined) {
        findings.fail(
          inconclusive(
            'R-ANSWER',
            `the log does not tell the accessor of the secret id made at ${one.at} (${path})`,
          ),
        );
      } else if (accessor === undefined) ended(one, 'secret id', findings);
      else if (targets.some((target) => target.id === id)) findings.excuse(named);
      else {
        findings.weigh(one.sure ? 'yes' : 'unknown', {
          kind: 'vault/approle-secret-id',
          id,
          ref: { mount, role: name, accessor, ...(namespace === undefined ? {} : { namespace }) },
          relation: 'made-in-window',
          bornAt: one.at,
          label: `secret id ${accessor} of ${mount}/role/${name}`,
          standing: `${mount}/role/${name}`,
        });
      }
    }
  }
}

/** Policies by their names; what else was defined other looks ask about, by what the grant could do. */
export async function weighDefinitions(left: readonly Is<'definition'>[], weighing: Weighing): Promise<void> {
  const { scope, ctx, findings } = weighing;
  const { namespace, targets } = scope;
  const nameOf = ({ path }: Left) => /^sys\/polic(?:ies\/acl|y)\/(.+)$/.exec(path)?.[1]?.toLowerCase();
  for (const [name, written] of Map.groupBy(left, nameOf)) {
    const [one] = written;
    if (name === undefined || one === undefined) {
      findings.excuse('definition: the looks at definitions and identities ask about it', written.length);
      continue;
    }
    if (targets.some(({ kind, id }) => kind === 'vault/policy' && id === name)) {
      findings.excuse(named);
      continue;
    }
    const seen = findings.take(await ctx.read(aclPolicy, { name, namespace }));
    if (seen?.saw === 'nothing') findings.excuse('policy that does not stand any more');
    if (seen?.saw !== 'value') continue;
    const { sha256, modified } = seen.value;
    findings.weigh(one.sure ? 'yes' : 'unknown', {
      kind: 'vault/policy',
      id: name,
      ref: {
        name,
        sha256,
        writtenAt: modified ?? one.at,
        ...(namespace === undefined ? {} : { namespace }),
      },
      relation: 'written-in-window',
      bornAt: one.at,
      label: `policy ${name}`,
      standing: sha256,
    });
  }
}
