import type {
  BackupArgs,
  CloudRunArgs,
  ConnectionArgs,
  EnvironmentNamesArgs,
  ServiceArgs,
} from "./args";
import { RESERVED_PORTS } from "./containers";
import { Ingress } from "./core/choices";
import { checkPort, checkProject, checkRegion } from "./core/cloudChecks";
import { checkEnvironmentName } from "./core/environment";
import { checkSecretVersion } from "./core/secrets";
import type { Violation } from "./core/violations";
import type { SecretReference } from "./pinnedSecret";
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
);

export const LABELS = record(
  late(
    text(
      "a value of lower-case letters, digits, _ or -, at most 63",
      /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u,
    ),
  ),
);

export const PROJECT = input(by(checkProject));

/** The pure checks take nothing for the default, and a region has none. */
export const REGION = required(
  input(by((path, value): Violation[] => checkRegion(path, value ?? null))),
);

export const EXTENSIONS = list(
  text("an extension's name, such as citext", /^[a-z][a-z0-9_-]{0,62}$/),
);

export const PLACEHOLDER_IMAGE = input(
  text("an image's name", /^[\w.-]+(:\d+)?\/[\w./-]+([:@][\w.:-]+)?$/),
);

/** A name that Google gave, or will have given. */
export const NAME = fromResource(text("a text that is not empty", /./));

export const EMAIL = fromResource(text("a service account's email", /^[^\s/@:]+@[^\s/@:]+$/));

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

const HTTP_PATH = text("a path that begins with /", /^\/[^\s]*$/);

export const SERVICE: Members<ServiceArgs> = {
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
  placeholderImage: PLACEHOLDER_IMAGE,
};

export const CLOUD_RUN: Members<CloudRunArgs> = {
  project: PROJECT,
  region: REGION,
  namePrefix: text("a text that is not empty", /./),
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
    fromResource(text("{project}:{region}:{instance}", /^[^\s/]+:[a-z0-9-]+:[a-z0-9-]+$/)),
  ),
  database: required(NAME),
  user: required(NAME),
  password: PINNED_SECRET,
};
