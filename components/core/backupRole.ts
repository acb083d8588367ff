import { sharedDatabaseName } from "./names";

/** Where the database is whose instance is backed up. */
export type BackupRoleOwner = "ownInstance" | "existingInstance";

/**
 * ID of the custom role that takes backups: letters, digits, `_` and `.`, at most 64. The provider's
 * own names have a hyphen, which Google refuses. Different environments never share an ID.
 *
 * Neither do an instance of one's own and an existing one: who moves from one to the other gets the
 * new role before the old one goes.
 *
 * @see https://cloud.google.com/iam/docs/reference/rest/v1/projects.roles/create
 */
export function backupRoleId(name: string, stack: string, owner: BackupRoleOwner): string {
  // With at most 54 characters before it this is as long as it may be.
  const purpose = owner === "ownInstance" ? "backup" : "dbBackup";
  return `${sharedDatabaseName(name, stack)}.${purpose}`;
}
