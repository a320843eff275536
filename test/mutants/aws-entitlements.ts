import type { Mutant } from './mutant.ts';

const boundary = ['connectors/aws/permissions-boundary.test.ts'];
const grant = ['connectors/aws/kms-grant.test.ts'];
const secret = ['connectors/aws/secret-version.test.ts'];
const provider = ['connectors/aws/identity-provider.test.ts'];
const trust = ['connectors/aws/role-trust.test.ts'];
const profile = ['connectors/aws/instance-profile.test.ts'];
const versions = ['connectors/aws/policy-version.test.ts'];

export const awsEntitlementMutants: readonly Mutant[] = [
  {
    name: 'aws policy version: one that is kept is never brought back by the subject',
    file: 'connectors/aws/checks/policy-version.ts',
    cut: "if (may === 'yes') return 'subject';",
    put: "if (may === 'yes') return 'others';",
    tests: versions,
  },
  {
    name: 'aws policy version: who may switch for all that is known may not',
    file: 'connectors/aws/checks/policy-version.ts',
    cut: "if (may === 'no') return 'others';",
    put: "if (may !== 'no') return 'others';",
    tests: versions,
  },
  {
    name: 'aws policy version: the text of the grant is not looked for in other versions',
    file: 'connectors/aws/checks/policy-version.ts',
    cut: '...sameText];',
    put: '];',
    tests: versions,
  },
  {
    name: 'aws subject: one whom it can become may nothing',
    file: 'connectors/aws/subject.ts',
    cut: 'for (const one of reach.reached) {',
    put: 'for (const one of reach.reached.slice(0, 1)) {',
    tests: versions,
  },
  {
    name: 'aws boundary: a boundary of the right name says what it said',
    file: 'connectors/aws/checks/permissions-boundary.ts',
    cut: 'if (changed !== undefined) return lifted(',
    put: 'if (changed === at) return lifted(',
    tests: boundary,
  },
  {
    name: 'aws boundary: one version is always the old one',
    file: 'connectors/aws/checks/permissions-boundary.ts',
    cut: 'versions.length === 1 &&',
    put: '',
    tests: boundary,
  },
  {
    name: 'aws boundary: nobody lifts it again',
    file: 'connectors/aws/checks/permissions-boundary.ts',
    cut: "if (lifts === 'no') return",
    put: "if (lifts !== 'yes') return",
    tests: boundary,
  },
  {
    name: 'aws instance profile: any profile is the one of the record',
    file: 'connectors/aws/checks/instance-profile.ts',
    cut: 'one.InstanceProfileId === instanceProfileId',
    put: 'one.InstanceProfileId !== roleId',
    tests: profile,
  },
  {
    name: 'aws instance profile: a role of the name is the one of the record',
    file: 'connectors/aws/checks/instance-profile.ts',
    cut: "one.is === 'role' && one.id === roleId",
    put: "one.is === 'role'",
    tests: profile,
  },
  {
    name: 'aws role trust: other accounts of the subject are not walked from',
    file: 'connectors/aws/assuming.ts',
    cut: 'const ids = [...accounts, ...itself]',
    put: 'const ids = [...itself]',
    tests: trust,
  },
  {
    name: 'aws role trust: a condition that nobody can evaluate does not hold',
    file: 'connectors/aws/assuming.ts',
    cut: 'if (unknown.length > 0 || road !== undefined) {',
    put: 'if (unknown.length > 99) {',
    tests: trust,
  },
  {
    name: 'aws role trust: what begins later is not there',
    file: 'connectors/aws/checks/role-trust.ts',
    cut: 'const afterwards = later.map(',
    put: 'const afterwards = later.slice(99).map(',
    tests: trust,
  },
  {
    name: 'aws role trust: a namesake that is let in is nobody',
    file: 'connectors/aws/assuming.ts',
    cut: 'namesake.id !== id &&',
    put: 'namesake.id === id &&',
    tests: trust,
  },
  {
    name: 'aws role trust: a denied trust is none',
    file: 'connectors/aws/assuming.ts',
    cut: "direct === 'denied'",
    put: "direct === 'yes'",
    tests: trust,
  },
  {
    name: 'aws role trust: a renamed user of another account is nobody',
    file: 'connectors/aws/assuming.ts',
    cut: 'if (renamed === undefined ||',
    put: 'if (renamed !== undefined ||',
    tests: trust,
  },
  {
    name: 'aws role trust: a provider that is gone ends the trust in it for good',
    file: 'connectors/aws/checks/role-trust.ts',
    cut: "revivedBy: may === 'yes' ? 'subject' : 'others'",
    put: "revivedBy: 'others'",
    tests: trust,
  },
  {
    name: 'aws identity provider: one of another account is looked for here',
    file: 'connectors/aws/checks/identity-provider.ts',
    cut: 'if (accountOf(providerArn) !== seen.stamp.instance) {',
    put: "if (accountOf(providerArn) === '') {",
    tests: provider,
  },
  {
    name: 'aws identity provider: any client is the one of the record',
    file: 'connectors/aws/checks/identity-provider.ts',
    cut: 'provider.clientIds.includes(clientId)',
    put: 'provider.clientIds.length > 0',
    tests: provider,
  },
  {
    name: 'aws kms grant: other grants of the key are not sighted',
    file: 'connectors/aws/kms-grants.ts',
    cut: 'return one.items.map(({ grantId }) =>',
    put: 'return one.items.slice(99).map(({ grantId }) =>',
    tests: grant,
  },
  {
    name: 'aws regions: one that is not configured is asked in the usual one',
    file: 'connectors/aws/regional.ts',
    cut: 'if (!regionsOf(client.config).includes(region)) {',
    put: "if (region === '') {",
    tests: [...grant, ...secret],
  },
  {
    name: 'aws regions: a thing of another account is asked for in this one',
    file: 'connectors/aws/regional.ts',
    cut: 'if (own !== undefined && accountOf(arn) !== own) {',
    put: "if (own === '') {",
    tests: [...grant, ...secret],
  },
  {
    name: 'aws secret: versions without a label are not asked for',
    file: 'connectors/aws/secrets.ts',
    cut: 'IncludeDeprecated: true,',
    put: '',
    tests: secret,
  },
  {
    name: 'aws secret: the first page is the list',
    file: 'connectors/aws/secrets.ts',
    cut: 'pages(listVersions, ask, page, byToken)) {',
    put: 'pages(listVersions, () => ask(undefined), page, byToken)) {',
    tests: secret,
  },
  {
    name: 'aws secret: a list without the current version is whole',
    file: 'connectors/aws/secrets.ts',
    cut: 'if (current !== undefined && !listed.has(current)) {',
    put: "if (current === '') {",
    tests: secret,
  },
  {
    name: 'aws secret: nobody wakes one that is marked for deletion by itself',
    file: 'connectors/aws/checks/secret-version.ts',
    cut: "revivedBy: may === 'yes' ? 'subject' : 'others'",
    put: "revivedBy: 'others'",
    tests: secret,
  },
];
