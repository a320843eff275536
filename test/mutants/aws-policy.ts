import type { Mutant } from './mutant.ts';

const policy = ['connectors/aws/policy'];
const reach = ['connectors/aws/reach'];

export const awsPolicyMutants: readonly Mutant[] = [
  {
    name: 'aws policy: a key that nobody knows is an absent one',
    file: 'connectors/aws/policy/condition.ts',
    cut: 'if (had === undefined) return unknown(key);',
    put: "if (had === undefined) return 'no';",
    tests: policy,
  },
  {
    name: 'aws policy: an unknown deny is none',
    file: 'connectors/aws/policy/evaluate.ts',
    cut: "if (allow === 'yes' && deny === 'no')",
    put: "if (allow === 'yes')",
    tests: policy,
  },
  {
    name: 'aws policy: an unknown allow is none',
    file: 'connectors/aws/policy/evaluate.ts',
    cut: "if (allow === 'no') return",
    put: "if (allow !== 'yes') return",
    tests: policy,
  },
  {
    name: 'aws policy: a document with a flaw says nothing',
    file: 'connectors/aws/policy/statement.ts',
    cut: 'allow = some(allow, flaw);',
    put: '',
    tests: policy,
  },
  {
    name: 'aws policy: one level of SCPs that allows is enough',
    file: 'connectors/aws/policy/evaluate.ts',
    cut: 'every(granted, ...ceilings.map((one) => one.allow))',
    put: "every(granted, ceilings.length === 0 ? 'yes' : some(...ceilings.map((one) => one.allow)))",
    tests: policy,
  },
  {
    name: 'aws policy: an account that a resource names is granted to all in it',
    file: 'connectors/aws/policy/evaluate.ts',
    cut: 'some(named.direct, every(named.behind, limits), open(',
    put: 'some(named.direct, named.account, every(named.behind, limits), open(',
    tests: policy,
  },
  {
    name: 'aws policy: an unknown member of a statement is passed over',
    file: 'connectors/aws/policy/document.ts',
    cut: 'const stranger = Object.keys(given).find((key) => !members.has(key));',
    put: 'const stranger = Object.keys(given).find((key) => members.has(key) && !members.has(key));',
    tests: policy,
  },
  {
    name: 'aws revocation: a deny with another condition counts for all',
    file: 'connectors/aws/policy/revocation.ts',
    cut: "...(rest === 'yes' ? [] : rest.unknown)",
    put: '',
    tests: policy,
  },
  {
    name: 'aws revocation: a deny of some actions is one of all',
    file: 'connectors/aws/policy/revocation.ts',
    cut: "...(everything(statement.actions) ? [] : ['not every action']),",
    put: '',
    tests: policy,
  },
  {
    name: 'aws reach: a hop with an unknown is none',
    file: 'connectors/aws/reach/holder.ts',
    cut: "outcome !== 'allowed' && outcome !== 'unknown'",
    put: "outcome !== 'allowed'",
    tests: reach,
  },
  {
    name: 'aws reach: a namesake is the one of the record',
    file: 'connectors/aws/reach/beginning.ts',
    cut: 'known.id === id ? known',
    put: 'known.arn === arn ? known',
    tests: reach,
  },
  {
    name: 'aws reach: a policy that is not in the snapshot allows nothing',
    file: 'connectors/aws/reach/account.ts',
    cut: "policies.get(arn)?.current ?? { name: arn, document: { flaw: 'the policy is not in the snapshot' } }",
    put: "policies.get(arn)?.current ?? { name: arn, document: { version: '2012-10-17', statements: [] } }",
    tests: reach,
  },
  {
    name: 'aws reach: a deny of its own holds who may rewrite it',
    file: 'connectors/aws/reach/holder.ts',
    cut: 'more.loose ? principal.identity.map(loosened) : principal.identity',
    put: 'principal.identity',
    tests: reach,
  },
  {
    name: 'aws reach: what was gained is not walked with',
    file: 'connectors/aws/reach/holder.ts',
    cut: 'const identity = [...own, ...more.gained];',
    put: 'const identity = own;',
    tests: reach,
  },
  {
    name: 'aws policy: of a name that stands twice the last counts',
    file: 'connectors/aws/policy/json.ts',
    cut: 'written === namesIn(value)',
    put: 'written >= namesIn(value)',
    tests: policy,
  },
];
