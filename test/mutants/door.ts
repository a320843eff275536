import type { Mutant } from './mutant.ts';

const door = ['test/door'];

export const doorMutants: readonly Mutant[] = [
  {
    name: 'door: any file may be read',
    file: 'src/door/door.ts',
    cut: 'if (host.files?.includes(path) !== true)',
    put: "if (path === '')",
    tests: ['test/door/lines.test.ts'],
  },
  {
    name: 'door: a redirect is an answer',
    file: 'src/door/answer.ts',
    cut: 'if (status >= 300 && status < 400) {',
    put: 'if (status >= 400 && status < 300) {',
    tests: door,
  },
  {
    name: 'door: any content type is JSON',
    file: 'src/door/answer.ts',
    cut: 'if (isJson(type) || (asText',
    put: 'if (type !== "" || (asText',
    tests: door,
  },
  {
    name: 'door: an answer from a cache counts',
    file: 'src/door/answer.ts',
    cut: 'if (age > 0)',
    put: 'if (age < 0)',
    tests: door,
  },
  {
    name: 'door: undeclared reads leave',
    file: 'src/door/guard.ts',
    cut: 'read.method === method && read.path.test(bare)',
    put: 'read.method !== undefined || read.path.test(bare)',
    tests: door,
  },
  {
    name: 'door: an operation that nobody declared leaves',
    file: 'src/door/guard.ts',
    cut: 'read.operation?.test(operation) === true',
    put: 'read.operation !== undefined',
    tests: door,
  },
  {
    name: 'door: of two operations the first counts',
    file: 'src/door/guard.ts',
    cut: 'if (others.length > 0)',
    put: 'if (others.length > 9)',
    tests: door,
  },
  {
    name: 'door: any host may be asked',
    file: 'src/door/door.ts',
    cut: 'wires.get(request.host ?? host.host)',
    put: 'wires.get(host.host)',
    tests: door,
  },
  {
    name: 'door: a 404 is absence to the classifier',
    file: 'src/door/classify.ts',
    cut: "if (status === 403) return failure('R-PERM'",
    put: "if (status === 403) return failure('R-ANSWER'",
    tests: door,
  },
];
