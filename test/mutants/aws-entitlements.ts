import type { Mutant } from './mutant.ts';

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
];
