import { failed, inconclusive, z } from '../../../src/connector.ts';
import type { Raw, Sibling, Source } from '../../../src/connector.ts';
import type { PostgresClient } from '../client.ts';
import { statement } from '../statement.ts';
import { roles } from './roles.ts';
import type { RoleKey } from './roles.ts';

const row = z.strictObject({
  /** Null: a line that the server could not read, of whatever role. */
  oid: z.int().nullable(),
  name: z.string().nullable(),
  line: z.int().nullable(),
  databases: z.array(z.string()).nullable(),
  method: z.string().nullable(),
  broken: z.boolean(),
});
export type LoginRule = z.infer<typeof row>;

export const readRules = 'EXECUTE on function pg_catalog.pg_hba_file_rules()';

/** Lines of `pg_hba.conf` that name the role: by `all`, by name, by a group that it is in, by a pattern. */
const matching = statement({
  name: 'pg_hba_file_rules by role',
  needs: readRules,
  before: `who as (
      select r.oid, r.rolname::text as name, r.rolsuper from pg_catalog.pg_roles r
      where r.oid = any ($1::pg_catalog.oid[]) or r.rolname::text = any ($2::text[])
    ),
    groups as (
      select w.oid as member, w.oid as at from who w
      union
      select g.member, m.roleid from groups g join pg_catalog.pg_auth_members m on m.member = g.at
    )`,
  query: `select w.oid::bigint as oid, w.name, h.line_number as line, h.database as databases,
      h.auth_method as method, false as broken
    from pg_catalog.pg_hba_file_rules() h cross join who w
    where h.error is null and exists (
      select 1 from pg_catalog.unnest(h.user_name) as u (name)
      where u.name = 'all' or u.name = w.name
        or (pg_catalog."left"(u.name, 1) = '/' and w.name ~ pg_catalog.substr(u.name, 2))
        or (pg_catalog."left"(u.name, 1) = '+' and exists (
          select 1 from groups g join pg_catalog.pg_roles r on r.oid = g.at
          where g.member = w.oid and r.rolname::text = pg_catalog.substr(u.name, 2))))
    union all
    select null, null, h.line_number, null, null, true
    from pg_catalog.pg_hba_file_rules() h where h.error is not null
    order by 3`,
  row,
});

/**
 * The rules by which a role may log in, as the file stands. The verifier's own login came through
 * one of them, which is the control.
 *
 * Source: https://www.postgresql.org/docs/current/view-pg-hba-file-rules.html
 */
export const loginRules: Source<PostgresClient, RoleKey, readonly LoginRule[]> = {
  id: 'postgres/login-rules',
  scope: () => 'cluster',
  name: (key) => roles.name(key),
  answers: (rules, key) => rules.length > 0 && rules.every((one) => isAbout(one, key)),
  async siblings(client, _scope, signal) {
    const own = await client.verifier(signal);
    if (failed(own)) return own;
    const sibling: Sibling<RoleKey> = { key: { oid: own.oid, name: own.name }, chosen: 'own' };
    return [sibling];
  },
  async some(client, keys, signal) {
    const oids = keys.flatMap(({ oid }) => oid ?? []);
    const names = keys.flatMap(({ name }) => name ?? []);
    const answer = await client.ask(matching, [oids, names], signal);
    if (failed(answer)) return answer;
    const broken = answer.rows.find((one) => one.broken);
    if (broken !== undefined) {
      return inconclusive(
        'R-ANSWER',
        `line ${broken.line} of pg_hba.conf cannot be read, so the server runs on rules that it does not show`,
        'a pg_hba.conf without errors, and pg_reload_conf()',
      );
    }
    return keys.map((key): Raw<readonly LoginRule[]> => {
      const rules = answer.rows.filter((one) => isAbout(one, key));
      return rules.length === 0 ? 'nothing' : { value: rules };
    });
  },
};

const isAbout = (rule: LoginRule, key: RoleKey): boolean =>
  key.oid === undefined ? rule.name === key.name : rule.oid === key.oid;
