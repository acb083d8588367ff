import { escapeLiteral } from "pg";
import { compareNames } from "../../files/fileName";
import { type Diagnosis, type DoctorRule, diagnose } from "../diagnosis";
import type { Patient } from "../patient";

const LIBRARY = "https://salsita.github.io/node-pg-migrate/";

export const UNKNOWN_ROW: DoctorRule = {
  id: "unknown-row",
  level: "error",
  title: "An applied migration without a file",
  why: "The database holds a migration that this folder does not: a newer image has migrated it, or the file was deleted or renamed. up refuses to go on, for it cannot know what the schema is.",
  instead:
    "Use the image or the commit that has the file. Take the row out only when the file is gone for good and what it did is undone or in another file.",
  url: LIBRARY,
};

export const EDITED: DoctorRule = {
  id: "edited",
  level: "error",
  title: "A file that was edited after it was applied",
  why: "This database was made by other text than the file holds now: a new database will be different from this one. up refuses to go on.",
  instead: "Restore the file and write the change as a new migration.",
  url: "https://atlasgo.io/concepts/migration-directory-integrity",
};

export const OUT_OF_ORDER: DoctorRule = {
  id: "out-of-order",
  level: "error",
  title: "A pending file that is older than an applied one",
  why: "Two branches have added migrations and the newer one was released first. On this database the order is another than on a new one; up and plain node-pg-migrate refuse it.",
  instead: "Give the file a new number: cloud-run-migrations renumber NAME.",
  url: LIBRARY,
};

export const DUPLICATE_ROW: DoctorRule = {
  id: "duplicate-row",
  level: "warning",
  title: "A migration that is recorded twice",
  why: "The migrations table has no unique key on the name. Two rows of one name come from two migrators that ran at once without a lock that holds, as behind a transaction-pooling proxy, and from inserts by hand. The migration may have run twice; plain node-pg-migrate takes the next file for one out of order and refuses it.",
  instead: "Look what it did twice; then delete the later row.",
  url: LIBRARY,
};

export const ROW_ORDER: DoctorRule = {
  id: "row-order",
  level: "warning",
  title: "Rows in another order than their names",
  why: "Plain node-pg-migrate compares the rows, ordered by run_on, with the files, ordered by name, and refuses to run when they differ: “Not run migration … is preceding already run migration …”. It comes from up --allow-out-of-order, and from clocks that were set back. This tool compares names and does not mind.",
  instead: "Give the rows the times that are there already in the order of their names.",
  url: LIBRARY,
};

export const LEFTOVER_NOTE: DoctorRule = {
  id: "leftover-note",
  level: "note",
  title: "Notes on a migration that is not applied",
  why: "Plain node-pg-migrate has gone down, or somebody has deleted a row: what this tool noted of that run is still there. It does no harm; a note counts only for the very row that it was written for.",
  instead: "Leave them as history, or delete them.",
  url: LIBRARY,
};

interface Row {
  id: number;
  name: string;
  run_on: string;
}

/** What does not fit between the rows and the files, and among the rows. */
export async function findRowFaults(patient: Patient): Promise<Diagnosis[]> {
  const { client, history, roles } = patient;
  if (history?.hasMigrationsTable !== true) return [];
  // In the order in which plain node-pg-migrate reads them.
  const { rows } = await client.query<Row>(
    `SELECT id, name, run_on::text FROM ${roles.tables.migrations} ORDER BY run_on, id`,
  );
  return [
    ...findUnknown(patient, rows),
    ...findEdited(patient),
    ...findOutOfOrder(patient),
    ...findDuplicates(patient, rows),
    ...findDisorder(patient, rows),
    ...(await findLeftovers(patient)),
  ];
}

/** Takes a row out, and what this tool has noted of it. */
function deletionsOf({ roles: { tables }, history }: Patient, { id }: Row): string[] {
  const isNoted = history?.applied.some((row) => row.id === id && row.run !== null) === true;
  return [
    `DELETE FROM ${tables.migrations} WHERE id = ${id}`,
    ...(isNoted ? [`DELETE FROM ${tables.runs} WHERE migration_id = ${id}`] : []),
  ];
}

