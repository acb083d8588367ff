import type * as pulumi from "@pulumi/pulumi";

import type {
  BuildArgs,
  DatabaseArgs,
  MigratedServiceArgs,
  MigrationArgs,
  NetworkArgs,
  ReleaseArgs,
  SecretArgs,
  SourceArgs,
} from "./args";
import { checkedArgs } from "./checkedArgs";
import { crossChecks } from "./crossChecks";
import { checkBranch } from "./core/branch";
import { Connectivity, Login, Preset, Promotion } from "./core/choices";
import { checkDatabaseName, checkDatabaseUserName } from "./core/databaseChecks";
import { checkSecretVersion } from "./core/secrets";
import {
  BACKUPS,
  ENVIRONMENT_NAMES,
  EXTENSIONS,
  LABELS,
  PROJECT,
  REGION,
  RELATIVE_PATH,
  SERVICE,
} from "./memberChecks";
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

/**
 * Checks every argument of the component `name`, and gives the same arguments back.
 * The provider refuses next to nothing before the deployment.
 */
export function checkArgs(
  component: pulumi.Resource,
  name: string,
  args: MigratedServiceArgs,
): MigratedServiceArgs {
  return checkedArgs(component, ARGS, args, (checked) => crossChecks(name, checked));
}

const WORDS = list(text("a text that is not empty", /./s));

export const SOURCE: Members<SourceArgs> = {
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

// Numbers and names are checked with the defaults of the preset: see `crossChecks`.
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
  extensions: EXTENSIONS,
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
  version: late(by(checkSecretVersion)),
  toRuntime: flag(),
  toMigration: flag(),
};

const RELEASE: Members<ReleaseArgs> = {
  promotion: choice(Promotion),
  verifyCommand: WORDS,
  verifyTimeoutSeconds: integer(1, 3600),
  queueTimeoutSeconds: integer(60, 21600),
};

const ARGS: Members<MigratedServiceArgs> = {
  project: PROJECT,
  region: REGION,
  source: required(group(SOURCE)),
  preset: choice(Preset),
  labels: LABELS,
  enableApis: flag(),
  build: group(BUILD),
  database: group(DATABASE),
  network: group(NETWORK),
  migration: group(MIGRATION),
  secrets: record(group(SECRET, hidden), () => [], hidden),
  service: group(SERVICE),
  release: group(RELEASE),
};
