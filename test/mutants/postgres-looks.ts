import type { Mutant } from './mutant.ts';

const postgresPoints = ['connectors/postgres/endpoints.test.ts'];
const postgresLooks = ['connectors/postgres/looks.test.ts', 'connectors/postgres/rights.test.ts'];
const postgresJobs = ['connectors/postgres/jobs.test.ts'];
const postgresIssued = ['connectors/postgres/issued.test.ts'];

export const postgresLooksMutants: readonly Mutant[] = [
  {
    name: 'postgres: a standby accounts for a stream that it does not receive',
    file: 'connectors/postgres/looks/points.ts',
    cut: "(receives?.as !== expected || receives.state !== 'streaming')",
    put: 'receives === undefined',
    tests: postgresPoints,
  },
  {
    name: 'postgres: one standby accounts for every stream of its name',
    file: 'connectors/postgres/looks/points.ts',
    cut: 'one.as === undefined || accounted.get(one.as) !== one',
    put: 'one.as === undefined',
    tests: postgresPoints,
  },
  {
    name: 'postgres: a login of another role of the broker is told by its name’s form alone',
    file: 'connectors/postgres/looks/issued.ts',
    cut: 'if (!made.roles.some((of) => templated.has(of)))',
    put: 'if (made.roles.length > 0)',
    tests: postgresIssued,
  },
  {
    name: 'postgres: a login that the broker made in the window was made before it',
    file: 'connectors/postgres/looks/issued.ts',
    cut: 'return made.at < begun ?',
    put: 'return made.at > begun ?',
    tests: postgresIssued,
  },
  {
    name: 'postgres: of two logins that a broker made the older is not the grant’s',
    file: 'connectors/postgres/looks/issued.ts',
    cut: 'if (stem !== undefined && stem === stemOf(one.name))',
    put: 'if (!older(one.oid, marker) && stem !== undefined && stem === stemOf(one.name))',
    tests: postgresIssued,
  },
  {
    name: 'postgres: rights in the database say what a broker made',
    file: 'connectors/postgres/looks/born-roles.ts',
    cut: "if (says === 'may be the grant’s') return",
    put: "if (says === 'may be the grant’s' && rights.createsRoles) return",
    tests: postgresLooks,
  },
  {
    name: 'postgres: a job of a login that is gone is nobody’s',
    file: 'connectors/postgres/looks/later-jobs.ts',
    cut: '[recorded.get(one.username) ?? [], one.roleOid ?? []].flat()',
    put: "[recorded.get('') ?? [], one.roleOid ?? []].flat()",
    tests: postgresJobs,
  },
  {
    name: 'postgres: hunt: what the login itself gave is somebody else’s',
    file: 'connectors/postgres/looks/given-memberships.ts',
    cut: 'subject.logins.has(one.grantorOid) || ',
    put: '',
    tests: postgresLooks,
  },
  {
    name: 'postgres: hunt: rights that the group gave are somebody else’s',
    file: 'connectors/postgres/looks/hunt.ts',
    cut: 'reached.filter((oid) => oid >= firstOid)',
    put: 'reached.filter((oid) => oid < firstOid)',
    tests: postgresLooks,
  },
  {
    name: 'postgres: hunt: code of a group is its owner’s',
    file: 'connectors/postgres/looks/left-code.ts',
    cut: '!one.makers.some((oid) => rights.acts(oid))',
    put: '!one.makers.every((oid) => oid === 0)',
    tests: postgresLooks,
  },
  {
    name: 'postgres: sweep: no other right reaches the table of the grant',
    file: 'connectors/postgres/looks/standing-access.ts',
    cut: 'rows.some((one) => objects.has(whole(one)) || (one.oid !== null && oids.has(one.oid)))',
    put: 'rows.some((one) => one.oid !== null && oids.has(one.oid))',
    tests: postgresLooks,
  },
  {
    name: 'postgres: sweep: sessions of the window are its end’s',
    file: 'connectors/postgres/looks/other-sessions.ts',
    cut: 'began > end + margin',
    put: 'began > 0',
    tests: postgresLooks,
  },
];
