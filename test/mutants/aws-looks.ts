import type { Mutant } from './mutant.ts';

const stories = ['test/scenarios/aws.test.ts'];
const looks = ['connectors/aws/looks.test.ts', ...stories];

export const awsLookMutants: readonly Mutant[] = [
  {
    name: 'aws: a key that was made in the window was there before',
    file: 'connectors/aws/looks/account-access.ts',
    cut: 'else if (since(made)) findings.found(found);\n',
    put: '',
    tests: looks,
  },
  {
    name: 'aws: whoever has no other credential keeps what it holds, whatever it comes in by',
    file: 'connectors/aws/looks/account-access.ts',
    cut: 'seen.list.every(({ found }) => isTold(found)) && !ofAllTime(ctx)',
    put: 'true',
    tests: looks,
  },
  {
    name: 'aws: an account of the subject that is nobody’s id is nobody',
    file: 'connectors/aws/looks/account-access.ts',
    cut: 'if (/^A(?:IDA|ROA)/.test(id) || subjects.some((one) => arnOf(one) === id)) continue;',
    put: 'continue;',
    tests: looks,
  },
  {
    name: 'aws: credentials that could not be seen are none',
    file: 'connectors/aws/credentials-of.ts',
    cut: 'if (failed(seen)) return seen;',
    put: 'if (failed(seen)) continue;',
    tests: looks,
  },
  {
    name: 'aws: a name is the same user’s afterwards',
    file: 'connectors/aws/credentials-of.ts',
    cut: "if (named.saw === 'value' && named.value.userId !== userId) return renamed(userName);",
    put: '',
    tests: looks,
  },
  {
    name: 'aws: nobody of a name has no credentials',
    file: 'connectors/aws/credentials-of.ts',
    cut: "if (seen.saw === 'nothing' && answer !== profile) return renamed(userName);",
    put: '',
    tests: looks,
  },
  {
    name: 'aws: who could assume a role had its own rights alone',
    file: 'connectors/aws/rights.ts',
    cut: 'if (assumed !== undefined) return everything(assumed);',
    put: '',
    tests: looks,
  },
  {
    name: 'aws: a grant of which the record tells no rights had none',
    file: 'connectors/aws/rights.ts',
    cut: "if (actors.size === 0) return everything('what the grant could do is not in the record');",
    put: '',
    tests: looks,
  },
  {
    name: 'aws: a key that the grant could make for another is another’s',
    file: 'connectors/aws/looks/born-credentials.ts',
    cut: "else if (since(made) && created) findings.weigh(certain, { ...found, relation: 'born-in-window' });\n",
    put: '',
    tests: looks,
  },
  {
    name: 'aws: what the grant could change without a date was not changed',
    file: 'connectors/aws/looks/born-principals.ts',
    cut: "else if (changed) findings.unexplained({ ...found, relation: 'may-be-changed' });\n",
    put: '',
    tests: looks,
  },
  {
    name: 'aws: nobody was let in outside IAM',
    file: 'connectors/aws/looks/born-principals.ts',
    cut: 'if (beyond !== undefined && !ofAllTime(ctx)) findings.lacks(beyond);',
    put: '',
    tests: looks,
  },
];
