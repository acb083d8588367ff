import type * as pulumi from "@pulumi/pulumi";

import type {
  BuildArgs,
  DatabaseArgs,
  GithubSourceArgs,
  MigratedServiceArgs,
  MigrationArgs,
  NetworkArgs,
  ReleaseArgs,
  ServiceArgs,
  SourceArgs,
  WorkerPoolArgs,
} from "../args";
import { checkedArgs } from "./checkedArgs";
import { sourceGroup } from "./checkSource";
import { crossChecks } from "./crossChecks";
import { checkBranch } from "../core/branch";
import { Connectivity, DatabaseAccess, Login, Preset, Promotion } from "../core/choices";
import { checkDatabaseName, checkDatabaseUserName } from "../core/databaseChecks";
import {
  BACKUPS,
  ENVIRONMENT_NAMES,
  EXISTING_ACCOUNT,
  EXISTING_INSTANCE,
  EXISTING_NETWORK,
  EXISTING_POOL,
  EXISTING_REPOSITORY,
  EXISTING_SUBNETWORK,
  EXTENSIONS,
  LABELS,
  POOL_WORKERS,
  PROJECT,
  REGION,
  RELATIVE_PATH,
  SERVICE,
  WORDS,
  WORKER,
} from "./memberChecks";
import { checkWorkerName } from "../core/workerName";
import { SECRETS } from "./secretMembers";
import {
  by,
  choice,
  flag,
  group,
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

const GITHUB: Members<GithubSourceArgs> = {
  owner: required(
    input(
      text("a user or organisation on GitHub", /^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/, "github-owner"),
    ),
  ),
  name: required(
    input(text("a repository's name, without its owner", /^[\w.-]{1,100}$/, "github-repository")),
  ),
};

export const SOURCE: Members<SourceArgs> = {
  github: group(GITHUB),
  repository: input(
    text(
      "projects/{project}/locations/{region}/connections/{connection}/repositories/{repository}",
      /^projects\/[^/]+\/locations\/[^/]+\/connections\/[^/]+\/repositories\/[^/]+$/,
      "source-path",
    ),
  ),
  developerConnect: input(
    text(
      "projects/{project}/locations/{region}/connections/{connection}/gitRepositoryLinks/{link}",
      /^projects\/[^/]+\/locations\/[^/]+\/connections\/[^/]+\/gitRepositoryLinks\/[^/]+$/,
      "source-path",
    ),
  ),
  branch: by(checkBranch),
  includedFiles: list(text("a glob", /./, "empty-text"), 1),
  ignoredFiles: list(text("a glob", /./, "empty-text"), 1),
  requireApproval: flag(),
};

const WORKER_POOL: Members<WorkerPoolArgs> = {
  existing: EXISTING_POOL,
  ...POOL_WORKERS,
};

const BUILD: Members<BuildArgs> = {
  dockerfile: RELATIVE_PATH,
  context: RELATIVE_PATH,
  buildArgs: record(
    late(text("a text without line break or NUL", /^[^\r\n\0]*$/, "build-arg-value")),
  ),
  machineType: choice([
    "E2_MEDIUM",
    "E2_HIGHCPU_8",
    "E2_HIGHCPU_32",
    "N1_HIGHCPU_8",
    "N1_HIGHCPU_32",
  ]),
  timeoutSeconds: integer(60, 21600),
  workingDirectory: text(
    "an absolute path of letters, digits, . _ - /",
    /^\/[\w./-]*$/,
    "absolute-path",
  ),
  serviceAccount: EXISTING_ACCOUNT,
  imageRepository: EXISTING_REPOSITORY,
  workerPool: group(WORKER_POOL),
};

// Numbers and names are checked with the defaults of the preset: see `crossChecks`.
const DATABASE: Members<DatabaseArgs> = {
  existingInstance: EXISTING_INSTANCE,
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
  plainConnections: flag(),
  extensions: EXTENSIONS,
  environmentNames: group(ENVIRONMENT_NAMES),
  environmentAsSecrets: flag(),
  deletionProtection: flag(),
};

const NETWORK: Members<NetworkArgs> = {
  network: EXISTING_NETWORK,
  subnetwork: EXISTING_SUBNETWORK,
  publicIp: flag(),
};

const MIGRATION: Members<MigrationArgs> = {
  connectivity: choice(Connectivity),
  directory: RELATIVE_PATH,
  command: WORDS,
  ownerRole: by(checkDatabaseUserName),
  taskTimeoutSeconds: integer(60, 43200),
  dockerfile: RELATIVE_PATH,
  backupBefore: flag(),
  serviceAccount: EXISTING_ACCOUNT,
};

const SERVICE_AND_WORKERS: Members<ServiceArgs> = {
  ...SERVICE,
  databaseAccess: choice(DatabaseAccess),
  workers: record(group(WORKER), checkWorkerName),
  serviceAccount: EXISTING_ACCOUNT,
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
  source: required(sourceGroup(SOURCE)),
  preset: choice(Preset),
  labels: LABELS,
  enableApis: flag(),
  build: group(BUILD),
  database: group(DATABASE),
  network: group(NETWORK),
  migration: group(MIGRATION),
  secrets: SECRETS,
  service: group(SERVICE_AND_WORKERS),
  release: group(RELEASE),
};
