import type { Mutant } from './mutant.ts';

const plan = ['test/plan'];
const looks = ['test/looks.test.ts', 'test/properties/looks.test.ts'];

export const looksMutants: readonly Mutant[] = [
  {
    name: 'look: not repeated when it found something',
    file: 'src/verify.ts',
    cut: 'if (targets.length === around.targets.length || pass === passes) break;',
    put: 'break;',
    tests: looks,
  },
  {
    name: 'look: what nothing explains is left out',
    file: 'src/look.ts',
    cut: 'if (unexplained.length > 0) {',
    put: 'if (unexplained.length < 0) {',
    tests: looks,
  },
  {
    name: 'baseline: by id alone',
    file: 'src/look.ts',
    cut: 'one.id === id && one.digest === standingDigest(standing)',
    put: 'one.id === id && (one.digest === standingDigest(standing) || true)',
    tests: looks,
  },
  {
    name: 'baseline: of another instance',
    file: 'src/look.ts',
    cut: 'baseline?.instances[system] === stamp.instance ? baseline : undefined',
    put: 'baseline?.instances[system] !== stamp ? baseline : undefined',
    tests: looks,
  },
  {
    name: 'trace: a way with something gone in it stands',
    file: 'src/trace/derive.ts',
    cut: "if (words.has('gone')) return 'closed';",
    put: '',
    tests: ['test/trace'],
  },
  {
    name: 'plan: a secret goes to every method',
    file: 'src/plan/target.ts',
    cut: "if (method === 'introspect') return secrets === 'never' ? undefined : secret;",
    put: "if (method === 'introspect') return secret;",
    tests: plan,
  },
  {
    name: 'plan: what --connector leaves out is dropped',
    file: 'src/plan/target.ts',
    cut: 'if (only !== undefined && !only.includes(wanted)) {',
    put: 'if (only !== undefined && only.length === 0) {',
    tests: plan,
  },
  {
    name: 'plan: too deep a lead is asked no more and forgotten',
    file: 'src/plan/follow.ts',
    cut: 'if (tooMany || depth(parent, ours) >= depthLimit) {',
    put: 'if (depth(parent, ours) > 100) {',
    tests: plan,
  },
  {
    name: 'looks: a point that stood before the grant is asked by nobody',
    file: 'src/look.ts',
    cut: "if (at !== 'points') return toldOf(seen, target);",
    put: 'if (seen.found.length >= 0) return toldOf(seen, target);',
    tests: ['test/looks.test.ts'],
  },
  {
    name: 'plan: a look is not told who issued a target',
    file: 'src/plan/look-around.ts',
    cut: '...(issuer === system ? {} : { issuedBy: issuer })',
    put: '...(issuer === system ? {} : {})',
    tests: plan,
  },
];
