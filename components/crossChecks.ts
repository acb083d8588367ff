import type { MigratedServiceArgs, SecretArgs } from "./args";
import { checkReleaseOptions } from "./build/checkReleaseOptions";
import { checkNetworkPair } from "./checkPlacement";
import { checkPostgresInstance } from "./checkPostgresInstance";
import { checkLabels } from "./core/cloudChecks";
import { Connectivity, DatabaseAccess, Login, Promotion } from "./core/choices";
import { checkConnection } from "./core/connectionSettings";
import { checkBuildArgs, checkUniqueNames, connectionVariables } from "./core/environment";
import { checkSecrets } from "./core/secrets";
import { quote, type Violation } from "./core/violations";
import { defined } from "./defined";
import { releaseOptions, type ReleaseFacts } from "./releaseOptions";

/** Arguments that must fit each other. Each has the right type by now, or is not there. */
export function crossChecks(args: MigratedServiceArgs): Violation[] {
  return [
    ...checkLabels("labels", args.labels),
    ...checkBuildArgs("build.buildArgs", args.build?.buildArgs),
    ...checkSecrets("secrets", args.secrets),
    ...checkDatabase(args),
    ...checkRelease(args),
    ...checkNetwork(args),
    ...checkService(args),
    ...checkVariables(args),
    ...checkDocument(args),
    ...checkRepositoryRegion("source.repository", sourceOf(args)?.repository, args.region),
  ];
}

/** A required group that was wrong is not there either. */
function sourceOf(args: Partial<MigratedServiceArgs>): MigratedServiceArgs["source"] | undefined {
  return args.source;
}

/** The instance's own checks, under the names that its arguments have here. */
function checkDatabase({ preset, database = {} }: MigratedServiceArgs): Violation[] {
  const { version, edition, tier, highAvailability, diskSizeGb, backups, flags, login } = database;
  const user = {
    serviceAccount: "checked@elsewhere.iam.gserviceaccount.com",
    ...(login !== Login.Iam && { password: "made later" }),
  };
  const options = { version, edition, tier, highAvailability, diskSizeGb, backups, flags, login };
  return checkPostgresInstance({
    ...defined({ ...options, preset }),
    region: "europe-west1",
    privateNetwork: "made later",
    migrator: user,
    runtime: user,
  }).map((violation) => ({ ...violation, path: `database.${violation.path}` }));
}

function checkRelease({
  migration = {},
  database = {},
  release = {},
}: MigratedServiceArgs): Violation[] {
  const { connectivity = Connectivity.CloudRunJob, command = [] } = migration;
  const { login = Login.Password, environmentAsSecrets = false } = database;
  const violations = checkConnection({
    connectivity,
    login,
    access: DatabaseAccess.Sidecar,
    hasCommand: command.length > 0,
  });
  if (command.length > 0 && connectivity === Connectivity.CloudRunJob) {
    violations.push({
      path: "migration.command",
      expected: "no command with connectivity CloudRunJob",
      got: quote(command),
      remedy: "set migration.connectivity to BuildStep and network.publicIp to true",
    });
  }
  const { promotion, verifyCommand = [] } = release;
  if (promotion === Promotion.Immediately && verifyCommand.length > 0) {
    violations.push({
      path: "release.verifyCommand",
      expected: "no command with promotion Immediately",
      got: quote(verifyCommand),
      remedy: "traffic has moved before it could run; take AfterProbe",
    });
  }
  if (environmentAsSecrets && login === Login.Iam) {
    violations.push({
      path: "database.environmentAsSecrets",
      expected: "false with login Iam",
      got: "true",
      remedy: "there is no password, and nothing else of the connection is worth hiding",
    });
  }
  return violations;
}

function checkNetwork(args: MigratedServiceArgs): Violation[] {
  const { network = {}, migration = {}, secrets = {} } = args;
  const violations: Violation[] = [];
  if (migration.connectivity === Connectivity.BuildStep) {
    if (network.publicIp !== true) {
      violations.push({
        path: "network.publicIp",
        expected: "true with migration.connectivity BuildStep",
        got: quote(network.publicIp),
        remedy:
          "the build is outside the network; take CloudRunJob to stay without a public address",
      });
    }
    violations.push(...checkBuildSecrets(secrets));
  }
  return [...violations, ...checkNetworkPair("network.", network)];
}

/** The release document has no place for them: whoever can start a build could read them. */
function checkBuildSecrets(secrets: Record<string, SecretArgs>): Violation[] {
  return Object.entries(secrets)
    .filter(([, { toMigration }]) => toMigration === true)
    .map(([name]) => ({
      path: `secrets.${name}.toMigration`,
      expected: "false with migration.connectivity BuildStep",
      got: "true",
      remedy: "take CloudRunJob, whose job reads secrets itself",
    }));
}

