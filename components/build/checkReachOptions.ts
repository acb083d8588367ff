import { quote, type Violation } from "../core/violations";
import { fits, SECRET_VERSION, type TextRule } from "./optionRules";
import type {
  BuildReach,
  CloudRunJobReach,
  Migration,
  PrivatePoolReach,
  ReleaseOptions,
} from "./options";

const JOB_NAME = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const JOB: TextRule = { pattern: JOB_NAME, expected: "a job's name", rule: "release-job" };

const ROLES_JOB: TextRule = {
  pattern: JOB_NAME,
  expected: "the job that prepares roles",
  rule: "release-roles-job",
};

const NO_ROLES_JOB: TextRule = {
  pattern: /^$/,
  expected: "null: our tool prepares roles",
  rule: "release-needless-roles-job",
};

const CONNECTION_NAME: TextRule = {
  pattern: /^[a-z0-9.:-]+:[a-z0-9-]+:[a-z0-9-]+$/,
  expected: "{project}:{region}:{instance}",
  rule: "release-connection-name",
};

const MIGRATOR: TextRule = {
  pattern: /^[^\s/@]+@[^\s/@]+$/,
  expected: "the migrator account's email",
  rule: "release-migrator-account",
};

const DATABASE: TextRule = {
  pattern: /^[^\p{Cc}]{1,63}$/u,
  expected: "a database's name",
  rule: "release-database",
};

const DATABASE_USER: TextRule = {
  pattern: /^[^\p{Cc}]{1,63}$/u,
  expected: "a database user",
  rule: "release-database-user",
};

/** Checks how the database is reached, and what does not go with it. */
export function checkReachOptions(options: ReleaseOptions): Violation[] {
  const { reach, migration } = options;
  switch (reach.connectivity) {
    case "CloudRunJob":
      return [...checkJobs(reach, migration), ...checkNoSecrets(migration)];
    case "BuildStep":
      return checkBuildReach(reach);
    case "PrivatePool":
      return [...checkPool(options, reach), ...checkBuildReach(reach)];
  }
}

function checkJobs({ job, rolesJob }: CloudRunJobReach, { runs }: Migration): Violation[] {
  return [
    ...fits("reach.job", job, JOB),
    ...fits("reach.rolesJob", rolesJob ?? "", runs === "Command" ? ROLES_JOB : NO_ROLES_JOB),
  ];
}

// Pulumi gives them to the job; the build would read them for nothing.
function checkNoSecrets({ secrets }: Migration): Violation[] {
  const names = Object.keys(secrets);
  if (names.length === 0) return [];
  return [
    {
      path: "migration.secrets",
      expected: "nothing in CloudRunJob",
      got: names.join(", "),
      remedy: "the job reads its secrets itself",
      rule: "release-secrets-of-job",
    },
  ];
}

function checkBuildReach({
  instanceConnectionName,
  impersonate,
  database,
  login,
}: BuildReach): Violation[] {
  return [
    ...fits("reach.instanceConnectionName", instanceConnectionName, CONNECTION_NAME),
    ...fits("reach.impersonate", impersonate, MIGRATOR),
    ...fits("reach.database", database, DATABASE),
    ...fits("reach.login.user", login.user, DATABASE_USER),
    ...(login.auth === "Password"
      ? fits("reach.login.passwordVersion", login.passwordVersion, SECRET_VERSION)
      : []),
  ];
}

function checkPool(
  { region, build }: ReleaseOptions,
  { workerPool }: PrivatePoolReach,
): Violation[] {
  const violations: Violation[] = [];
  const [, location] =
    /^projects\/[^/\s]+\/locations\/([^/\s]+)\/workerPools\/[^/\s]+$/.exec(workerPool) ?? [];
  if (location !== region) {
    violations.push({
      path: "reach.workerPool",
      expected: `projects/{project}/locations/${region}/workerPools/{name}`,
      got: quote(workerPool),
      remedy: "a build runs in pools of its own region only",
      rule: "release-worker-pool",
    });
  }
  if (build.machineType !== null) {
    violations.push({
      path: "build.machineType",
      expected: "null in PrivatePool",
      got: quote(build.machineType),
      remedy: "the pool has machines of its own",
      rule: "release-machine-of-pool",
    });
  }
  return violations;
}
