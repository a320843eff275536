import { UsageError } from '../model/errors.ts';
import type { Shell } from './shell.ts';

/** @throws UsageError: the demo lives in the repository, where it finds its servers */
export function demo(_: Shell): Promise<number> {
  return Promise.reject(
    new UsageError('the demo runs in a checkout of the repository: npm ci && npm run demo'),
  );
}
