import type { AppliedMigration } from "../../history/applied";
import { type Diagnosis, type DoctorRule, diagnose, mendable } from "../diagnosis";
import { type Patient, readStatements } from "../patient";
import { annotationOf } from "../records";

export const UNANNOTATED: DoctorRule = {
  id: "unannotated",
  level: "warning",
  title: "An applied migration without its note",
  why: "The note on a migration (digest, build, image) is written in its own transaction. Of a file with pgm.noTransaction() it is written right after it: a migrator that is killed between the two leaves the migration recorded without it. Plain node-pg-migrate writes none. An edit of such a file goes unnoticed.",
  instead: "Make sure that the file is still the one that was applied, and write the note.",
  url: "https://salsita.github.io/node-pg-migrate/",
};

/** Migrations that are recorded without an annotation, though those around them have theirs. */
export async function findUnannotated(patient: Patient): Promise<Diagnosis[]> {
  const { history, files, roles } = patient;
  if (history?.runs !== "usable") return [];
  const digests = new Map(files.map(({ name, sha256 }) => [name, sha256]));
  const { applied } = history;
  const noted = new Set(applied.filter(({ run }) => run !== null).map(({ name }) => name));
  // A second row of one name is another fault.
  const bare = applied.filter(({ name }, index) => !noted.has(name) && isAmongOurs(applied, index));
  if (bare.length === 0) return [];
  const names = bare.map(({ name }) => name);
  const alone = new Set(
    (await readStatements(patient, names))
      .filter(({ usesTransaction }) => !usesTransaction)
      .map(({ migration }) => migration.file.name),
  );
  return bare.flatMap(({ name }) => {
    const sha256 = digests.get(name);
    if (sha256 === undefined) return [];
    const message = alone.has(name)
      ? "is recorded as applied without its note: the migrator was killed between the two, or it was plain node-pg-migrate"
      : "is recorded as applied without its note: plain node-pg-migrate has applied it";
    const advice = "make sure that the file is the one that was applied, and write the note";
    const diagnosis = diagnose(UNANNOTATED, name, message, advice, [
      annotationOf(roles.tables, name, sha256),
    ]);
    const level = alone.has(name) ? "warning" : "note";
    return [mendable({ ...diagnosis, level }, "owner")];
  });
}

/** Before the first run of this tool nothing had one; what it runs last may have been its first. */
function isAmongOurs(applied: readonly AppliedMigration[], index: number): boolean {
  const isAnnotated = (row: AppliedMigration | undefined): boolean =>
    row !== undefined && row.run !== null;
  return (
    isAnnotated(applied[index - 1]) ||
    isAnnotated(applied[index + 1]) ||
    index === applied.length - 1
  );
}
