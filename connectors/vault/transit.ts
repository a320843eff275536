import { z } from '../../src/connector.ts';
import { namedSource } from './named.ts';

const transitFacts = z
  .object({
    name: z.string(),
    type: z.string(),
    latest_version: z.number().int(),
    /** Versions below it decrypt and verify nothing; it can be lowered again. */
    min_decryption_version: z.number().int(),
    /** Versions below it were trimmed: they are destroyed. 0: none was. */
    min_available_version: z.number().int(),
    /** Older servers cannot delete softly. */
    soft_deleted: z.boolean().optional(),
    exportable: z.boolean(),
    allow_plaintext_backup: z.boolean(),
  })
  .readonly();
export type TransitFacts = z.infer<typeof transitFacts>;

export const readTransitKeys = 'read +/keys/*';

/** What the engine says of a key, never the key. https://openbao.org/api-docs/secret/transit/#read-key */
export const transitKey = namedSource<TransitFacts>({
  id: 'vault/transit-key',
  engine: 'transit',
  folder: 'keys',
  needs: readTransitKeys,
  facts: transitFacts,
  docs: 'https://openbao.org/api-docs/secret/transit/#read-key',
});
