import { escapeIdentifier } from "pg";
import { hidePasswords } from "../../output/passwordLiterals";
import type { MigrationStatement, MigrationStatements } from "../../sql/statementsOf";
import { type Diagnosis, type DoctorRule, diagnose } from "../diagnosis";
import { type Effect, effectsOf } from "../effects";
import { type Patient, readStatements } from "../patient";
import { annotationOf, recordOf } from "../records";
import { type Presence, describe, keyOf, lookUp, quoteThing } from "../things";
import { isRepeatable } from "../repeatable";

export const HALF_APPLIED: DoctorRule = {
  id: "half-applied",
  level: "error",
  title: "A migration that stopped in the middle",
  why: "A file with pgm.noTransaction() is sent statement by statement and recorded at its end. When the migrator is killed or a statement fails, what was done before stays and nothing records it: the next up begins at the first statement again and fails with “already exists”.",
  instead:
    "Undo what it did and run up again, where that is an index or a constraint; else run what is left of it by hand and record it.",
  url: "https://salsita.github.io/node-pg-migrate/migrations/",
};

/** A statement, and what the catalogue says of it. */
interface Judged {
  statement: MigrationStatement;
  effects: Effect[];
  /** What of it is done already, though it would fail on that. */
  done: Effect[];
  /** INVALID indexes that it would make. */
  broken: Effect[];
}

/** Pending files without a transaction of which something is done. */
export async function findHalfApplied(patient: Patient): Promise<Diagnosis[]> {
  const pending = patient.statuses
    .filter(({ state }) => state === "pending" || state === "out-of-order")
    .map(({ name }) => name);
  // Every .sql file runs in a transaction.
  const scripts = patient.files.filter(({ extension }) => extension !== ".sql");
  if (!scripts.some(({ name }) => pending.includes(name))) return [];
  const statements = await readStatements(patient, pending);
  const sent = new Map(statements.map((one) => [one.migration.file.name, one]));
  const catalogue = createCatalogue(patient);
  const found: Diagnosis[] = [];
  for (const name of pending) {
    const one = sent.get(name);
    // Whatever it does, the files behind it may build on that.
    if (one === undefined) break;
    if (one.unknown !== null) return [...found, ...reportUnknown(one)];
    const judged: Judged[] = [];
    for (const statement of one.statements) judged.push(await catalogue.judge(statement));
    if (one.usesTransaction || judged.every(({ done }) => done.length === 0)) continue;
    found.push(report(one, judged, patient));
  }
  return found;
}

/** A file that alone would have had a transaction has left nothing. */
function reportUnknown({ migration, unknown, usesTransaction }: MigrationStatements): Diagnosis[] {
  if (usesTransaction || migration.sections !== null) return [];
  const message = `may have stopped in the middle, which nobody can tell: ${unknown ?? ""}`;
  const advice = "if a run of it failed, compare what is there with the file";
  return [{ ...diagnose(HALF_APPLIED, migration.file.name, message, advice), level: "note" }];
}

interface Catalogue {
  judge(statement: MigrationStatement): Promise<Judged>;
}

/** The catalogue as it would be after the statements so far. */
function createCatalogue({ client, roles: { schemas } }: Patient): Catalogue {
  const changed = new Map<string, Presence>();
  const look = async ({ thing, makes }: Effect): Promise<[Presence, Effect["thing"]]> => {
    const key = keyOf(thing, schemas);
    const known = changed.get(key);
    changed.set(key, makes ? "there" : "absent");
    if (known !== undefined) return [known, thing];
    const { presence, schema } = await lookUp(client, thing, schemas);
    return [presence, { ...thing, schema }];
  };
  return {
    judge: async (statement) => {
      const effects = effectsOf(statement);
      const judged: Judged = { statement, effects, done: [], broken: [] };
      for (const effect of effects) {
        const [presence, thing] = await look(effect);
        if (presence === "invalid" && effect.makes) judged.broken.push({ ...effect, thing });
        else if (effect.makes === (presence !== "absent") && !effect.isTolerant) {
          judged.done.push({ ...effect, thing });
        }
      }
      return judged;
    },
  };
}

