import * as pulumi from "@pulumi/pulumi";

import type { Base } from "./baseParts";
import type { ConnectionSetReferences } from "../connectionSecrets";
import { Connectivity } from "../core/choices";
import type { Data } from "./dataParts";
import { ownerRoleOf } from "./ownerRole";
import type { ReleaseFacts } from "./releaseOptions";
import { secretsOf, type Runtime } from "./runtimeParts";

/** What the release depends on, read from the parts of the environment. */
export function releaseFacts(
  base: Base,
  { database, secrets, connectionSecrets }: Data,
  { service, images, job, rolesJob, workers }: Runtime,
): pulumi.Output<ReleaseFacts> {
  const { name, args, accounts, connectivity } = base;
  const inBuild = connectivity !== Connectivity.CloudRunJob;
  const migrationSecrets = inBuild
    ? secretsOf(base, secrets, ({ toMigration }) => toMigration === true)
    : {};
  return pulumi.output({
    region: args.region,
    service: service.serviceName,
    job: job?.jobName,
    rolesJob: rolesJob?.jobName,
    workerPool: base.poolId,
    workers: mapValues(workers, ({ workerName }) => workerName),
    repositoryPath: images.repositoryPath,
    buildAccount: accounts.buildId,
    migratorAccount: accounts.migratorEmail,
    connectionName: database.connectionName,
    database: database.databaseName,
    migratorUser: database.migratorUser,
    runtimeUser: database.runtimeUser,
    ownerRole: ownerRoleOf(name, args),
    passwordVersion: secrets.migratorPasswordSecret?.versionName,
    migrationSecrets: mapValues(migrationSecrets, ({ versionName }) => versionName),
    connectionVersions: versionNames(connectionSecrets?.migration),
    buildArgs: args.build?.buildArgs ?? {},
  });
}

function mapValues<T, U>(record: Record<string, T>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function versionNames(references: ConnectionSetReferences | undefined):
  | {
      user: pulumi.Output<string>;
      host: pulumi.Output<string>;
      port: pulumi.Output<string>;
      database: pulumi.Output<string>;
    }
  | undefined {
  if (references === undefined) return undefined;
  const { user, host, port, database } = references;
  return {
    user: user.versionName,
    host: host.versionName,
    port: port.versionName,
    database: database.versionName,
  };
}
