/** What a verifier needs beyond what every login may do; and what every login may do, unless a site has revoked it from PUBLIC. */
const grants: Readonly<Record<string, (role: string) => string>> = {
  'membership in pg_read_all_stats': (role) => `GRANT pg_read_all_stats TO ${role};`,
  'EXECUTE on function pg_catalog.pg_hba_file_rules()': (role) =>
    `GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO ${role};`,
};
const open: Readonly<Record<string, (role: string) => string>> = {
  'SELECT on pg_catalog.pg_roles': (role) => `GRANT SELECT ON pg_catalog.pg_roles TO ${role};`,
  'SELECT on pg_catalog.pg_auth_members': (role) => `GRANT SELECT ON pg_catalog.pg_auth_members TO ${role};`,
  'EXECUTE on function pg_catalog.pg_control_system()': (role) =>
    `GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system() TO ${role};`,
};

const verifier = 'tombstone_verifier';

/**
 * The verifier's role as SQL, to be run as a superuser in the database that the system's `url`
 * names: the right to execute a function is kept per database.
 *
 * @throws Error for a need that no statement gives: a bug of a check.
 */
export function policy(needs: readonly string[]): string {
  const all = [...new Set(needs)];
  const unknown = all.find((need) => !(need in grants) && !(need in open));
  if (unknown !== undefined) throw new Error(`no statement grants "${unknown}"`);
  const given = all.flatMap((need) => grants[need]?.(verifier) ?? []);
  const already = all.flatMap((need) => open[need]?.(verifier) ?? []);
  return [
    "-- Run as a superuser in the database that the system's url names.",
    `CREATE ROLE ${verifier} LOGIN;`,
    `-- Give it a password: \\password ${verifier}`,
    ...given,
    ...(already.length === 0
      ? []
      : [
          '-- Open to everybody, unless your site has revoked it from PUBLIC:',
          ...already.map((line) => `-- ${line}`),
        ]),
    '',
  ].join('\n');
}
