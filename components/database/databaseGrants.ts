import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

import { backupRoleId, type BackupRoleOwner } from "../core/backupRole";
import { Login } from "../core/choices";
import {
  BACKUP_PERMISSIONS,
  BACKUP_ROLE,
  backupCondition,
  grantsAt,
  instanceCondition,
  type Grant,
} from "../core/roleMatrix";
import type { DatabasePartsArgs, InstanceOutputs } from "./databaseParts";

/** Who may connect to the instance, take backups of it and look them up. */
export function createDatabaseGrants(
  name: string,
  args: DatabasePartsArgs,
  backupRoleOwner: BackupRoleOwner,
  instance: InstanceOutputs,
  parent: pulumi.ComponentResource,
): gcp.projects.IAMMember[] {
  const { backupBefore = false, login = Login.Password } = args;
  // Where the migrations run does not matter at the instance.
  const options = { connectivity: "CloudRunJob", login, backupBefore } as const;
  const backupRole = backupBefore
    ? createBackupRole(name, args.namePrefix ?? name, backupRoleOwner, instance, parent)
    : undefined;
  const place = pulumi.all([instance.grantProject, instance.name]);
  return grantsAt("instance", options).flatMap((grant) => {
    const account = accountOf(grant, args);
    if (account === undefined) return [];
    const conditionOf = isAboutBackups(grant) ? backupCondition : instanceCondition;
    return new gcp.projects.IAMMember(
      `${name}-${grant.account}-${shortRole(grant)}`,
      {
        project: instance.grantProject,
        role: grant.role === BACKUP_ROLE && backupRole ? backupRole.id : grant.role,
        member: pulumi.interpolate`serviceAccount:${account}`,
        condition: place.apply(([project, instanceName]) => conditionOf(project, instanceName)),
      },
      { parent },
    );
  });
}

/** None of Google's own roles takes backups and does nothing else. */
function createBackupRole(
  name: string,
  namePrefix: string,
  owner: BackupRoleOwner,
  { grantProject }: InstanceOutputs,
  parent: pulumi.ComponentResource,
): gcp.projects.IAMCustomRole {
  const stack = pulumi.getStack();
  return new gcp.projects.IAMCustomRole(
    `${name}-backup-role`,
    {
      project: grantProject,
      roleId: backupRoleId(namePrefix, stack, owner),
      title: `${namePrefix} ${stack} backups`.slice(0, 100),
      description: "Takes a backup before a destructive migration, and waits for it",
      permissions: BACKUP_PERMISSIONS,
    },
    { parent },
  );
}

function accountOf(
  { account }: Grant,
  { migrator, runtime, backupReader }: DatabasePartsArgs,
): pulumi.Input<string> | undefined {
  if (account === "build") return backupReader;
  return account === "migrator" ? migrator.serviceAccount : runtime.serviceAccount;
}

/** Backups are things of their own, below the instance. */
function isAboutBackups({ account, role }: Grant): boolean {
  return role === BACKUP_ROLE || account === "build";
}

/** `roles/cloudsql.client` → `cloudsql.client` */
function shortRole({ role }: Grant): string {
  return role.replace("roles/", "");
}
