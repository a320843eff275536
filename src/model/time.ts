// RFC 3339 has no 24:00:00, which Date.parse takes for the next day
const instant = /^\d{4}-\d{2}-\d{2}[Tt](?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
const duration = /^P(?=\d|T\d)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Milliseconds since the epoch of an RFC 3339 instant with a zone; undefined for anything else. */
export function instantMs(text: string | undefined): number | undefined {
  if (text === undefined || !instant.test(text)) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) return undefined;
  // Date.parse rolls 31 April over to 1 May: refuse what does not survive the way back
  const day = Number(text.slice(8, 10));
  const month = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0));
  return day <= month.getUTCDate() ? ms : undefined;
}

/** Milliseconds of an ISO 8601 duration in weeks, days, hours, minutes, seconds; undefined for anything else (months and years have no fixed length). */
export function durationMs(text: string): number | undefined {
  const found = duration.exec(text);
  if (!found) return undefined;
  const [weeks, days, hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0));
  return (
    (((weeks ?? 0) * 7 + (days ?? 0)) * 86_400 +
      (hours ?? 0) * 3_600 +
      (minutes ?? 0) * 60 +
      (seconds ?? 0)) *
    1_000
  );
}

/**
 * Of two answers the one whose server's clock was further from ours: one old answer among several makes
 * all of them old. An instant that is missing or cannot be read is the furthest; of equals the later counts.
 */
export function furtherOff<T extends { readonly at: string; readonly serverAt?: string }>(
  one: T,
  other: T,
): T {
  const [then, now] = [apart(one), apart(other)];
  const later = other.at > one.at ? other : one;
  return now === then ? later : now > then ? other : one;
}

function apart({ at, serverAt }: { readonly at: string; readonly serverAt?: string }): number {
  const ms = Math.abs(Date.parse(at) - Date.parse(serverAt ?? ''));
  return Number.isNaN(ms) ? Number.POSITIVE_INFINITY : ms;
}
