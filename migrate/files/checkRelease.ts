import type { Finding } from "../findings/finding";
import { toFinding } from "../lint/rule";
import { RELEASE_RULES } from "../lint/rules/files";
import { planGroups } from "../run/groups";
import type { MigrationStatements } from "../sql/statementsOf";

/** Files without a way back; `downs` are what they send when they go down. */
export function findNoDown(downs: readonly MigrationStatements[]): Finding[] {
  return downs.flatMap((file) => {
    const { migration, unknown } = file;
    const { sections, actions } = migration;
    // `down = false` says that there is none.
    if (sections === null && actions.down === false) return [];
    const report = (message: string): Finding[] => [
      toFinding(RELEASE_RULES["no-down"], { message }, file, null),
    ];
    if (sections !== null) return sections.down === null ? report("has no way back") : [];
    const isInferred = actions.down === undefined;
    return isInferred && unknown === "it fails without a database"
      ? report("exports no down, and node-pg-migrate cannot infer it from up")
      : [];
  });
}

/** Of files that are released together: those outside a transaction, when there are others before them. */
export function findMixed(files: readonly MigrationStatements[]): Finding[] {
  const groups = planGroups(files, ({ usesTransaction }) => !usesTransaction);
  return groups.flatMap(({ files: [file], isTransaction }, index) => {
    if (isTransaction || file === undefined || index === 0) return [];
    const before = groups.slice(0, index).flatMap((group) => group.files);
    const names = before.map(({ migration }) => migration.file.name).join(", ");
    const message = `is released together with ${names}, which stay when this one fails`;
    return [toFinding(RELEASE_RULES["mixed-no-transaction"], { message }, file, null)];
  });
}
