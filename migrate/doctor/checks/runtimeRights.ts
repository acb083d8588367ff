import { escapeIdentifier } from "pg";
import { readMigration } from "../../files/migrationFile";
import { listUnreachable } from "../../roles/findUnreachable";
import { planRoles } from "../../roles/planRoles";
import { listOwnedGrants } from "../../roles/listOwnedGrants";
import { type Excess, findExcess } from "../../roles/verifyRuntime";
import { type Diagnosis, type DoctorRule, diagnose, mendable } from "../diagnosis";
import { type Patient, isFirstRun } from "../patient";

export const RUNTIME_DDL: DoctorRule = {
  id: "runtime-ddl",
  level: "error",
  title: "A service that can do more than read and write rows",
  why: "The service's login is the one that an injected statement runs as. When it owns a table, may create something or is in a superuser's role, that statement can drop the table, plant a function or read everything. up ends with an error for the same reasons.",
  instead: "Take it away; the owner role makes what there is to make.",
  url: "https://www.postgresql.org/docs/current/ddl-priv.html",
};

export const MISSING_DEFAULT_PRIVILEGES: DoctorRule = {
  id: "missing-default-privileges",
  level: "warning",
  title: "New tables are not given to the service",
  why: "The owner role's default privileges give the service the rows of every table that a migration makes. Without them the next table is there and the service gets “permission denied”.",
  instead: "Set them for the owner role; they hold for what is made from then on.",
  url: "https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html",
};

export const MISSING_PRIVILEGES: DoctorRule = {
  id: "missing-privileges",
  level: "warning",
  title: "A table on which the service has no rights",
  why: "It came by ALTER … OWNER TO, was made while the default privileges were missing, or somebody took the rights away. The service gets “permission denied” on its first query.",
  instead: "Grant the rows, unless a migration took the right away on purpose.",
  url: "https://www.postgresql.org/docs/current/sql-grant.html",
};

export async function findRuntimeDdl(patient: Patient): Promise<Diagnosis[]> {
  const { client, roles } = patient;
  const { runtimeRole } = roles;
  if (runtimeRole === null) return [];
  const found = await findExcess(client, roles);
  // What comes with a predefined role, and by nothing else, goes with it.
  const isMember = found.some(({ what }) => what.startsWith("is a member of "));
  const own = found.filter(({ statements }) => statements.length > 0 || !isMember);
  const owned = own.filter(({ statements: [first] }) => first !== undefined && isHandOver(first));
  const others = own
    .filter((one) => !owned.includes(one))
    .map(({ what, statements }) => {
      const rest = statements.filter((one) => !isHandOver(one));
      const diagnosis = diagnose(RUNTIME_DDL, runtimeRole, what, "take it away", rest);
      const isPassing =
        isFirstRun(patient) && rest.length > 0 && rest.every((one) => PUBLIC_RIGHT.test(one));
      return mendable(isPassing ? asNote(diagnosis) : diagnosis, "login");
    });
  return owned.length === 0 ? others : [await reportOwned(owned, patient, runtimeRole), ...others];
}

function isHandOver(statement: string): boolean {
  return statement.startsWith("REASSIGN OWNED");
}

const SHOWN = 5;

/** Handed over all at once. The owner's rights go with it, so the service gets its rows in the same transaction. */
async function reportOwned(
  owned: readonly Excess[],
  { client, roles }: Patient,
  runtimeRole: string,
): Promise<Diagnosis> {
  const whats = owned.map(({ what }) => what);
  const more = whats.length > SHOWN ? `, and ${whats.length - SHOWN} more` : "";
  const message = `${whats.slice(0, SHOWN).join(", ")}${more}`;
  const advice = "hand it over and give the service its rows, in one transaction";
  const grants = await listOwnedGrants(client, roles);
  const statements = [...(owned[0]?.statements ?? []), ...grants];
  return mendable(diagnose(RUNTIME_DDL, runtimeRole, message, advice, statements), "login");
}

/** What a new database lets everybody do, and the first `up` does not. */
const PUBLIC_RIGHT = /^REVOKE (TEMPORARY ON DATABASE .*|CREATE ON SCHEMA public) FROM PUBLIC$/;

export function findDefaultPrivileges(patient: Patient): Diagnosis[] {
  const { roles, roleState } = patient;
  const plan = planRoles(roleState, roles);
  const missing = plan.filter(({ sql }) => sql.startsWith("ALTER DEFAULT PRIVILEGES"));
  if (missing.length === 0) return [];
  const message = `${roles.runtimeRole ?? ""} is given no rows of what it makes next`;
  const advice = "up sets them; by hand";
  const statements = missing.map(({ sql }) => sql);
  const diagnosis = diagnose(MISSING_DEFAULT_PRIVILEGES, roles.role, message, advice, statements);
  return [{ ...diagnosis, level: isFirstRun(patient) ? "note" : "warning", fix: missing }];
}

/** Schemas and tables of which the service can do nothing. */
export async function findPrivileges(patient: Patient): Promise<Diagnosis[]> {
  const { client, roles } = patient;
  const { runtimeRole } = roles;
  if (runtimeRole === null) return [];
  const tables = await listUnreachable(client, roles);
  const mayBeTaken = tables.length === 0 ? () => false : await readRevocations(patient);
  const found = tables.map(({ name, statement }) => {
    const message = `is nothing that ${runtimeRole} has any right on`;
    const diagnosis = (advice: string): Diagnosis =>
      diagnose(MISSING_PRIVILEGES, name, message, advice, [statement]);
    return mayBeTaken(name)
      ? asNote(diagnosis("a migration takes rights away, maybe these; if the service needs them"))
      : mendable(diagnosis("if the service needs them"), "owner");
  });
  const all = [...findSchemas(patient, runtimeRole), ...found];
  return isFirstRun(patient) ? all.map(asNote) : all;
}

function findSchemas({ roles, roleState }: Patient, runtimeRole: string): Diagnosis[] {
  return roleState.schemas
    .filter(
      (schema) => schema.exists && !schema.runtimeMayUse && roles.schemas.includes(schema.name),
    )
    .map(({ name }) => {
      const message = `is a schema that ${runtimeRole} may not use`;
      const statement = `GRANT USAGE ON SCHEMA ${escapeIdentifier(name)} TO ${escapeIdentifier(runtimeRole)}`;
      const advice = "up gives it; by hand";
      return mendable(diagnose(MISSING_PRIVILEGES, name, message, advice, [statement]), "login");
    });
}

/** Whether some migration may have taken a table's rights away: then nobody gives them back by itself. */
async function readRevocations({ files }: Patient): Promise<(table: string) => boolean> {
  const all = await Promise.all(files.map(async (file) => (await readMigration(file)).text));
  const texts = all.filter((text) => /revoke/i.test(text));
  const isForAll = texts.some((text) =>
    /\ball\s+(tables|sequences)\b|tables["']?\s*:\s*["']all/i.test(text),
  );
  return (table) => isForAll || texts.some((text) => text.includes(lastPartOf(table)));
}

function lastPartOf(table: string): string {
  return (/(?:^|\.)("(?:[^"]|"")+"|[^".]+)$/.exec(table)?.[1] ?? table).replace(/^"|"$/g, "");
}

function asNote(diagnosis: Diagnosis): Diagnosis {
  return { ...diagnosis, level: "note" };
}
