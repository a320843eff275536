import { secret, textFile, z } from '../../src/connector.ts';

/** The fields of a `vault` system in `tombstone.yaml`. */
export const vaultConfig = z.strictObject({
  address: z
    .url({ protocol: /^https?$/, error: 'an http(s) URL belongs here: https://bao.example.com:8200' })
    .refine(
      (text) => {
        const url = URL.parse(text);
        return (
          url !== null && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
        );
      },
      { error: 'only scheme, host and port: no path, no query, no user (a namespace has its own field)' },
    ),
  token: secret(),
  namespace: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'a namespace path: team-a/')
    .optional(),
  caFile: textFile().optional(),
  allowInsecure: z.boolean().default(false),
  controls: z
    .strictObject({
      /** An accessor of a token that is known to live, in the namespace of the targets. */
      accessor: z.string().min(1).optional(),
      /** A lease that is known to live, in the namespace of the targets. */
      lease: z.string().min(1).optional(),
    })
    .default({}),
  /** A file audit device, and its file where this machine can read it: a witness of what no list shows. */
  auditLog: z
    .strictObject({
      device: z
        .string()
        .regex(
          /^[\x21-\x2e\x30-\x7e]+(?:\/[\x21-\x2e\x30-\x7e]+)*$/,
          'the path of the device without slashes at its ends: main',
        ),
      file: z.string().regex(/^(?:\/|[A-Za-z]:[\\/])./, 'an absolute path: /var/log/openbao/audit.log'),
    })
    .optional(),
});

export type VaultConfig = z.infer<typeof vaultConfig>;
