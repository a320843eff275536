/** What a mount says of itself. */
import { random } from './world.ts';

/** `sys/internal/ui/mounts/<path>` */
export function mountData(type: string, accessor: string, options: object = {}): Record<string, unknown> {
  return {
    accessor,
    config: { default_lease_ttl: 0, force_no_cache: false, max_lease_ttl: 0 },
    deprecation_status: 'supported',
    description: '',
    external_entropy_access: false,
    local: false,
    options,
    plugin_version: '',
    running_plugin_version: 'v2.6.1+builtin.bao',
    running_sha256: '',
    seal_wrap: false,
    type,
    uuid: random(36),
  };
}

export const accessorOf = (type: string): string => `${type}_${random(8).toLowerCase()}`;
