import { z } from '../../src/connector.ts';
import { namedSource } from './named.ts';

const staticRoleFacts = z
  .object({
    username: z.string(),
    db_name: z.string(),
    /** When the engine last set the password, by the server's clock, RFC 3339. */
    last_vault_rotation: z.iso.datetime({ offset: true }),
  })
  .readonly();
export type StaticRoleFacts = z.infer<typeof staticRoleFacts>;

export const readStaticRoles = 'read +/static-roles/*';

/** What the engine says of a static role, never its password. https://openbao.org/api-docs/secret/databases/#read-static-role */
export const staticRole = namedSource<StaticRoleFacts>({
  id: 'vault/database-static-role',
  engine: 'database',
  folder: 'static-roles',
  needs: readStaticRoles,
  facts: staticRoleFacts,
  docs: 'https://openbao.org/api-docs/secret/databases/#read-static-role',
});
