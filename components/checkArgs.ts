import type * as pulumi from "@pulumi/pulumi";

import type {
  BackupArgs,
  BuildArgs,
  DatabaseArgs,
  EnvironmentNamesArgs,
  MigratedServiceArgs,
  MigrationArgs,
  NetworkArgs,
  ReleaseArgs,
  SecretArgs,
  ServiceArgs,
  SourceArgs,
} from "./args";
import { RESERVED_PORTS } from "./containers";
import { crossChecks } from "./crossChecks";
import { checkBranch } from "./core/branch";
import { Connectivity, Ingress, Login, Preset, Promotion } from "./core/choices";
import { checkPort, checkProject, checkRegion } from "./core/cloudChecks";
import { checkDatabaseName, checkDatabaseUserName } from "./core/databaseChecks";
import { checkEnvironmentName } from "./core/environment";
import type { Violation } from "./core/violations";
import {
  by,
  choice,
  flag,
  group,
  hidden,
  input,
  integer,
  late,
  list,
  record,
  required,
  text,
  unchecked,
  type Members,
} from "./shape";
import { throwIfInvalid } from "./throwIfInvalid";

/**
 * Checks every argument and gives the same arguments back, in which outputs carry their own check.
 * The provider refuses next to nothing before the deployment.
 */
export function checkArgs(
  component: pulumi.Resource,
  args: MigratedServiceArgs,
): MigratedServiceArgs {
  const violations: Violation[] = [];
  const checked = (group(ARGS)(args, "", { component, violations }) ?? {}) as MigratedServiceArgs;
  throwIfInvalid(component, distinct([...violations, ...crossChecks(checked)]));
  return checked;
}

/** One line for each argument: a second finding mostly follows from the first. */
function distinct(violations: Violation[]): Violation[] {
  const first = new Map<string, Violation>();
  for (const violation of violations) {
    if (!first.has(violation.path)) first.set(violation.path, violation);
  }
  return [...first.values()];
}

const RELATIVE_PATH = text(
  "a path relative to the root, without .. and of letters, digits, space, . _ - /",
  /^(?![-/])(?!.*(^|\/)\.\.(\/|$))[\w. /-]+$/,
);
const HTTP_PATH = text("a path that begins with /", /^\/[^\s]*$/);
const WORDS = list(text("a text that is not empty", /./s));
const LABEL = text(
  "a value of lower-case letters, digits, _ or -, at most 63",
  /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u,
);

const SOURCE: Members<SourceArgs> = {
  repository: required(
    input(
      text(
        "projects/{project}/locations/{region}/connections/{connection}/repositories/{repository}",
        /^projects\/[^/]+\/locations\/[^/]+\/connections\/[^/]+\/repositories\/[^/]+$/,
      ),
    ),
  ),
  branch: by(checkBranch),
  includedFiles: list(text("a glob", /./), 1),
  ignoredFiles: list(text("a glob", /./), 1),
  requireApproval: flag(),
};

const BUILD: Members<BuildArgs> = {
  dockerfile: RELATIVE_PATH,
  context: RELATIVE_PATH,
  buildArgs: record(late(text("a text without line break or NUL", /^[^\r\n\0]*$/))),
  machineType: choice([
    "E2_MEDIUM",
    "E2_HIGHCPU_8",
    "E2_HIGHCPU_32",
    "N1_HIGHCPU_8",
    "N1_HIGHCPU_32",
  ]),
  timeoutSeconds: integer(60, 21600),
  workingDirectory: text("an absolute path of letters, digits, . _ - /", /^\/[\w./-]*$/),
};

// Numbers and names of the database are checked with the defaults of the preset: see `crossChecks`.
const BACKUPS: Members<BackupArgs> = {
  enabled: flag(),
  pointInTimeRecovery: flag(),
  retainedBackups: unchecked,
  transactionLogDays: unchecked,
  retainOnDelete: flag(),
  finalBackupDays: unchecked,
};

