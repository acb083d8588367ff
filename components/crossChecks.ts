import type { MigratedServiceArgs, SecretArgs } from "./args";
import { checkDocument } from "./checkDocument";
import { checkInstances } from "./checkInstances";
import { checkNetworkPair } from "./checkPlacement";
import { checkPostgresInstance } from "./checkPostgresInstance";
import { checkJobVariables, checkServiceVariables } from "./checkVariables";
import { checkLabels } from "./core/cloudChecks";
import { Connectivity, DatabaseAccess, Login, Promotion } from "./core/choices";
import { checkConnection } from "./core/connectionSettings";
import { checkBuildArgs } from "./core/environment";
import { checkSecrets } from "./core/secrets";
import { quote, type Violation } from "./core/violations";
import { defined } from "./defined";

/** Arguments of the component `name` that must fit each other. Each has the right type by now, or is not there. */
export function crossChecks(name: string, args: MigratedServiceArgs): Violation[] {
  return [
    ...checkLabels("labels", args.labels),
    ...checkBuildArgs("build.buildArgs", args.build?.buildArgs),
    ...checkSecrets("secrets", args.secrets),
    ...checkDatabase(args),
    ...checkRelease(args),
    ...checkNetwork(args),
    ...checkInstances("service.", args.service ?? {}),
    ...checkVariables(args),
    ...checkDocument(name, args),
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

function checkVariables({
  database = {},
  service = {},
  secrets = {},
}: MigratedServiceArgs): Violation[] {
  const namesOf = (isFor: (secret: SecretArgs) => boolean) =>
    Object.entries(secrets).flatMap(([name, secret]) => (isFor(secret) ? [name] : []));
  return [
    ...checkServiceVariables({
      environmentNames: database.environmentNames,
      namesPath: "database.environmentNames",
      env: service.env,
      envPath: "service.env",
      secrets: namesOf(({ toRuntime }) => toRuntime !== false),
    }),
    ...checkJobVariables(namesOf(({ toMigration }) => toMigration === true)),
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
