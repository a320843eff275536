import { z } from '../../src/connector.ts';
import type { TokenFacts } from './client.ts';
import { mintingPaths } from './minting.ts';
import { writes } from './acl-text.ts';
import type { LookScope } from './looking.ts';
import type { Known, Rights } from './rights.ts';

const policies = z.array(z.string()).optional();
const secretIdRef = z.looseObject({ mount: z.string(), role: z.string(), policies });
const authRoleRef = z.looseObject({ mount: z.string(), name: z.string(), policies });

/** How a token was made by logging in. */
export interface Login {
  /** `auth/approle` */
  readonly mount: string;
  /** The role or user, where the way to log in says which. */
  readonly name: string | undefined;
}

/** Undefined for a token that another token made, or the server's own keys. */
export function loginOf({ path, meta }: Pick<TokenFacts, 'path' | 'meta'>): Login | undefined {
  if (!path.startsWith('auth/') || path.startsWith('auth/token/')) return undefined;
  const [, mount = path, user] = /^(.+?)\/(?:login|callback|oidc\/callback)(?:\/([^/]+))?$/.exec(path) ?? [];
  return { mount, name: user ?? meta?.['role_name'] ?? meta?.['role'] ?? meta?.['username'] };
}

/** A role or user with which the grant itself logs in. */
export interface OwnWay extends Login {
  readonly name: string;
  /** All that its tokens, and what they could make, carry, where the record says so. */
  readonly policies: readonly string[] | undefined;
}

export function ownWays({ targets }: LookScope): readonly OwnWay[] {
  return targets.flatMap(({ kind, ref }) => {
    if (kind === 'vault/approle-secret-id') {
      const { mount, role, policies: said } = secretIdRef.parse(ref);
      return [{ mount, name: role, policies: said }];
    }
    if (kind !== 'vault/auth-role') return [];
    const { mount, name, policies: said } = authRoleRef.parse(ref);
    return [{ mount, name, policies: said }];
  });
}

/** Was it made with a role or user of the grant's own? A login that does not say which may have been. */
export function byOwnWay({ mount, name }: Login, ways: readonly OwnWay[]): OwnWay | 'perhaps' | undefined {
  const here = ways.filter((way) => way.mount === mount);
  if (name === undefined) return here.length === 0 ? undefined : 'perhaps';
  // names of roles have no case
  return here.find((way) => way.name.toLowerCase() === name.toLowerCase());
}

/** What below a mount makes no way to log in, but for secret ids, which are asked about by role. */
const harmless = /^auth\/token\/|\/login[^/]*(?:\/[^/*]+)?$|\/tidy\//;
const minting = /\/role\/[^/]+\/(?:custom-)?secret-id/;

/** Could the grant have made itself a way to log in like this? */
export function couldLogIn({ mount, name }: Login, rights: Rights): Known {
  const changed = rights.somewhere(`${mount}/*`, writes, new RegExp(`${harmless.source}|${minting.source}`));
  if (changed === 'yes' || name === undefined) return rights.somewhere(`${mount}/*`, writes, harmless);
  const minted = mintingPaths({ mount, name }).map((path) => rights.may(path, writes));
  return minted.includes('yes') ? 'yes' : minted.includes('unknown') ? 'unknown' : changed;
}

/** The grant could have made no way to log in at any mount. */
export function noWayIn(rights: Rights): boolean {
  return rights.somewhere('auth/*', writes, harmless) === 'no';
}

/** Nothing but logging in and making secret ids was open to the grant there. */
export function noDefinition(pattern: string, rights: Rights): boolean {
  return rights.somewhere(pattern, writes, new RegExp(`${harmless.source}|${minting.source}`)) === 'no';
}

/**
 * Could the grant have made a token without a parent? A batch token has no accessor, so one that was
 * made so stands in no list and ends with nothing but its time.
 */
export function couldMakeOrphans(rights: Rights): Known {
  const answers = [
    rights.may('auth/token/create-orphan', writes),
    rights.somewhere('auth/token/create/+', writes),
    // no_parent: "root or sudo privileges required to create orphan token"
    rights.may('auth/token/create', ['sudo']),
  ];
  return answers.includes('yes') ? 'yes' : answers.includes('unknown') ? 'unknown' : 'no';
}
