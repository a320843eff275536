import type { Mutant } from './mutant.ts';

const redis = ['connectors/redis'];

export const redisMutants: readonly Mutant[] = [
  {
    name: 'redis: an answer counts without its mark',
    file: 'connectors/redis/client.ts',
    cut: 'if (replies.length !== 3 || replies[0] !== mark)',
    put: 'if (replies.length !== 3)',
    tests: redis,
  },
  {
    name: 'redis: another run of the server is the same server',
    file: 'connectors/redis/client.ts',
    cut: 'if (this.#instance === instance) return undefined;',
    put: 'if (this.#instance !== undefined) return undefined;',
    tests: redis,
  },
  {
    name: 'redis: a replica answers for its master',
    file: 'connectors/redis/client.ts',
    cut: "if ((role === 'slave') !== this.#login.replica) {",
    put: "if ((role === 'slave') !== (role === 'slave')) {",
    tests: redis,
  },
  {
    name: 'redis: the list before the end of the user counts',
    file: 'connectors/redis/checks/acl-user-sessions.ts',
    cut: "if (itself.saw === 'value' && closedBy(itself.value) === undefined) {",
    put: "if (itself.saw === 'value' && closedBy(itself.value) === '') {",
    tests: redis,
  },
  {
    name: 'redis: a connection that is open as somebody else is gone',
    file: 'connectors/redis/checks/session.ts',
    cut: "if (same.saw === 'nothing') return",
    put: 'if (same.controls !== undefined) return',
    tests: redis,
  },
  {
    name: 'redis: nobody looks at who comes without a credential',
    file: 'connectors/redis/checks/anonymous.ts',
    cut: 'return value.on && value.nopass && value.allows.length > 0',
    put: 'return value.on && value.nopass && value.allows.length < 0',
    tests: redis,
  },
  {
    name: 'redis hunt: one user without rights of the record excludes for all',
    file: 'connectors/redis/looks/hunt.ts',
    cut: 'ours.some(({ commands }) => commands === undefined || couldMake(commands))',
    put: 'ours.every(({ commands }) => commands === undefined || couldMake(commands))',
    tests: redis,
  },
  {
    name: 'redis hunt: FUNCTION LOAD makes nothing',
    file: 'connectors/redis/rights.ts',
    cut: "  'read',\n",
    put: "  'read',\n  'write',\n",
    tests: redis,
  },
];
