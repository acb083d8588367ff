import type {
  BackupArgs,
  CloudRunArgs,
  ConnectionArgs,
  EnvironmentNamesArgs,
  ServiceShapeArgs,
  WorkerArgs,
} from "../args";
import { RESERVED_PORTS } from "../cloudRun/containers";
import { Ingress, WorkerKind } from "../core/choices";
import { checkPort, checkProject, checkRegion } from "../core/cloudChecks";
import { checkEnvironmentName } from "../core/environment";
import { checkSecretVersion } from "../core/secrets";
import { NETWORK_PATH, SUBNETWORK_PATH } from "../core/networkPath";
import { checkConnectionName, showConnectionName } from "../core/parseConnectionName";
import type { Violation } from "../core/violations";
import type { SecretReference } from "../pinnedSecret";
import {
  by,
  choice,
  flag,
  fromResource,
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

/** Arguments that several components take, each checked the same way. */

export const RELATIVE_PATH = text(
  "a path relative to the root, without .. and of letters, digits, space, . _ - /",
  /^(?![-/])(?!.*(^|\/)\.\.(\/|$))[\w. /-]+$/,
  "relative-path",
);

export const LABELS = record(
  late(
    text(
      "a value of lower-case letters, digits, _ or -, at most 63",
      /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u,
      "label-value",
    ),
  ),
);

export const PROJECT = input(by(checkProject));

/** The pure checks take nothing for the default, and a region has none. */
export const REGION = required(
  input(by((path, value): Violation[] => checkRegion(path, value ?? null))),
);

export const EXTENSIONS = list(
  text("an extension's name, such as citext", /^[a-z][a-z0-9_-]{0,62}$/, "extension-name"),
);

export const PLACEHOLDER_IMAGE = input(
  text("an image's name", /^[\w.-]+(:\d+)?\/[\w./-]+([:@][\w.:-]+)?$/, "image-name"),
);

/** A name that Google gave, or will have given. */
export const NAME = fromResource(text("a text that is not empty", /./, "empty-text"));

/** An account that somebody else made; its project is read from the email. */
export const EXISTING_ACCOUNT = input(
  text(
    "a service account's email, {id}@{project}.iam.gserviceaccount.com",
    /^[a-z][-a-z0-9]{4,28}[a-z0-9]@[a-z0-9.-]+\.iam\.gserviceaccount\.com$/,
    "account-email",
  ),
);

/** A repository of format Docker that somebody else made. */
export const EXISTING_REPOSITORY = input(
  text(
    "{region}-docker.pkg.dev/{project}/{repository}",
    /^[a-z0-9-]+-docker\.pkg\.dev(\/[a-z0-9-]+\.[a-z0-9.-]+)?(\/[a-z0-9][a-z0-9_-]*){2}$/,
    "repository-path",
  ),
);

/** A private pool that somebody else made. */
export const EXISTING_POOL = input(
  text(
    "projects/{project}/locations/{region}/workerPools/{name}",
    /^projects\/[^/\s]+\/locations\/[^/\s]+\/workerPools\/[^/\s]+$/,
    "pool-path",
  ),
);

/** A network that somebody else made. */
export const EXISTING_NETWORK = input(
  text(
    "a network's ID, projects/{project}/global/networks/{name}, or its self link",
    NETWORK_PATH,
    "network-path",
  ),
);

/** A subnet of it. */
export const EXISTING_SUBNETWORK = input(
  text(
    "a subnet's ID, projects/{project}/regions/{region}/subnetworks/{name}, or its self link",
    SUBNETWORK_PATH,
    "network-path",
  ),
);

/** An instance that somebody else made. */
export const EXISTING_INSTANCE = input(by(checkConnectionName));

export const EMAIL = fromResource(
  text("a service account's email", /^[^\s/@:]+@[^\s/@:]+$/, "account-email"),
);

// Numbers are checked with the defaults of the preset: see `checkPostgresInstance`.
export const BACKUPS: Members<BackupArgs> = {
  enabled: flag(),
  pointInTimeRecovery: flag(),
  retainedBackups: unchecked,
  transactionLogDays: unchecked,
  retainOnDelete: flag(),
  finalBackupDays: unchecked,
};

export const ENVIRONMENT_NAMES: Members<EnvironmentNamesArgs> = {
  user: by(checkEnvironmentName),
  password: by(checkEnvironmentName),
  host: by(checkEnvironmentName),
  port: by(checkEnvironmentName),
  database: by(checkEnvironmentName),
};

const HTTP_PATH = text("a path that begins with /", /^\/[^\s]*$/, "http-path");

const CPU = choice(["1", "2", "4", "6", "8"]);

const MEMORY = text("an amount such as 512Mi or 2Gi", /^[1-9]\d*(Mi|Gi)$/, "memory-amount");

const ENVIRONMENT = record(
  // What is given there in the wrong form may be a secret in the wrong place.
  input(text("a text without NUL", /^[^\0]*$/s, "variable-value", hidden)),
  checkEnvironmentName,
  hidden,
);

/** A program and its arguments. */
export const WORDS = list(text("a text that is not empty", /./s, "empty-text"));

export const SERVICE: Members<ServiceShapeArgs> = {
  port: by((path, value) => checkPort(path, value, RESERVED_PORTS)),
  cpu: CPU,
  memory: MEMORY,
  minInstances: integer(0, 1000),
  maxInstances: integer(1, 1000),
  concurrency: integer(1, 1000),
  env: ENVIRONMENT,
  publiclyAccessible: flag(),
  ingress: choice(Ingress),
  startupPath: HTTP_PATH,
  livenessPath: HTTP_PATH,
  placeholderImage: PLACEHOLDER_IMAGE,
};

export const WORKER: Members<WorkerArgs> = {
  kind: choice(WorkerKind),
  command: required(list(text("a text that is not empty", /./s, "empty-text"), 1)),
  cpu: CPU,
  memory: MEMORY,
  instances: integer(0, 1000),
  taskTimeoutSeconds: integer(1, 86400),
  maxRetries: integer(0, 10),
  env: ENVIRONMENT,
};

/** The machines of a private pool. */
export const POOL_WORKERS = {
  machineType: text(
    "a machine such as e2-standard-2",
    /^[a-z]\d[a-z]?(-[a-z]+)+(-\d+)?$/,
    "machine-type",
  ),
  diskSizeGb: integer(100, 4000),
  externalIp: flag(),
};

export const CLOUD_RUN: Members<CloudRunArgs> = {
  project: PROJECT,
  region: REGION,
  namePrefix: text("a text that is not empty", /./, "empty-text"),
  labels: LABELS,
  serviceAccount: required(EMAIL),
  releasedBy: EMAIL,
  network: NAME,
  subnetwork: NAME,
  deletionProtection: flag(),
};

// A reference that a component gives has the version's whole name beside the two.
const SECRET_VERSION: Members<SecretReference> = {
  secret: required(
    fromResource(
      text(
        "a secret's ID or projects/{project}/secrets/{id}",
        /^(projects\/[^/]+\/secrets\/)?[A-Za-z0-9_-]{1,255}$/,
        "secret-id",
      ),
    ),
  ),
  version: required(fromResource(by(checkSecretVersion))),
  versionName: unchecked,
};

/** One pinned version; what else stands in its place may be the secret. */
export const PINNED_SECRET = group(SECRET_VERSION, hidden);

export const SECRET_VARIABLES = record(PINNED_SECRET, checkEnvironmentName, hidden);

export const CONNECTION: Members<ConnectionArgs> = {
  connectionName: required(
    fromResource(
      text(
        "{project}:{region}:{instance}",
        /^[^\s/]+:[a-z0-9-]+:[a-z0-9-]+$/,
        "connection-name",
        showConnectionName,
      ),
    ),
  ),
  database: required(NAME),
  user: required(NAME),
  password: PINNED_SECRET,
  host: NAME,
};
