import { stripVTControlCharacters } from "node:util";

/** Rows below a heading, in columns; a cell that is null is a dash. A column that is empty throughout is left out. */
export function formatTable(
  heading: readonly string[],
  rows: readonly (readonly (string | null)[])[],
): string[] {
  const kept = heading.map((_, column) => rows.some((row) => (row[column] ?? null) !== null));
  const lines = [heading, ...rows].map((row) =>
    row.flatMap((cell, column) => (kept[column] === true ? [cell ?? "-"] : [])),
  );
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => widthOf(line[column] ?? ""))),
  );
  return lines.map((line) =>
    line
      .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - widthOf(cell)))
      .join("  ")
      .trimEnd(),
  );
}

/** Colours take no room. */
function widthOf(cell: string): number {
  return stripVTControlCharacters(cell).length;
}
