/** What a verifier needs beyond what every login may do; and what every login may do, unless a site has revoked it from PUBLIC. */
const grants: Readonly<Record<string, (role: string) => string>> = {
  'membership in pg_read_all_stats': (role) => `GRANT pg_read_all_stats TO ${role};`,
  'EXECUTE on function pg_catalog.pg_hba_file_rules()': (role) =>
    `GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO ${role};`,
  'membership in pg_read_all_settings': (role) => `GRANT pg_read_all_settings TO ${role};`,
  'USAGE on schema cron': (role) => wherePgCron(`GRANT USAGE ON SCHEMA cron TO ${role};`),
  'a policy FOR SELECT USING (true) on cron.job': (role) =>
    wherePgCron(
      `DROP POLICY IF EXISTS ${role} ON cron.job; CREATE POLICY ${role} ON cron.job FOR SELECT TO ${role} USING (true);`,
    ),
};

/** Does nothing in a database without the extension. */
function wherePgCron(statements: string): string {
  return `DO $$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'pg_cron') THEN ${statements} END IF; END $$;`;
}

const catalogs = [
  'pg_roles',
  'pg_auth_members',
  'pg_class',
  'pg_attribute',
  'pg_namespace',
  'pg_database',
  'pg_proc',
  'pg_type',
  'pg_language',
  'pg_tablespace',
  'pg_foreign_server',
  'pg_foreign_data_wrapper',
  'pg_largeobject_metadata',
  'pg_parameter_acl',
  'pg_default_acl',
  'pg_settings',
  'pg_rewrite',
  'pg_trigger',
  'pg_policy',
  'pg_event_trigger',
  'pg_publication',
  'pg_stat_subscription',
  'pg_user_mappings',
  'pg_replication_slots',
  'pg_prepared_xacts',
  'pg_stat_replication',
  'pg_stat_wal_receiver',
  'pg_extension',
] as const;
const open: Readonly<Record<string, (role: string) => string>> = {
  ...Object.fromEntries(
    catalogs.map((name) => [
      `SELECT on pg_catalog.${name}`,
      (role: string) => `GRANT SELECT ON pg_catalog.${name} TO ${role};`,
    ]),
  ),
  'EXECUTE on function pg_catalog.pg_control_system()': (role) =>
    `GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system() TO ${role};`,
  'EXECUTE on function pg_catalog.pg_prepared_xact()': (role) =>
    `GRANT EXECUTE ON FUNCTION pg_catalog.pg_prepared_xact() TO ${role};`,
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
    "-- Run as a superuser in the database that the system's url names; lines with pg_cron also in cron.database_name.",
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
