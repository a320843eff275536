import type { Found, Scope } from '../../../src/connector.ts';
import { job } from '../job.ts';
import { membership, role } from '../kinds.ts';
import { password } from '../password.ts';
import type { JobEntry, JobRow } from '../sources/jobs.ts';
import type { Hunted, Sorted } from './part.ts';

/**
 * Jobs that run as a role of the grant, or that it could have made or changed: `schedule` takes another
 * command under the same name and keeps the id, so the order of the ids tells nothing. The extension
 * keeps the name of the role alone, and goes by it.
 */
export function laterJobs(entries: readonly JobEntry[], scope: Scope, hunted: Hunted): readonly Sorted[] {
  const { subject, rights, known } = hunted;
  const recorded = namesOf(scope, hunted);
  return entries.flatMap((one): Sorted[] => {
    if (!('id' in one)) return [];
    const thing = describe(one);
    if (known(job.kind, thing.id)) return [];
    const oids = [recorded.get(one.username) ?? [], one.roleOid ?? []].flat();
    if (oids.some((oid) => subject.logins.has(oid))) return [{ found: thing }];
    const could = rights.anything || oids.some((oid) => subject.own.has(oid) || rights.acts(oid));
    return [
      could
        ? { unexplained: thing }
        : { excused: 'a job of a role that the grant could not act as' as const },
    ];
  });
}

/** Roles by the names that the record gives them, and by those that the subject's have now. */
function namesOf({ targets }: Scope, { subject }: Hunted): ReadonlyMap<string, readonly number[]> {
  const names = new Map<string, readonly number[]>();
  const add = (name: string | undefined, oid: number | undefined) => {
    if (name !== undefined && oid !== undefined) names.set(name, [...(names.get(name) ?? []), oid]);
  };
  for (const oid of subject.own) add(subject.names.get(oid), oid);
  for (const { kind, ref } of targets) {
    if (kind === role.kind) {
      const { name, oid } = role.ref.parse(ref);
      add(name, oid);
    } else if (kind === password.kind) {
      const { name, roleOid } = password.ref.parse(ref);
      add(name, roleOid);
    } else if (kind === membership.kind) {
      const { role: group, roleOid, member, memberOid } = membership.ref.parse(ref);
      add(group, roleOid);
      add(member, memberOid);
    }
  }
  return names;
}

function describe({ id, keeper, name, username, database, active, does }: JobRow): Found {
  const ref = {
    database: keeper ?? database,
    jobId: id,
    username,
    ...(name === null ? {} : { name }),
  };
  return {
    kind: job.kind,
    ref,
    id: job.id(ref) ?? '',
    label: job.label(ref),
    standing: `runs in ${database} as ${username}, ${active ? 'active' : 'not active'}, ${does}`,
    relation: 'scheduled',
  };
}
