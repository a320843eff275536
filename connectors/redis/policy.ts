const verifier = 'tombstone_verifier';

/**
 * The verifier's user as a command of Redis. Every need is the rule that gives it.
 *
 * @throws Error for a need that is no rule: a bug of a check.
 */
export function policy(needs: readonly string[]): string {
  const all = [...new Set(needs)];
  const unknown = all.find((need) => !/^\+[a-z]+(?:\|[a-z]+)?$/.test(need));
  if (unknown !== undefined) throw new Error(`no rule of an ACL gives "${unknown}"`);
  return [
    '# Run with redis-cli on each node, then ACL SAVE (CONFIG REWRITE where there is no aclfile).',
    `ACL SETUSER ${verifier} on resetkeys resetchannels -@all ${all.join(' ')}`,
    `# Give it a password: ACL SETUSER ${verifier} >…`,
    '',
  ].join('\n');
}
