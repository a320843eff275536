import { flawed, isRecord, strings, type Flawed } from './read.ts';

/** The Principal element. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
export interface Principals {
  /** `"*"` or `{"AWS": "*"}`: everybody. */
  readonly everyone: boolean;
  /** Account ids of twelve digits, also where the document names the account's root. */
  readonly accounts: ReadonlySet<string>;
  /** Users, roles, role sessions, federated users; and the unique ids that IAM writes where one of them was deleted. */
  readonly names: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
  readonly federated: ReadonlySet<string>;
}

const root = /^arn:[^:]+:iam::(\d{12}):root$/;

export function readPrincipals(given: unknown): Principals | Flawed {
  if (given === '*') return principals({ everyone: true });
  if (!isRecord(given)) return flawed('Principal is neither "*" nor an object');
  const found = { AWS: [''], Service: [''], Federated: [''], CanonicalUser: [''] };
  for (const type of ['AWS', 'Service', 'Federated', 'CanonicalUser'] as const) {
    const list = given[type] === undefined ? [] : strings(given[type]);
    if (list === undefined) return flawed(`Principal ${type} is neither a string nor a list of strings`);
    found[type] = [...list];
  }
  const stranger = Object.keys(given).find((key) => !Object.hasOwn(found, key));
  if (stranger !== undefined) return flawed(`an unknown type of Principal, ${stranger}`);
  if (Object.keys(given).length === 0) return flawed('Principal names nobody');
  // the id of an account by another name: which account it is, no document says
  if (found.CanonicalUser.length > 0) return flawed('Principal CanonicalUser');
  const accounts: string[] = [];
  const names: string[] = [];
  for (const one of found.AWS) {
    const account = /^\d{12}$/.test(one) ? one : root.exec(one)?.[1];
    if (account !== undefined) accounts.push(account);
    else if (one !== '*' && /[*?]/.test(one)) return flawed(`Principal ${one} has a wildcard`);
    else if (one !== '*') names.push(one);
  }
  return principals({
    everyone: found.AWS.includes('*'),
    accounts,
    names,
    services: found.Service,
    federated: found.Federated,
  });
}

function principals(of: {
  readonly everyone: boolean;
  readonly accounts?: readonly string[];
  readonly names?: readonly string[];
  readonly services?: readonly string[];
  readonly federated?: readonly string[];
}): Principals {
  return {
    everyone: of.everyone,
    accounts: new Set(of.accounts),
    names: new Set(of.names),
    services: new Set(of.services),
    federated: new Set(of.federated),
  };
}
