import * as pulumi from "@pulumi/pulumi";

import type { ConnectionArgs } from "../args";
import type { BackupTarget, NodePgMigrateMigration } from "../build/options";
import { checkOwnerRole } from "../checks/checkOwnerRole";
import { parseConnectionName } from "../core/parseConnectionName";
import { toolMigration } from "../environment/releaseOptions";
import { applyThrowing } from "../resourceError";
import { throwIfInvalid } from "../checks/throwIfInvalid";

/** What a job has to know of the migration. */
interface JobMigration {
  connection: ConnectionArgs;
  runtimeRole: pulumi.Input<string>;
  directory?: string;
  ownerRole?: string;
  extensions?: string[];
  backupBefore?: boolean;
}

/** The migration as a job runs it, once both logins are known: neither may own the objects. */
export function jobMigration(
  args: JobMigration,
  parent: pulumi.Resource,
): pulumi.Output<NodePgMigrateMigration> {
  const { ownerRole, connection, runtimeRole, backupBefore = false } = args;
  const known = pulumi.all([connection.user, runtimeRole, connection.connectionName]);
  return applyThrowing(known, ([migrator, runtime, connectionName]) => {
    throwIfInvalid(parent, checkOwnerRole("ownerRole", ownerRole, { migrator, runtime }));
    return toolMigration(args, runtime, backupBefore ? backupTarget(connectionName) : null);
  });
}

/** The name was checked before; only a test's mocks leave it out. */
function backupTarget(connectionName: string): BackupTarget {
  const { project = "", instance = "" } = parseConnectionName(connectionName) ?? {};
  return { project, instance };
}
