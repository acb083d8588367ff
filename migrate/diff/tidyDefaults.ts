import type { Change, ObjectId } from "./change";

/**
 * Leaves out what the engine writes about defaults without need: dropping one that is not there, before a
 * change of the type, and setting one twice.
 */
export function tidyDefaults(
  changes: readonly Change[],
  hasDefault: (column: ObjectId) => boolean,
): Change[] {
  const said = new Set<string>();
  return changes.filter(({ sql, touches }) => {
    if (/ ALTER COLUMN .* SET DEFAULT /.test(sql)) {
      const isNew = !said.has(sql);
      said.add(sql);
      return isNew;
    }
    const column = touches.find(({ kind }) => kind === "column" || kind === "default");
    const isDrop = / ALTER COLUMN "(?:[^"]|"")+" DROP DEFAULT$/.test(sql);
    return !isDrop || column === undefined || hasDefault(column);
  });
}
