/** One measured number; with a limit it is held against it. */
export interface Line {
  readonly what: string;
  readonly value: number;
  readonly unit?: string;
  /** At most; or, with `least`, at least. */
  readonly limit?: number;
  readonly least?: boolean;
}

export const holds = ({ value, limit, least }: Line): boolean =>
  limit === undefined || (least === true ? value >= limit : value <= limit);

export function table(lines: readonly Line[]): string {
  const rows = lines.map((line) => [
    line.what,
    `${round(line.value)}${line.unit === undefined ? '' : ` ${line.unit}`}`,
    line.limit === undefined ? '' : `${line.least === true ? '≥' : '≤'} ${round(line.limit)}`,
    line.limit === undefined ? '' : holds(line) ? 'holds' : 'MISSED',
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const round = (value: number) =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : Number(value.toPrecision(3)).toString();
