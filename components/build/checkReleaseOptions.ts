import { carriesPassword, looksSecret } from "../core/secretNames";
import { quote, type Violation } from "../core/violations";
import type {
  CommandMigration,
  ImageBuild,
  Migration,
  Reach,
  ReleaseOptions,
  ReleaseTimeouts,
} from "./options";
import { renderRelease } from "./renderRelease";
import { seconds } from "./timeouts";

/** The longest that Cloud Build lets a build run. @see https://cloud.google.com/build/quotas */
const LONGEST_BUILD_SECONDS = 24 * 60 * 60;

const SERVICE_NAME = /^[a-z](?:[a-z0-9-]{0,47}[a-z0-9])?$/;
const JOB_NAME = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const REGION = /^[a-z]+(?:-[a-z]+)+\d+$/;
const IMAGE_PATH = /^[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+$/;
const ACCOUNT = /^projects\/[^/\s]+\/serviceAccounts\/[^/\s@]+@[^/\s@]+$/;
const EMAIL = /^[^\s/@]+@[^\s/@]+$/;
const CONNECTION_NAME = /^[a-z0-9.:-]+:[a-z0-9-]+:[a-z0-9-]+$/;
const PINNED_VERSION = /^projects\/[^/\s]+\/secrets\/[A-Za-z0-9_-]{1,255}\/versions\/[1-9]\d*$/;
const VARIABLE = /^[A-Za-z_]\w*$/;
const DURATION = /^\d+(?:us|ms|s|min|h|d)?$/;
const EXTENSION = /^[a-z][a-z0-9_-]{0,62}$/;

/** Checks options before they are rendered; paths are those of {@link ReleaseOptions}. */
export function checkReleaseOptions(options: ReleaseOptions): Violation[] {
  const violations = [
    ...fits("region", options.region, REGION, "a region, `europe-west1`"),
    ...fits("service", options.service, SERVICE_NAME, "1-49 lower-case letters, digits or hyphens"),
    ...fits("image", options.image, IMAGE_PATH, "a lower-case image path without tag"),
    ...fits(
      "serviceAccount",
      options.serviceAccount,
      ACCOUNT,
      "projects/{project}/serviceAccounts/{email}",
    ),
    ...checkBuild(options.build),
    ...checkMigration(options.migration),
    ...checkReach(options.reach, options.migration),
    ...checkPromotion(options),
    ...checkSeconds(options.timeouts),
  ];
  return violations.length > 0 ? violations : checkWhole(options);
}

function fits(path: string, value: string, pattern: RegExp, expected: string): Violation[] {
  return pattern.test(value) ? [] : [{ path, expected, got: quote(value) }];
}

function checkBuild(build: ImageBuild): Violation[] {
  return [
    ...fits("build.dockerfile", build.dockerfile, /^(?![-/])[^\p{Cc}]+$/u, "a relative path"),
    ...fits("build.context", build.context, /^(?![-/])[^\p{Cc}]+$/u, "a relative path"),
    ...fits(
      "build.workingDirectory",
      build.workingDirectory,
      /^\/[^\p{Cc}]*$/u,
      "an absolute path",
    ),
    ...checkBuildArgs("build.buildArgs", build.buildArgs),
  ];
}

/** Checks build arguments: anybody who can pull the image can read them. */
export function checkBuildArgs(path: string, buildArgs: Record<string, string>): Violation[] {
  const remedy = "build arguments stay readable in the image; give secrets to the service instead";
  return Object.entries(buildArgs).flatMap(([name, value]) => {
    const at = `${path}.${name}`;
    if (!VARIABLE.test(name)) {
      return [{ path: at, expected: "a name of letters, digits and `_`", got: quote(name) }];
    }
    if (looksSecret(name)) {
      return [{ path: at, expected: "a name that means no secret", got: quote(name), remedy }];
    }
    if (carriesPassword(value)) {
      return [{ path: at, expected: "a value without a password", got: "[secret]", remedy }];
    }
    return value.includes("\0") ? [{ path: at, expected: "no NUL character", got: "one" }] : [];
  });
}

function checkMigration(migration: Migration): Violation[] {
  const path = "migration";
  const role = /^[^\p{Cc}]{1,63}$/u;
  const shared = [
    ...fits(`${path}.ownerRole`, migration.ownerRole, role, "a role's name"),
    ...fits(`${path}.runtimeRole`, migration.runtimeRole, role, "a role's name"),
    ...fits(`${path}.lockTimeout`, migration.lockTimeout, DURATION, "a duration, `5s`"),
    ...fits(
      `${path}.statementTimeout`,
      migration.statementTimeout,
      DURATION,
      "a duration, `15min`",
    ),
    ...migration.extensions.flatMap((name, index) =>
      fits(`${path}.extensions[${index}]`, name, EXTENSION, "an extension's name"),
    ),
  ];
  if (migration.ownerRole === migration.runtimeRole) {
    const got = quote(migration.runtimeRole);
    shared.push({ path: `${path}.runtimeRole`, expected: "another role than the owner", got });
  }
  if (migration.runs === "Command") return [...shared, ...checkCommand(path, migration)];
  return [
    ...shared,
    ...fits(`${path}.directory`, migration.directory, /^(?![-/])[^\p{Cc}]+$/u, "a relative path"),
    ...fits(`${path}.lockWait`, migration.lockWait, DURATION, "a duration, `10min`"),
  ];
}

function checkCommand(path: string, { command, environment }: CommandMigration): Violation[] {
  const violations = checkProgram(`${path}.command`, command);
  const taken = new Set(["BUILD_ID", "COMMIT_SHA", "PGOPTIONS"]);
  // The steps that prepare and verify roles get the password by this name.
  const foreign = (part: string, name: string): boolean =>
    part !== "password" && name === "PGPASSWORD";
  for (const [part, name] of Object.entries(environment.names)) {
    if (!VARIABLE.test(name) || taken.has(name) || foreign(part, name)) {
      const expected = "the name of a variable that nothing else uses";
      violations.push({ path: `${path}.environment.names.${part}`, expected, got: quote(name) });
    }
    taken.add(name);
  }
  for (const [part, version] of Object.entries(environment.secretVersions ?? {})) {
    violations.push(...checkVersion(`${path}.environment.secretVersions.${part}`, version));
  }
  return violations;
}

function checkProgram(path: string, command: readonly string[]): Violation[] {
  if ((command[0] ?? "") !== "") return [];
  return [{ path, expected: "a program and its arguments", got: quote(command) }];
}

function checkVersion(path: string, version: string): Violation[] {
  const expected = "projects/{project}/secrets/{id}/versions/{number}";
  const remedy = "`latest` gives a retried build other values";
  return PINNED_VERSION.test(version) ? [] : [{ path, expected, got: quote(version), remedy }];
}

function checkReach(reach: Reach, migration: Migration): Violation[] {
  if (reach.connectivity === "CloudRunJob") {
    const command = migration.runs === "Command";
    return [
      ...fits("reach.job", reach.job, JOB_NAME, "a job's name"),
      ...(command
        ? fits("reach.rolesJob", reach.rolesJob ?? "", JOB_NAME, "the job that prepares roles")
        : fits("reach.rolesJob", reach.rolesJob ?? "", /^$/, "null: our tool prepares roles")),
    ];
  }
  return [
    ...fits(
      "reach.instanceConnectionName",
      reach.instanceConnectionName,
      CONNECTION_NAME,
      "{project}:{region}:{instance}",
    ),
    ...fits("reach.impersonate", reach.impersonate, EMAIL, "the migrator account's email"),
    ...fits("reach.database", reach.database, /^[^\p{Cc}]{1,63}$/u, "a database's name"),
    ...fits("reach.login.user", reach.login.user, /^[^\p{Cc}]{1,63}$/u, "a database user"),
    ...(reach.login.auth === "Password"
      ? checkVersion("reach.login.passwordVersion", reach.login.passwordVersion)
      : []),
  ];
}

function checkPromotion({ promotion }: ReleaseOptions): Violation[] {
  if (promotion.promotion === "Immediately" || promotion.verifyCommand === null) return [];
  return checkProgram("promotion.verifyCommand", promotion.verifyCommand);
}

function checkSeconds(timeouts: ReleaseTimeouts): Violation[] {
  return Object.entries(timeouts).flatMap(([name, value]: [string, number]) =>
    Number.isInteger(value) && value > 0 && value <= LONGEST_BUILD_SECONDS
      ? []
      : [
          {
            path: `timeouts.${name}`,
            expected: `whole seconds from 1 to ${LONGEST_BUILD_SECONDS}`,
            got: quote(value),
          },
        ],
  );
}

function checkWhole(options: ReleaseOptions): Violation[] {
  const whole = seconds(renderRelease(options).timeout) ?? 0;
  if (whole <= LONGEST_BUILD_SECONDS) return [];
  return [
    {
      path: "timeouts",
      expected: `steps of at most ${LONGEST_BUILD_SECONDS} s together`,
      got: `${whole} s`,
      remedy: "lower migrationSeconds or guardSeconds",
    },
  ];
}
