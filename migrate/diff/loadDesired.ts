import { type Client, DatabaseError, escapeIdentifier } from "pg";
import { messageOf } from "../run/failure";
import { type DesiredStatement, SchemaError } from "./parseDesired";

// What a statement says that needs one from further down, or from another file.
const NOT_YET = new Set(["3F000", "42P01", "42703", "42704", "42883", "42830", "2F003"]);

/**
 * Makes the schema on an empty database, as the role that owns everything. In which order files and
 * statements stand does not matter: what needs another one waits for it.
 */
export async function loadDesired(
  client: Client,
  statements: readonly DesiredStatement[],
  role: string,
  schemas: readonly string[],
): Promise<void> {
  const begin = [
    `SET ROLE ${escapeIdentifier(role)}`,
    `SET search_path = ${schemas.map((name) => escapeIdentifier(name)).join(", ")}`,
    // Bodies may name what comes later.
    "SET check_function_bodies = off",
  ];
  let left = statements;
  for (;;) {
    const waiting: { statement: DesiredStatement; error: DatabaseError }[] = [];
    let file = "";
    for (const statement of left) {
      const [name = ""] = /^.*(?=:\d+$)/.exec(statement.place) ?? [];
      if (name !== file || left !== statements) {
        for (const sql of ["RESET ALL", ...begin]) await client.query(sql);
        if (left !== statements) for (const sql of statement.settings) await client.query(sql);
      }
      file = name;
      try {
        await client.query(statement.sql);
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error;
        waiting.push({ statement, error });
      }
    }
    if (waiting.length === 0) return;
    const isStuck = waiting.length === left.length;
    const hopeless = waiting.filter(({ error }) => !NOT_YET.has(error.code ?? ""));
    if (isStuck || hopeless.length > 0) throw explain(hopeless.length > 0 ? hopeless : waiting);
    left = waiting.map(({ statement }) => statement);
  }
}

function explain(
  failed: readonly { statement: DesiredStatement; error: DatabaseError }[],
): SchemaError {
  const lines = failed.map(
    ({ statement, error }) => `${statement.place}: ${messageOf(error)} (${error.code ?? ""})`,
  );
  const found = (pattern: RegExp): string =>
    [...new Set(failed.flatMap(({ error }) => pattern.exec(error.message)?.[1] ?? []))].join(",");
  const roles = found(/^role "([^"]+)" does not exist/);
  const extensions = found(/^permission denied to create extension "([^"]+)"/);
  const remedies = [
    ...(roles === ""
      ? []
      : [
          `name roles that others make by --other-roles ${roles}, the service's login by --runtime-role`,
        ]),
    ...(extensions === ""
      ? []
      : [`only a superuser may create it: add --extensions ${extensions}, to up as well`]),
  ];
  return new SchemaError(lines, remedies.length === 0 ? "correct the schema" : remedies.join("; "));
}
