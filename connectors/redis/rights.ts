/**
 * Categories in which no command makes a user, changes a setting or leaves code: held against a real
 * server's `ACL CAT`. `@write` is none of them, for it holds `FUNCTION LOAD`.
 */
export const harmlessCategories: readonly string[] = [
  'read',
  'string',
  'hash',
  'list',
  'set',
  'sortedset',
  'bitmap',
  'hyperloglog',
  'geo',
  'stream',
  'pubsub',
  'transaction',
  'blocking',
];

/** Commands that make users, change settings, leave code behind or make the node follow another. */
export const makers: readonly string[] = [
  'acl',
  'cluster',
  'config',
  'debug',
  'failover',
  'function',
  'module',
  'replicaof',
  'slaveof',
];

/**
 * Could who may run these have made something that outlives it? What a rule takes away again is not
 * counted: at worst more seems possible than was.
 *
 * @param commands as `ACL GETUSER` shows them: `-@all +@read +set`
 */
export function couldMake(commands: string): boolean {
  return commands.split(/\s+/).some((word) => {
    const [, category, command] = /^\+(?:@(\S+)|([^\s|]+)\S*)$/.exec(word.toLowerCase()) ?? [];
    if (category !== undefined) return !harmlessCategories.includes(category);
    if (command !== undefined) return makers.includes(command);
    return word !== '' && !word.startsWith('-');
  });
}
