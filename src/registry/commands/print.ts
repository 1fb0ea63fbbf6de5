/** Texts of the outside world must not move the cursor of a terminal or break a line. */
const plain = (value: unknown): string => {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text.replace(/\p{Cc}/gu, ' ')
}

/** Columns with their heads, as wide as they must be. */
export function columns(heads: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const cells = [heads, ...rows].map((row) => row.map(plain))
  const widths = heads.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)))
  return cells
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** One fact a line; those without a value are left out. */
export function facts(rows: readonly (readonly [string, unknown])[]): string {
  const shown = rows.filter(([, value]) => plain(value) !== '')
  const width = Math.max(0, ...shown.map(([name]) => name.length))
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${plain(value)}`).join('\n')
}

export const asJson = (value: unknown): string => JSON.stringify(value, undefined, 2)