const ENVIRONMENT_NAMES: Members<EnvironmentNamesArgs> = {
  user: by(checkEnvironmentName),
  password: by(checkEnvironmentName),
  host: by(checkEnvironmentName),
  port: by(checkEnvironmentName),
  database: by(checkEnvironmentName),
};

const DATABASE: Members<DatabaseArgs> = {
  version: unchecked,
  edition: unchecked,
  tier: unchecked,
  highAvailability: flag(),
  diskSizeGb: unchecked,
  name: by(checkDatabaseName),
  login: choice(Login),
  passwordGeneration: integer(1, 1000),
  backups: group(BACKUPS),
  flags: record(unchecked),
  queryInsights: flag(),
  extensions: list(text("an extension's name, such as citext", /^[a-z][a-z0-9_-]{0,62}$/)),
  environmentNames: group(ENVIRONMENT_NAMES),
  environmentAsSecrets: flag(),
  deletionProtection: flag(),
};

const NETWORK: Members<NetworkArgs> = {
  network: input(text("a network's self link or ID", /^(https:\/\/\S+\/)?projects\/\S+$/)),
  subnetwork: input(text("a subnet's self link or ID", /^(https:\/\/\S+\/)?projects\/\S+$/)),
  publicIp: flag(),
};

const MIGRATION: Members<MigrationArgs> = {
  connectivity: choice(Connectivity),
  directory: RELATIVE_PATH,
  command: WORDS,
  ownerRole: by(checkDatabaseUserName),
  taskTimeoutSeconds: integer(60, 43200),
};

const SECRET: Members<SecretArgs> = {
  value: late(text("a text of 1 to 65536 bytes", /^[^\0]{1,65536}$/s)),
  existingSecret: late(
    text(
      "a secret's ID or projects/{project}/secrets/{id}",
      /^(projects\/[^/]+\/secrets\/)?[A-Za-z0-9_-]{1,255}$/,
    ),
  ),
  version: late(text('a version\'s number, such as "3"', /^[1-9]\d*$/)),
  toRuntime: flag(),
  toMigration: flag(),
};

const SERVICE: Members<ServiceArgs> = {
  port: by((path, value) => checkPort(path, value, RESERVED_PORTS)),
  cpu: choice(["1", "2", "4", "6", "8"]),
  memory: text("an amount such as 512Mi or 2Gi", /^[1-9]\d*(Mi|Gi)$/),
  minInstances: integer(0, 1000),
  maxInstances: integer(1, 1000),
  concurrency: integer(1, 1000),
  env: record(input(text("a text without NUL", /^[^\0]*$/s)), checkEnvironmentName),
  publiclyAccessible: flag(),
  ingress: choice(Ingress),
  startupPath: HTTP_PATH,
  livenessPath: HTTP_PATH,
  placeholderImage: input(text("an image's name", /^[\w.-]+(:\d+)?\/[\w./-]+([:@][\w.:-]+)?$/)),
};

const RELEASE: Members<ReleaseArgs> = {
  promotion: choice(Promotion),
  verifyCommand: WORDS,
  verifyTimeoutSeconds: integer(1, 3600),
  queueTimeoutSeconds: integer(60, 21600),
};

const ARGS: Members<MigratedServiceArgs> = {
  project: input(by(checkProject)),
  region: required(input(by(checkRegionGiven))),
  source: required(group(SOURCE)),
  preset: choice(Preset),
  labels: record(late(LABEL)),
  enableApis: flag(),
  build: group(BUILD),
  database: group(DATABASE),
  network: group(NETWORK),
  migration: group(MIGRATION),
  secrets: record(group(SECRET, hidden), () => [], hidden),
  service: group(SERVICE),
  release: group(RELEASE),
};

/** The pure checks take nothing for the default, and a region has none. */
function checkRegionGiven(path: string, value: unknown): Violation[] {
  return checkRegion(path, value ?? null);
}
