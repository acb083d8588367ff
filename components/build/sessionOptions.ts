import type { MigrationRoles } from "./options";

/** `PGOPTIONS` for a command: what our tool sets by itself. */
export function sessionOptions(
  roles: Pick<MigrationRoles, "ownerRole" | "lockTimeout" | "statementTimeout">,
): string {
  return Object.entries({
    role: roles.ownerRole,
    lock_timeout: roles.lockTimeout,
    statement_timeout: roles.statementTimeout,
  })
    .map(([name, value]) => `-c ${name}=${value.replaceAll(/[\\\s]/g, (mark) => `\\${mark}`)}`)
    .join(" ");
}
