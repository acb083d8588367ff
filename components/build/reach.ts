import { checkStep } from "./check";
import { connectStep, type IpType } from "./connect";
import type { BuildDocumentOptions, BuildStep, SecretManagerSecret } from "./document";
import { literal } from "./images";
import { migrateJobStep } from "./migrate";
import { buildSecrets, commandStep, toolStep } from "./migrateInBuild";
import type { BuildReach, CloudRunJobReach, ReleaseOptions } from "./options";
import { rolesExecutionStep, rolesStep } from "./roles";

/** The steps between `push` and `deploy`. This file alone knows how the database is reached. */
export function migrationSteps(options: ReleaseOptions): BuildStep[] {
  const { reach } = options;
  switch (reach.connectivity) {
    case "CloudRunJob":
      return jobSteps(options, reach);
    case "BuildStep":
      return buildSteps(options, reach, "PUBLIC");
    case "PrivatePool":
      return buildSteps(options, reach, "PRIVATE");
  }
}

/** Secrets that the build itself reads: none when a job migrates. */
export function releaseSecrets({ migration, reach }: ReleaseOptions): SecretManagerSecret[] {
  return reach.connectivity === "CloudRunJob" ? [] : buildSecrets(migration, reach);
}

/** What the build runs on: a machine of Cloud Build's, or a private pool, which has its own. */
export function buildMachine({
  build: { machineType },
  reach,
}: ReleaseOptions): Pick<BuildDocumentOptions, "machineType" | "workerPool"> {
  if (reach.connectivity === "PrivatePool") return { workerPool: literal(reach.workerPool) };
  return machineType === null ? {} : { machineType };
}

function jobSteps(options: ReleaseOptions, reach: CloudRunJobReach): BuildStep[] {
  const { migration } = options;
  if (migration.runs === "NodePgMigrate") {
    return [checkStep(options, migration), migrateJobStep(options, reach, "check")];
  }
  const rolesJob = reach.rolesJob ?? "";
  return [
    rolesExecutionStep(options, rolesJob, "prepare", { id: "prepare-roles", waitFor: ["push"] }),
    migrateJobStep(options, reach, "prepare-roles"),
    rolesExecutionStep(options, rolesJob, "verify", { id: "verify-roles", waitFor: ["migrate"] }),
  ];
}

function buildSteps(options: ReleaseOptions, reach: BuildReach, ipType: IpType): BuildStep[] {
  const { migration } = options;
  if (migration.runs === "NodePgMigrate") {
    return [checkStep(options, migration), toolStep(options, reach, migration, ipType)];
  }
  return [
    connectStep(reach, ipType),
    rolesStep(options, reach, "prepare", { id: "prepare-roles", waitFor: ["connect"] }),
    commandStep(options, reach, migration),
    rolesStep(options, reach, "verify", { id: "verify-roles", waitFor: ["migrate"] }),
  ];
}