function report(
  { migration }: MigrationStatements,
  judged: readonly Judged[],
  patient: Patient,
): Diagnosis {
  const last = judged.findLastIndex(({ done }) => done.length > 0);
  const things = judged
    .flatMap(({ done }) => done)
    .map(({ thing, makes }) => `${describe(thing)} is ${makes ? "there" : "gone"}`);
  const { name } = migration.file;
  const message = `is not recorded as applied, though statement ${last + 1} of its ${judged.length} is done: ${things.join(", ")}`;
  const next = judged[last + 1];
  // Its trace, if it left one, is none that the catalogue shows.
  const isUnsure = next !== undefined && next.effects.length === 0 && !isRepeatable(next.statement);
  const warning = isUnsure ? `statement ${last + 2} may have run too, so look first; ` : "";
  const undo = next === undefined ? null : undoOf(judged.slice(0, last + 1), judged, patient);
  if (undo !== null) {
    const advice = `${warning}undo what it did and run up again`;
    return diagnose(HALF_APPLIED, name, message, advice, undo);
  }
  const rest = judged.slice(last + 1).flatMap((one) => finishOf(one, patient));
  const finish = rest.length === 0 ? "" : "run what is left of it, then ";
  const advice = `${warning}compare what is there with the file; if that is what it makes, ${finish}record it`;
  const record = recordsOf(patient, name, migration.sha256);
  return diagnose(HALF_APPLIED, name, message, advice, [...frameOf(rest, patient), ...record]);
}

function recordsOf({ roles, history }: Patient, name: string, sha256: string): string[] {
  const record = recordOf(roles.tables, name);
  return history?.runs === "usable" ? [record, annotationOf(roles.tables, name, sha256)] : [record];
}

const UNDO: Readonly<Record<string, (effect: Effect, schemas: readonly string[]) => string>> = {
  IndexStmt: ({ thing }, schemas) => `DROP INDEX CONCURRENTLY ${quoteThing(thing, schemas)}`,
  AlterTableStmt: ({ thing }, schemas) =>
    `ALTER TABLE ${quoteThing(thing, schemas)} DROP CONSTRAINT ${escapeIdentifier(thing.part ?? "")}`,
};

/** Null where undoing could lose rows, or cannot be told from the file. */
function undoOf(
  begun: readonly Judged[],
  all: readonly Judged[],
  { roles: { schemas } }: Patient,
): string[] | null {
  // What stands before the last one that is done was done too, and would be done twice.
  const isPlain = begun.every(
    ({ statement, effects, done }) =>
      (effects.length > 0 || isRepeatable(statement)) &&
      done.every(({ makes, thing }) => makes && canUndo(statement.kind, thing.kind)),
  );
  if (!isPlain) return null;
  return all
    .flatMap(({ statement, done, broken }) =>
      [...done, ...broken].map((effect) => UNDO[statement.kind]?.(effect, schemas) ?? ""),
    )
    .reverse();
}

function canUndo(statementKind: string, thingKind: string): boolean {
  return statementKind === "IndexStmt" || thingKind === "constraint";
}

function finishOf({ statement, broken }: Judged, { roles: { schemas } }: Patient): string[] {
  const drops = broken.map(({ thing }) => `DROP INDEX CONCURRENTLY ${quoteThing(thing, schemas)}`);
  return [...drops, hidePasswords(statement.sql, 0).sql];
}

/** As the tool would run them: by the owner role, in the migrations' schemas. */
function frameOf(statements: readonly string[], { roles }: Patient): string[] {
  if (statements.length === 0) return [];
  const path = roles.schemas.map((schema) => escapeIdentifier(schema)).join(", ");
  return [`SET ROLE ${escapeIdentifier(roles.role)}`, `SET search_path = ${path}`, ...statements];
}
