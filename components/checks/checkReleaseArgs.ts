import type { MigratedServiceArgs } from "../args";
import { Connectivity, DatabaseAccess, Login, Promotion } from "../core/choices";
import { checkConnection } from "../core/connectionSettings";
import { quote, type Violation } from "../core/violations";

/** How the release migrates and promotes, and how everybody logs in. */
export function checkReleaseArgs(args: MigratedServiceArgs): Violation[] {
  const { migration = {}, database = {}, release = {}, service = {} } = args;
  const { connectivity = Connectivity.CloudRunJob, command = [] } = migration;
  const { login = Login.Password, environmentAsSecrets = false } = database;
  const violations = checkConnection({
    connectivity,
    login,
    access: service.databaseAccess ?? DatabaseAccess.Sidecar,
    hasCommand: command.length > 0,
    plainConnections: database.plainConnections,
  });
  const { promotion, verifyCommand = [] } = release;
  if (promotion === Promotion.Immediately && verifyCommand.length > 0) {
    violations.push({
      rule: "verify-before-traffic",
      path: "release.verifyCommand",
      expected: "no command with promotion Immediately",
      got: quote(verifyCommand),
      remedy: "traffic has moved before it could run; take AfterProbe",
    });
  }
  if (environmentAsSecrets && login === Login.Iam) {
    violations.push({
      rule: "connection-secrets-login",
      path: "database.environmentAsSecrets",
      expected: "false with login Iam",
      got: "true",
      remedy: "there is no password, and nothing else of the connection is worth hiding",
    });
  }
  if (migration.backupBefore === true && command.length > 0) {
    violations.push({
      rule: "backup-of-command",
      path: "migration.backupBefore",
      expected: "false with migration.command",
      got: "true",
      remedy: "nobody knows what is pending for a command; take the backup inside it",
    });
  }
  return [...violations, ...checkNeedless(args)];
}

/** What nothing would come of: whoever wrote it expects something else. */
function checkNeedless({
  migration = {},
  database = {},
  release = {},
}: MigratedServiceArgs): Violation[] {
  const violations: Violation[] = [];
  if (migration.directory !== undefined && (migration.command ?? []).length > 0) {
    violations.push({
      rule: "directory-of-command",
      path: "migration.directory",
      expected: "nothing with migration.command",
      got: quote(migration.directory),
      remedy: "a command finds its migrations itself: write the folder into the command",
    });
  }
  if (database.passwordGeneration !== undefined && database.login === Login.Iam) {
    violations.push({
      rule: "generation-without-password",
      path: "database.passwordGeneration",
      expected: "nothing with login Iam",
      got: quote(database.passwordGeneration),
      remedy: "there are no passwords to make anew",
    });
  }
  if (release.verifyTimeoutSeconds !== undefined && (release.verifyCommand ?? []).length === 0) {
    violations.push({
      rule: "verify-timeout-alone",
      path: "release.verifyTimeoutSeconds",
      expected: "nothing without release.verifyCommand",
      got: quote(release.verifyTimeoutSeconds),
    });
  }
  return violations;
}
