import { secret, z } from '../../src/connector.ts';
import type { Host } from '../../src/connector.ts';

const place = /^redis:\/\/(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?\/?$/i;

export const config = z.strictObject({
  /** `redis://host:port`: one node, itself. */
  address: z
    .string()
    .regex(place, 'the form is redis://host:port; user and password have fields of their own'),
  username: z.string().min(1),
  password: secret(),
  /** This system is meant to be a replica: it keeps users and connections of its own. */
  replica: z.boolean().optional(),
  allowInsecure: z.boolean().optional(),
});
export type Config = z.infer<typeof config>;

/**
 * The one host that the door may let this system reach. What is said there is not encrypted.
 *
 * @throws Error with a text for people.
 */
export function host(from: Config): Host {
  const [, name = '', port = '6379'] = place.exec(from.address) ?? [];
  const bare = name.replace(/^\[|\]$/g, '');
  if (!/^(?:localhost|::1|127(?:\.\d{1,3}){3})$/i.test(bare) && from.allowInsecure !== true) {
    throw new Error(
      `${from.address} is another machine, and this connector speaks no TLS: end a tunnel on loopback, or set "allowInsecure: true"`,
    );
  }
  return { protocol: 'tcp:', host: bare, port: Number(port), allowInsecure: from.allowInsecure === true };
}
