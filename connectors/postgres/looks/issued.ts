import { instantMs } from '../../../src/connector.ts';
import type { Scope } from '../../../src/connector.ts';
import { role } from '../kinds.ts';
import { firstOid, older } from '../oids.ts';
import { password } from '../password.ts';
import type { Subject } from '../rights.ts';
import type { GrantRow } from '../sources/grants.ts';
import type { RoleRow } from '../sources/roles.ts';
import type { Excuse } from './part.ts';

/** What a name says of a role: the broker's word, which only ever excuses. */
export type IssuedAs = 'may be the grant’s' | Excuse | undefined;

/** Logins that a broker made for the grant: it could have been asked for more than the record names. */
export interface Issued {
  says(one: RoleRow): IssuedAs;
}

interface Templated {
  /** What its part for the role may be: where a display name holds a dash, nobody can tell the two apart. */
  readonly roles: readonly string[];
  /** Whole seconds of the broker's clock. */
  readonly at: number;
}

/**
 * A name as OpenBao and Vault make it unless they are told otherwise: display name and role, eight
 * characters of each, twenty at random, and the second.
 *
 * Sources: https://developer.hashicorp.com/vault/api-docs/secret/databases/postgresql#username_template,
 * https://openbao.org/api-docs/secret/databases/postgresql/#parameters
 */
export function readTemplate(name: string): Templated | undefined {
  const [, both = '', second = ''] = /^v-(.*)-[0-9A-Za-z]{20}-(\d{10})$/su.exec(name) ?? [];
  const words = both.split('-');
  const roles = words
    .map((_, at) => [words.slice(0, at).join('-'), words.slice(at).join('-')] as const)
    .slice(1)
    .filter(([display, of]) => of !== '' && display.length <= 8 && of.length <= 8)
    .map(([, of]) => of);
  return roles.length === 0 ? undefined : { roles, at: Number(second) };
}

/** A name of another template: all but its last two parts, which differ from login to login. */
const stemOf = (name: string) => /^(.+)[-_.:@][^-_.:@]+[-_.:@][^-_.:@]+$/su.exec(name)?.[1];
/** Its last part, where that is a second since 1970. */
const secondOf = (name: string) => /[-_.:@](\d{10})$/u.exec(name)?.[1];

interface Login {
  readonly name: string;
  readonly oid: number | undefined;
  readonly issued: boolean;
}

/** @param from the beginning of the window, RFC 3339; the names tell whole seconds only. */
export function issuedTo(
  scope: Scope,
  { joined }: Subject,
  rows: readonly GrantRow[],
  { from, marker }: { readonly from: string; readonly marker: number | undefined },
): Issued {
  const begun = Math.floor((instantMs(from) ?? 0) / 1000);
  const logins = loginsOf(scope);
  const templated = new Set(logins.flatMap(({ name }) => readTemplate(name)?.roles ?? []));
  const others = logins.filter(({ name, issued }) => issued && readTemplate(name) === undefined);
  const groupsOf = (oid: number | undefined) =>
    new Set([...joined, ...rows].filter((one) => one.memberOid === oid).map(({ roleOid }) => roleOid));

  const byTemplate = (name: string): IssuedAs => {
    const made = readTemplate(name);
    if (templated.size === 0 || made === undefined) return undefined;
    if (!made.roles.some((of) => templated.has(of))) return 'a login that a broker made for another role';
    return made.at < begun ? 'a login that a broker made before the grant' : 'may be the grant’s';
  };
  /** Of a template that nobody knows a name says less, so what the statements gave tells as well. */
  const like = (one: RoleRow, login: Login): IssuedAs => {
    // what a broker hands out can log in
    if (!one.login) return undefined;
    const stem = stemOf(login.name);
    if (stem !== undefined && stem === stemOf(one.name)) {
      const [second, own] = [secondOf(one.name), secondOf(login.name)];
      const before = second !== undefined && own !== undefined && Number(second) < begun;
      return before ? 'a login that a broker made before the grant' : 'may be the grant’s';
    }
    if (older(one.oid, marker)) return undefined;
    const [given, has] = [groupsOf(login.oid), groupsOf(one.oid)];
    if (given.size === 0) return stem === undefined ? 'may be the grant’s' : undefined;
    return [...given].every((group) => has.has(group)) ? 'may be the grant’s' : undefined;
  };
  return {
    says(one) {
      const said = [byTemplate(one.name), ...others.map((login) => like(one, login))];
      return said.find((word) => word === 'may be the grant’s') ?? said.find((word) => word !== undefined);
    },
  };
}

/** Logins of the record by the names that it gives them: one that was renamed since was made under the old one. */
function loginsOf({ accounts, targets }: Scope): readonly Login[] {
  return targets.flatMap(({ kind, ref, issuedBy }): Login[] => {
    const named =
      kind === role.kind
        ? role.ref.parse(ref)
        : kind === password.kind
          ? { name: password.ref.parse(ref).name, oid: password.ref.parse(ref).roleOid }
          : undefined;
    if (named === undefined || (named.oid !== undefined && named.oid < firstOid)) return [];
    // what the subject has anyway no broker made for it
    const issued = issuedBy !== undefined && !accounts.includes(String(named.oid));
    return [{ name: named.name, oid: named.oid, issued }];
  });
}
