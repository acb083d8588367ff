import type { MigratedServiceArgs } from "../args";
import { checkRelease } from "../build/checkRelease";
import { checkReleaseOptions } from "../build/checkReleaseOptions";
import { renderRelease } from "../build/renderRelease";
import { checkOwnerRole } from "./checkOwnerRole";
import { Connectivity, Login } from "../core/choices";
import type { Violation } from "../core/violations";
import { passwordUsersOf } from "../environment/databaseUsers";
import { ownerRoleOf } from "../environment/ownerRole";
import { releaseOptions, type ReleaseFacts } from "../environment/releaseOptions";

/**
 * Facts as a deployment would find them: what can be wrong with a release now is wrong with any.
 */
const EXAMPLE_FACTS: Omit<
  ReleaseFacts,
  | "migratorUser"
  | "runtimeUser"
  | "ownerRole"
  | "rolesJob"
  | "workers"
  | "migrationSecrets"
  | "buildArgs"
> = {
  region: "europe-west1",
  service: "checked",
  job: "checked",
  workerPool: "projects/checked/locations/europe-west1/workerPools/checked",
  repositoryPath: "europe-west1-docker.pkg.dev/checked/checked",
  buildAccount: "projects/checked/serviceAccounts/checked@checked.iam.gserviceaccount.com",
  migratorAccount: "checked@checked.iam.gserviceaccount.com",
  connectionName: "checked:europe-west1:checked",
  database: "checked",
  passwordVersion: "projects/checked/secrets/checked/versions/1",
  connectionVersions: undefined,
};

/** Where the release's options and steps come from. */
const ARGUMENT_OF: [RegExp, string][] = [
  [/^timeouts$/, "release"],
  [/^migration\.environment\.names\./, "database.environmentNames."],
  [/^migration\.extensions/, "database.extensions"],
  [/^migration\.runtimeRole$/, "migration.ownerRole"],
  [/^migration\.secrets(\.|$)/, "secrets$1"],
  [/^migration\.backup.*/, "migration.backupBefore"],
  [/^migrationImage\./, "migration."],
  [/^promotion\./, "release."],
  [/^steps\[verify-revision\]\..*/, "release.verifyCommand"],
];

/** The release's own checks, under the names that its options have here. */
export function checkDocument(name: string, args: MigratedServiceArgs): Violation[] {
  const buildArgs = Object.entries(args.build?.buildArgs ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const users = usersOf(name, args);
  const ownerRole = ownerRoleOf(name, args);
  const options = releaseOptions(args, {
    ...EXAMPLE_FACTS,
    migratorUser: users.migrator,
    runtimeUser: users.runtime,
    ownerRole,
    ...exampleParts(args),
    buildArgs: Object.fromEntries(buildArgs),
  });
  const violations = checkReleaseOptions(options);
  const found = violations.length > 0 ? violations : checkRelease(renderRelease(options));
  return [
    ...checkOwnerRole("migration.ownerRole", ownerRole, users),
    // How the database is reached is made of facts; what of it the user chose is checked elsewhere.
    ...found.filter(({ path }) => !path.startsWith("reach.")).map(inArguments(args)),
  ];
}

/** Facts that some arguments bring along. */
function exampleParts({
  migration = {},
  service = {},
  secrets = {},
}: MigratedServiceArgs): Pick<ReleaseFacts, "rolesJob" | "workers" | "migrationSecrets"> {
  const inBuild = (migration.connectivity ?? Connectivity.CloudRunJob) !== Connectivity.CloudRunJob;
  const toMigration = Object.entries(secrets).filter(([, secret]) => secret.toMigration === true);
  return {
    rolesJob: (migration.command ?? []).length > 0 && !inBuild ? "checked" : undefined,
    workers: Object.fromEntries(
      Object.keys(service.workers ?? {}).map((name) => [name, `checked-${name}`]),
    ),
    migrationSecrets: Object.fromEntries(
      inBuild ? toMigration.map(([name]) => [name, EXAMPLE_FACTS.passwordVersion ?? ""]) : [],
    ),
  };
}

/** The names that the users will have; a service account's is no role that anybody could choose. */
function usersOf(name: string, args: MigratedServiceArgs): { migrator: string; runtime: string } {
  return args.database?.login === Login.Iam
    ? { migrator: "migrator@checked.iam", runtime: "runtime@checked.iam" }
    : passwordUsersOf(name, args);
}

function inArguments({
  migration = {},
  service = {},
}: MigratedServiceArgs): (found: Violation) => Violation {
  const workers = Object.keys(service.workers ?? {});
  // Only a command of the user's can make our own document wrong.
  const ofSteps: [RegExp, string][] =
    (migration.command ?? []).length === 0
      ? []
      : [[/^steps(\[(migrate|deploy|promote|deploy-workers)\].*)?$/, "migration.command"]];
  return (violation) => ({
    ...violation,
    path: [...ARGUMENT_OF, ...ofSteps].reduce(
      (path, [from, to]) => path.replace(from, to),
      violation.path.replace(/^workers\[(\d+)\]/, (_, index: string) => {
        return `service.workers.${workers[Number(index)] ?? ""}`;
      }),
    ),
    ...(violation.path === "timeouts" && {
      remedy:
        "lower migration.taskTimeoutSeconds, build.timeoutSeconds or release.queueTimeoutSeconds",
    }),
  });
}