function findUnknown(patient: Patient, rows: readonly Row[]): Diagnosis[] {
  return patient.statuses.flatMap(({ name, state }) => {
    if (state !== "ahead" && state !== "missing") return [];
    const isAhead = state === "ahead";
    const message = isAhead
      ? "is applied, but no file has that name: the database is newer than this folder"
      : "is applied, but its file was deleted or renamed";
    const advice = isAhead
      ? "use the version that has it; only if it is gone for good and undone"
      : "put the file back; only if it is gone for good and undone";
    const statements = rows
      .filter((row) => row.name === name)
      .flatMap((row) => deletionsOf(patient, row));
    return [diagnose(UNKNOWN_ROW, name, message, advice, statements)];
  });
}

function findEdited({ statuses, history, roles }: Patient): Diagnosis[] {
  return statuses.flatMap(({ name, state, sha256 }) => {
    const row = history?.applied.find((one) => one.name === name);
    if (state !== "edited" || row === undefined || sha256 === null) return [];
    const statement = `UPDATE ${roles.tables.runs} SET sha256 = ${escapeLiteral(sha256)} WHERE migration_id = ${row.id} AND name = ${escapeLiteral(name)} AND direction = 'up'`;
    const message = "was edited after it was applied";
    const advice =
      "restore the file and write the change as a new migration; only if it does the same as before";
    return [diagnose(EDITED, name, message, advice, [statement])];
  });
}

function findOutOfOrder({ statuses }: Patient): Diagnosis[] {
  return statuses
    .filter(({ state }) => state === "out-of-order")
    .map(({ name }) => {
      const message = "is pending, though a newer one is applied";
      const advice = `give it a new number: cloud-run-migrations renumber ${name}`;
      return diagnose(OUT_OF_ORDER, name, message, advice);
    });
}

function findDuplicates(patient: Patient, rows: readonly Row[]): Diagnosis[] {
  return [...new Set(rows.map(({ name }) => name))].flatMap((name) => {
    const [first, ...others] = rows.filter((row) => row.name === name);
    if (first === undefined || others.length === 0) return [];
    const message = `is recorded ${others.length + 1} times, so it may have run as often`;
    const advice = "look what it did twice; then";
    const statements = others.flatMap((row) => deletionsOf(patient, row));
    return [diagnose(DUPLICATE_ROW, name, message, advice, statements)];
  });
}

function findDisorder({ roles }: Patient, all: readonly Row[]): Diagnosis[] {
  // A second row of one name is another fault.
  const rows = all.filter((row) => all.find(({ name }) => name === row.name) === row);
  const wanted = [...rows].sort((a, b) => compareNames(a.name, b.name));
  const index = rows.findIndex((row, place) => row.name !== wanted[place]?.name);
  const [row, expected] = [rows[index], wanted[index]];
  if (row === undefined || expected === undefined) return [];
  const message = `was run before ${expected.name}, so plain node-pg-migrate refuses to go on`;
  const ids = wanted.map(({ id }) => id).join(", ");
  // The times that are there, in their order; equal ones are told apart by a microsecond.
  const statement = [
    `UPDATE ${roles.tables.migrations} m SET run_on = t.run_on + w.place * interval '1 microsecond'`,
    `FROM unnest(ARRAY[${ids}]) WITH ORDINALITY AS w (id, place)`,
    `JOIN (SELECT run_on, row_number() OVER (ORDER BY run_on, id) AS place FROM ${roles.tables.migrations}`,
    `WHERE id IN (${ids})) t USING (place)`,
    "WHERE m.id = w.id",
  ].join(" ");
  const advice = "if people use it here, put the times in the order of the names";
  return [diagnose(ROW_ORDER, row.name, message, advice, [statement])];
}

/** A `down` of this tool notes itself; then the note on the `up` before it is history. */
async function findLeftovers({ client, roles, history }: Patient): Promise<Diagnosis[]> {
  if (history?.runs !== "usable") return [];
  const { migrations, runs } = roles.tables;
  const condition = `r.direction = 'up' AND NOT EXISTS (SELECT FROM ${migrations} m WHERE m.id = r.migration_id AND m.name = r.name) AND NOT EXISTS (SELECT FROM ${runs} d WHERE d.direction = 'down' AND d.name = r.name AND d.id > r.id)`;
  const { rows } = await client.query<{ name: string; ids: string[] }>(
    `SELECT r.name, array_agg(r.id::text ORDER BY r.id) AS ids FROM ${runs} r WHERE ${condition} GROUP BY r.name ORDER BY 1`,
  );
  return rows.map(({ name, ids }) => {
    const message = "has notes on a run whose row is gone; they do no harm";
    const statement = `DELETE FROM ${runs} WHERE id IN (${ids.join(", ")})`;
    return diagnose(LEFTOVER_NOTE, name, message, "leave them, or", [statement]);
  });
}
