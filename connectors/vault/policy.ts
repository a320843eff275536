/**
 * Renders needs (`update sys/leases/lookup`, `list,sudo auth/token/accessors`) as an ACL policy.
 * https://openbao.org/docs/concepts/policies/
 */
export function policy(needs: readonly string[]): string {
  const paths = new Map<string, Set<string>>();
  for (const need of needs) {
    const [capabilities = '', path = ''] = need.split(' ');
    const known = paths.get(path) ?? new Set<string>();
    for (const capability of capabilities.split(',')) known.add(capability);
    paths.set(path, known);
  }
  const rules = [...paths].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(rule);
  return `${head}\n${rules.join('\n')}`;
}

const head = `# What the verifier's token needs, and no more.
# Write it in the namespace of the targets and make the token there: paths count from that namespace.
# No pagination_limit and no list_scan_response_keys_filter_path: a filtered list hides what it should show.
`;

function rule([path, capabilities]: [string, Set<string>]): string {
  const list = [...capabilities].toSorted().map((capability) => JSON.stringify(capability));
  return `path ${JSON.stringify(path)} {\n  capabilities = [${list.join(', ')}]\n}\n`;
}
