import { findUnrunnable } from "./checkMigration";
import { LoadError, type LoadedMigration } from "./load";

/** Throws when a file's run could not be told truly afterwards: nothing has been applied yet. */
export function refuseUnrunnable(
  migrations: readonly LoadedMigration[],
  direction: "up" | "down",
): void {
  const problems = migrations
    .flatMap((migration) => findUnrunnable(migration, direction))
    .map(({ file, line, rule, message, remedy }) => {
      const place = line === null ? file : `${file}:${line}`;
      return `${place}: [${rule}] ${message}; ${remedy}`;
    });
  if (problems.length > 0) throw new LoadError(problems);
}
