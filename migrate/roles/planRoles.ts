import { escapeIdentifier } from "pg";
import { revokeFrom } from "../history/tables";
import type { RoleOptions, RoleState, SchemaState } from "./readRoles";
import { giveExisting, takeOver } from "./takeOver";

/** One statement of the set-up, and who runs it. */
export interface RoleStatement {
  as: "login" | "administrator" | "owner";
  sql: string;
}

/**
 * The statements that are missing; none when everything is set up. In their order: the owner role, its
 * rights, the schemas, extensions (as the login), what older tools made, the runtime role's rights.
 */
export function planRoles(state: RoleState, options: RoleOptions): RoleStatement[] {
  return [
    ...planOwner(state, options),
    ...planDatabase(state, options),
    ...state.schemas.flatMap((schema) => planSchema(schema, state, options)),
    ...planExtensions(state, options),
    ...planTakeOver(state, options),
    ...planRuntime(state, options),
  ];
}

function planOwner(state: RoleState, { role }: RoleOptions): RoleStatement[] {
  if (role === state.login) return [];
  const owner = escapeIdentifier(role);
  // cloudsqlsuperuser where it can be taken, even by a login that may create roles itself: whoever
  // makes a role may hand it on (PostgreSQL >= 16), and the next login is in that role too.
  const creator = state.administrator === null ? "login" : "administrator";
  const statements: RoleStatement[] = [];
  if (!state.ownerExists) {
    statements.push({ as: creator, sql: `CREATE ROLE ${owner} NOLOGIN` });
  }
  if (!state.loginHoldsOwner) {
    // Before 16 membership includes both; from 16 on a creator gets ADMIN only.
    const options = state.serverVersion >= 160_000 ? " WITH SET TRUE, INHERIT TRUE" : "";
    statements.push({
      as: state.ownerExists && state.loginMayGrantOwner ? "login" : creator,
      sql: `GRANT ${owner} TO ${escapeIdentifier(state.login)}${options}`,
    });
  }
  return statements;
}

function planDatabase(state: RoleState, { role, runtimeRole }: RoleOptions): RoleStatement[] {
  const database = escapeIdentifier(state.database);
  const statements: string[] = [];
  if (role !== state.login && !state.ownerMayUseDatabase) {
    // So that migrations can make schemas.
    statements.push(`GRANT CREATE, TEMPORARY ON DATABASE ${database} TO ${escapeIdentifier(role)}`);
  }
  if (state.publicMayCreateInPublic) {
    statements.push("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  }
  if (runtimeRole !== null && state.publicMayMakeTemporary) {
    statements.push(`REVOKE TEMPORARY ON DATABASE ${database} FROM PUBLIC`);
  }
  return statements.map((sql) => ({ as: "login", sql }));
}

function planSchema(schema: SchemaState, state: RoleState, { role }: RoleOptions): RoleStatement[] {
  const name = escapeIdentifier(schema.name);
  const owner = escapeIdentifier(role);
  if (!schema.exists) return [{ as: "login", sql: `CREATE SCHEMA ${name} AUTHORIZATION ${owner}` }];
  if (schema.ownerMayCreate || role === state.login) return [];
  return [{ as: "login", sql: `GRANT USAGE, CREATE ON SCHEMA ${name} TO ${owner}` }];
}

function planExtensions(state: RoleState, options: RoleOptions): RoleStatement[] {
  if (state.missingExtensions.length === 0) return [];
  // An extension goes into the first schema of the path, where the migrations will look for it.
  const path = options.schemas.map((name) => escapeIdentifier(name)).join(", ");
  return [
    { as: "login", sql: `SET LOCAL search_path = ${path}` },
    ...state.missingExtensions.map((name): RoleStatement => ({
      as: "login",
      sql: `CREATE EXTENSION IF NOT EXISTS ${escapeIdentifier(name)} CASCADE`,
    })),
  ];
}

function planTakeOver(state: RoleState, options: RoleOptions): RoleStatement[] {
  if (options.role === state.login || !state.loginOwnsObjects) return [];
  const sql = takeOver(
    [...state.schemas.map(({ name }) => name)],
    options.role,
    options.runtimeRole,
  );
  return [{ as: "login", sql }];
}

function planRuntime(state: RoleState, options: RoleOptions): RoleStatement[] {
  const { runtimeRole } = options;
  if (runtimeRole === null) return [];
  const runtime = escapeIdentifier(runtimeRole);
  const worked = state.schemas.filter(({ name }) => options.schemas.includes(name));
  const statements = worked.flatMap((schema): RoleStatement[] => {
    const name = escapeIdentifier(schema.name);
    const usage = `GRANT USAGE ON SCHEMA ${name} TO ${runtime}`;
    const usageStatement: RoleStatement[] = schema.runtimeMayUse
      ? []
      : [{ as: "login", sql: usage }];
    if (schema.hasDefaultPrivileges) return usageStatement;
    // An administrator who runs this by hand is not the owner.
    const owner = escapeIdentifier(options.role);
    const alter = `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA ${name} GRANT`;
    return [
      ...usageStatement,
      { as: "owner", sql: `${alter} SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${runtime}` },
      { as: "owner", sql: `${alter} USAGE, SELECT ON SEQUENCES TO ${runtime}` },
      // Default privileges say nothing about what is there already. Only this once: what a migration
      // takes away later stays away.
      { as: "owner", sql: giveExisting(schema.name, options.role, runtimeRole) },
    ];
  });
  const hidesHistory = state.runtimeSeesHistory || statements.length > 0 || state.loginOwnsObjects;
  if (hidesHistory) statements.push({ as: "owner", sql: revokeFrom(options.tables, runtimeRole) });
  return statements;
}

/** The plan as an administrator could run it by hand; for the message when the login may not. */
export function formatPlan(statements: readonly RoleStatement[]): string {
  // The blocks that hand existing objects over follow from these.
  return statements.flatMap(({ sql }) => (sql.includes("\n") ? [] : [sql])).join("; ");
}

/** `SET LOCAL ROLE` for a statement of the plan. */
export function roleOf(statement: RoleStatement, state: RoleState, role: string): string {
  if (statement.as === "owner") return escapeIdentifier(role);
  return statement.as === "administrator" && state.administrator !== null
    ? escapeIdentifier(state.administrator)
    : "NONE";
}
