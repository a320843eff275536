/** A quoted identifier; characters that a terminal would obey stand as Unicode escapes. */
export function quoted(name: string): string {
  const doubled = name.replaceAll('"', '""');
  if (!/[\p{Cc}\p{Cf}]/u.test(name)) return `"${doubled}"`;
  const escaped = doubled
    .replaceAll('\\', '\\\\')
    .replace(
      /[\p{Cc}\p{Cf}]/gu,
      (character) => `\\+${(character.codePointAt(0) ?? 0).toString(16).padStart(6, '0')}`,
    );
  return `U&"${escaped}"`;
}
