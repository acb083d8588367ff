import type { NodePgMigrateMigration } from "./options";

// Where npm puts the package in the image's working directory. Called by path: an image without
// npm and without a shell has it too.
const CLI = "node_modules/cloud-run-migrations/dist/migrate/cli.js";

/** Program and arguments that apply the pending migrations, for a job and for a build step alike. */
export function migrationToolCommand(
  migration: NodePgMigrateMigration,
  connectionFlags: readonly string[],
): string[] {
  const extensions = migration.extensions.join(",");
  return [
    "node",
    CLI,
    "up",
    "--migrations-dir",
    migration.directory,
    "--role",
    migration.ownerRole,
    "--runtime-role",
    migration.runtimeRole,
    ...(extensions === "" ? [] : ["--extensions", extensions]),
    "--lock-timeout",
    migration.lockTimeout,
    "--statement-timeout",
    migration.statementTimeout,
    "--lock-wait",
    migration.lockWait,
    ...(migration.backup === null ? [] : ["--backup-before"]),
    ...connectionFlags,
  ];
}

/** Program and arguments that check the migration files; needs no database. */
export function migrationCheckCommand(migration: NodePgMigrateMigration): string[] {
  return ["node", CLI, "check", "--runnable", "--migrations-dir", migration.directory];
}
