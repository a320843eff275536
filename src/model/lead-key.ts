import type { Lead } from './observation.ts';

/** One name for a found thing, the same whoever computes it: the lead's place is its parent's system unless it says another. */
export function leadKey(lead: Lead, parentSystem: string): string {
  return JSON.stringify([lead.system ?? parentSystem, lead.kind, canonical(lead.ref)]);
}

/** Keys in order, so that equal locators have equal names. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, canonical(inner)]);
}
