import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Planted } from './planted.ts';
import { needsOf, policyOf, statementsOf } from './verifier.ts';
import type { World } from './world.ts';

/** Verifiers with exactly the printed permissions, or with one of them missing. */
export interface Blinds {
  /** A token. */
  vault(without: string | undefined): Promise<string>;
  /** An URL of `database`; what everybody may do is given back by `restore`. */
  postgres(without: string | undefined): Promise<{ readonly url: string; restore(): Promise<void> }>;
}

interface Room extends Pick<World, 'broker' | 'database' | 'other'> {
  readonly planted: Planted;
}

const created = z.object({ auth: z.object({ client_token: z.string() }) });

/** What PostgreSQL gives to everybody, and a site may take away: `SELECT ON pg_catalog.pg_roles`. */
function fromPublic(need: string | undefined): string | undefined {
  const [, call] =
    /^EXECUTE on function (pg_catalog\.(?:pg_control_system|pg_prepared_xact)\(\))$/.exec(need ?? '') ?? [];
  if (call !== undefined) return `EXECUTE ON FUNCTION ${call}`;
  const [, catalog] = /^SELECT on (pg_catalog\.\w+)$/.exec(need ?? '') ?? [];
  return catalog === undefined ? undefined : `SELECT ON ${catalog}`;
}

export function openBlinds({ broker, planted, database, other }: Room): Blinds {
  const tokens = new Map<string, Promise<string>>();
  const urls = new Map<string, Promise<string>>();
  const known = [...needsOf('vault'), ...needsOf('postgres')];

  async function vaultToken(without: string | undefined): Promise<string> {
    const name = `tombstone-${tokens.size}`;
    await broker('POST', `sys/policies/acl/${name}`, { policy: policyOf('vault', without) });
    const answer = await broker('POST', 'auth/token/create', {
      policies: [name],
      no_default_policy: true,
      ttl: '2h',
    });
    return created.parse(answer).auth.client_token;
  }

  async function postgresUrl(without: string | undefined): Promise<string> {
    const user = without === undefined ? 'tombstone_verifier' : `tombstone_verifier_${urls.size}`;
    const password = planted.add(randomBytes(12).toString('hex'));
    for (const server of [database, other]) {
      const statements =
        without === undefined
          ? []
          : statementsOf(policyOf('postgres', without)).map((one) =>
              one.replaceAll('tombstone_verifier', user),
            );
      for (const one of [...statements, `ALTER ROLE ${user} PASSWORD '${password}'`]) await server.sql(one);
    }
    planted.add(other.url(user, password));
    return planted.add(database.url(user, password));
  }

  const once = (made: Map<string, Promise<string>>, key: string, make: () => Promise<string>) => {
    const before = made.get(key) ?? make();
    made.set(key, before);
    return before;
  };
  const missing = (id: string, without: string | undefined) =>
    without !== undefined && needsOf(id).includes(without) ? without : undefined;

  return {
    vault(without) {
      if (without !== undefined && !known.includes(without)) {
        throw new Error(`no check needs ${without}`);
      }
      const lacks = missing('vault', without);
      return once(tokens, lacks ?? '', () => vaultToken(lacks));
    },
    async postgres(without) {
      const lacks = missing('postgres', without);
      const url = await once(urls, lacks ?? '', () => postgresUrl(lacks));
      const right = fromPublic(lacks);
      if (right === undefined) return { url, restore: () => Promise.resolve() };
      await database.sql(`REVOKE ${right} FROM PUBLIC`);
      return { url, restore: async () => void (await database.sql(`GRANT ${right} TO PUBLIC`)) };
    },
  };
}
