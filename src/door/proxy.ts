/**
 * Names of proxy variables that are set. The door honours none of them: an answer from a proxy
 * looks like the system's own, and only configured hosts are contacted. `doctor` prints the names.
 */
export function proxyVariablesSet(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(env)
    .filter((name) => /^(?:https?|all)_proxy$/i.test(name) && (env[name] ?? '') !== '')
    .toSorted();
}