/**
 * Memory that fits the processors, in MiB: @see
 * https://cloud.google.com/run/docs/configuring/services/memory-limits
 */
const MEMORY_MIB: Record<string, [least: number, most: number]> = {
  1: [512, 4096],
  2: [512, 8192],
  4: [2048, 16384],
  6: [4096, 24576],
  8: [4096, 32768],
};

function checkService({ service = {} }: MigratedServiceArgs): Violation[] {
  const { minInstances = 0, maxInstances = 10, cpu = "1", memory = "512Mi" } = service;
  const violations: Violation[] = [];
  if (minInstances > maxInstances) {
    violations.push({
      path: "service.minInstances",
      expected: `at most service.maxInstances, ${maxInstances}`,
      got: quote(minInstances),
    });
  }
  const [least, most] = MEMORY_MIB[cpu] ?? [0, Infinity];
  const mebibytes = parseInt(memory, 10) * (memory.endsWith("Gi") ? 1024 : 1);
  if (mebibytes < least || mebibytes > most) {
    violations.push({
      path: "service.memory",
      expected: `${least}Mi to ${most}Mi with service.cpu ${cpu}`,
      got: quote(memory),
    });
  }
  return violations;
}

/**
 * Environment variables of service and job: nothing may set one twice, for the provider lets any of
 * them win.
 */
function checkVariables({
  database = {},
  service = {},
  secrets = {},
}: MigratedServiceArgs): Violation[] {
  const connection = connectionVariables(database.environmentNames).map(({ key, name }) => ({
    name,
    path: `database.environmentNames.${key}`,
  }));
  const job = ["INSTANCE_CONNECTION_NAME", "PGDATABASE", "PGUSER", "PGPASSWORD"];
  const runtimeSecrets = Object.entries(secrets).filter(([, { toRuntime }]) => toRuntime !== false);
  const migrationSecrets = Object.entries(secrets).filter(([, { toMigration }]) => toMigration);
  return [
    ...checkUniqueNames([
      ...connection,
      ...Object.keys(service.env ?? {}).map((name) => ({ name, path: `service.env.${name}` })),
      ...runtimeSecrets.map(([name]) => ({ name, path: `secrets.${name}` })),
    ]),
    ...checkUniqueNames([
      ...job.map((name) => ({ name, path: "the migration job" })),
      ...migrationSecrets.map(([name]) => ({ name, path: `secrets.${name}` })),
    ]),
  ];
}

/**
 * Cloud Build finds a 2nd-generation repository only from its own region. What is not known yet is
 * right.
 */
export function checkRepositoryRegion(
  path: string,
  repository: unknown,
  region: unknown,
): Violation[] {
  if (typeof repository !== "string" || typeof region !== "string") return [];
  const location = /\/locations\/([^/]+)\//.exec(repository)?.[1];
  if (location === region) return [];
  return [
    {
      path,
      expected: `a repository in region ${region}`,
      got: quote(repository),
      remedy: "connect it in that region: a trigger sees no other",
    },
  ];
}

/**
 * Facts as a deployment would find them: what can be wrong with a release now is wrong with any.
 */
const EXAMPLE_FACTS: ReleaseFacts = {
  region: "europe-west1",
  service: "checked",
  job: "checked",
  repositoryPath: "europe-west1-docker.pkg.dev/checked/checked",
  buildAccount: "projects/checked/serviceAccounts/checked@checked.iam.gserviceaccount.com",
  migratorAccount: "checked@checked.iam.gserviceaccount.com",
  connectionName: "checked:europe-west1:checked",
  database: "checked",
  migratorUser: "checked_migrator",
  runtimeUser: "checked_runtime",
  passwordVersion: "projects/checked/secrets/checked/versions/1",
  connectionVersions: undefined,
  buildArgs: {},
};

/** Where the release's options come from. */
const ARGUMENT_OF: [RegExp, string][] = [
  [/^timeouts$/, "release"],
  [/^migration\.environment\.names\./, "database.environmentNames."],
  [/^migration\.extensions/, "database.extensions"],
  [/^promotion\./, "release."],
];

/** The release's own checks, under the names that its options have here. */
function checkDocument(args: MigratedServiceArgs): Violation[] {
  const known = Object.entries(args.build?.buildArgs ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const options = releaseOptions(args, { ...EXAMPLE_FACTS, buildArgs: Object.fromEntries(known) });
  return checkReleaseOptions(options).map((violation) => ({
    ...violation,
    path: ARGUMENT_OF.reduce((path, [from, to]) => path.replace(from, to), violation.path),
    ...(violation.path === "timeouts" && {
      remedy:
        "lower migration.taskTimeoutSeconds, build.timeoutSeconds or release.queueTimeoutSeconds",
    }),
  }));
}
