import { failed, Findings, look, whenBegan } from '../../../src/connector.ts';
import type { Answer, Check, Failure, Scope } from '../../../src/connector.ts';
import type { AclPolicy } from '../acl-policies.ts';
import { aclPolicy } from '../acl-policies.ts';
import { writes } from '../acl-text.ts';
import type { VaultClient } from '../client.ts';
import { databaseRoles, definitionNeeds, mounts, waysToLogIn } from '../definitions.ts';
import { folder, listPolicies } from '../folders.ts';
import type { LookContext, LookScope } from '../looking.ts';
import { inOnePlace } from '../looking.ts';
import { rightsNeeds } from '../needs.ts';
import type { Known, Rights } from '../rights.ts';
import { excludedBy, rightsOf } from '../rights.ts';
import { noDefinition } from '../ways.ts';

const inner = /^(?:auth|sys|identity|cubbyhole)\//;

/** Policies are dated, all else is not: what the grant could have written there needs a baseline. */
export const bornDefinitions: Check<VaultClient, Scope> = look<VaultClient>({
  id: 'vault/born-definitions',
  look: 'hunt',
  title: 'Which policies, roles, users and mounts were written since the grant began, that it could write?',
  needs: [...rightsNeeds, ...definitionNeeds],
  docs: 'https://openbao.org/api-docs/system/policies/',
  effects: [],
  async observe(whole, ctx) {
    const scope = inOnePlace(whole);
    if (failed(scope)) return scope;
    const rights = await rightsOf(scope, ctx);
    if (failed(rights)) return rights;
    const could = {
      policies: ['sys/policies/acl/*', 'sys/policy/*'].some((one) => rights.somewhere(one, writes) !== 'no'),
      ways: !noDefinition('auth/*', rights),
      mounts: ['sys/auth/*', 'sys/mounts/*', 'sys/remount'].some(
        (one) => rights.somewhere(one, writes) !== 'no',
      ),
      engines: rights.somewhere('*', writes, inner) !== 'no',
    };
    if (!Object.values(could).includes(true)) {
      return excludedBy(rights, 'have written a policy, a role, a user or a mount');
    }
    const findings = new Findings(rights.controls);
    const around = { rights, scope, ctx, findings };
    await Promise.all([
      could.policies ? policies(around) : undefined,
      could.ways ? waysToLogIn(around) : undefined,
      could.mounts ? mounts(around) : undefined,
      could.engines ? databaseRoles(around) : undefined,
    ]);
    return findings.told(rights);
  },
});

interface Around {
  readonly rights: Rights;
  readonly scope: LookScope;
  readonly ctx: LookContext;
  readonly findings: Findings;
}

async function policies({ rights, scope: { namespace, targets }, ctx, findings }: Around): Promise<void> {
  const path = 'sys/policies/acl';
  const list = findings.take(await ctx.read(folder, { path, needs: listPolicies, namespace }));
  if (list?.saw !== 'value') return;
  const could = list.value.names
    .filter((name) => name !== 'root')
    .map((name): [string, Known] => {
      const answers = [`sys/policies/acl/${name}`, `sys/policy/${name}`].map((at) => rights.may(at, writes));
      return [name, answers.includes('yes') ? 'yes' : answers.includes('unknown') ? 'unknown' : 'no'];
    });
  findings.exclude(
    'policy that the grant had no right to write',
    could.filter(([, known]) => known === 'no').length,
  );
  await Promise.all(
    could.map(async ([name, known]) => {
      if (known !== 'no') weigh(known, findings.take(await ctx.read(aclPolicy, { name, namespace })));
    }),
  );

  function weigh(known: 'yes' | 'unknown', one: Exclude<Answer<AclPolicy>, Failure> | undefined): void {
    if (one?.saw !== 'value') return;
    const { name, sha256, modified } = one.value;
    const told = {
      kind: 'vault/policy',
      id: name,
      ref: {
        name,
        sha256,
        ...(modified === undefined ? {} : { writtenAt: modified }),
        ...(namespace === undefined ? {} : { namespace }),
      },
      relation: 'written-in-window',
      ...(modified === undefined ? {} : { bornAt: modified }),
      label: `policy ${name}`,
      standing: sha256,
    };
    if (targets.some(({ id }) => id === name)) findings.excuse('named in the record, or found before');
    else if (modified === undefined) findings.unexplained(told);
    else if (!whenBegan(ctx.window, one.stamp).since(modified))
      findings.excuse('last written before the grant');
    else findings.weigh(known, told);
  }
}
