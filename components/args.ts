import type * as pulumi from "@pulumi/pulumi";

import type { Connectivity, Login, Preset } from "./core/choices";

/** When a new revision receives traffic. */
export const Promotion = {
  /** Once Cloud Run calls it ready, which is after its startup probe. */
  AfterProbe: "AfterProbe",
  /** Right after it was created. */
  Immediately: "Immediately",
  /** Never by the release: somebody runs `gcloud run services update-traffic`. */
  Manual: "Manual",
} as const;
export type Promotion = (typeof Promotion)[keyof typeof Promotion];

/** Where requests to the service may come from. */
export const Ingress = {
  /** Anywhere. */
  All: "All",
  /** The project's networks. */
  Internal: "Internal",
  /** The project's networks and external load balancers. */
  InternalAndLoadBalancer: "InternalAndLoadBalancer",
} as const;
export type Ingress = (typeof Ingress)[keyof typeof Ingress];

/** The repository whose pushes start a release. */
export interface SourceArgs {
  /**
   * Cloud Build repository (2nd generation):
   * `projects/{project}/locations/{region}/connections/{connection}/repositories/{repository}`.
   * Its region must be `region`. A change updates the trigger in place.
   *
   * @see https://cloud.google.com/build/docs/repositories
   */
  repository: pulumi.Input<string>;

  /**
   * Regular expression (RE2) of the branches that are released.
   *
   * @default "^main$"
   */
  branch?: string;

  /**
   * Globs; only pushes that touch one of these files start a release.
   *
   * @default - every push does
   */
  includedFiles?: string[];

  /**
   * Globs; pushes that touch nothing but these files start no release.
   *
   * @default - none
   */
  ignoredFiles?: string[];

  /**
   * A release waits until somebody approves it.
   *
   * @default false
   * @see https://cloud.google.com/build/docs/securing-builds/gate-builds-on-approval
   */
  requireApproval?: boolean;
}

/** How the image is built. */
export interface BuildArgs {
  /**
   * Path of the Dockerfile, relative to the repository's root.
   *
   * @default "Dockerfile"
   */
  dockerfile?: string;

  /**
   * Folder that is sent to the builder, relative to the repository's root.
   *
   * @default "."
   */
  context?: string;

  /**
   * Docker build arguments by name. An empty value is legal. They end up in the image's history, so
   * names that look like a secret's are refused. A value must not contain a line break.
   *
   * @default - none
   */
  buildArgs?: Record<string, pulumi.Input<string>>;

  /**
   * Machine of the build: `E2_HIGHCPU_8`, `E2_HIGHCPU_32`, `E2_MEDIUM`, `N1_HIGHCPU_8`,
   * `N1_HIGHCPU_32`.
   *
   * @default - Cloud Build's own default machine
   * @see https://cloud.google.com/build/docs/api/reference/rest/v1/projects.builds#machinetype
   */
  machineType?: string;

  /**
   * Limit of building the image in seconds: 60 to 21600.
   *
   * @default 1200
   */
  timeoutSeconds?: number;

  /**
   * Working directory of the image, its Dockerfile's last `WORKDIR`. Migrations are looked for
   * there.
   *
   * @default "/app"
   */
  workingDirectory?: string;
}

/** Backups of the database instance. */
export interface BackupArgs {
  /**
   * Daily backups.
   *
   * @default true
   */
  enabled?: boolean;

  /**
   * Write-ahead logs are kept, so that the instance can be restored to any second. Needs `enabled`.
   *
   * @default true in Production, false in Development
   */
  pointInTimeRecovery?: boolean;

  /**
   * How many daily backups are kept: 1 to 365.
   *
   * @default 14 in Production, 7 in Development
   */
  retainedBackups?: number;

  /**
   * How many days of write-ahead logs are kept: 1 to 7, in `ENTERPRISE_PLUS` to 35.
   *
   * @default 7
   */
  transactionLogDays?: number;

  /**
   * Backups outlive the instance.
   *
   * @default true in Production, false in Development
   */
  retainOnDelete?: boolean;

  /**
   * How many days the backup is kept that is taken when the instance is deleted: 0 (none is taken)
   * to 365.
   *
   * @default 30 in Production, 0 in Development
   */
  finalBackupDays?: number;
}

/** Names of the environment variables that describe the connection. */
export interface EnvironmentNamesArgs {
  /**
   * Variable that holds the user.
   *
   * @default "PGUSER"
   */
  user?: string;

  /**
   * Variable that holds the password.
   *
   * @default "PGPASSWORD"
   */
  password?: string;

  /**
   * Variable that holds the host.
   *
   * @default "PGHOST"
   */
  host?: string;

  /**
   * Variable that holds the port.
   *
   * @default "PGPORT"
   */
  port?: string;

  /**
   * Variable that holds the database's name.
   *
   * @default "PGDATABASE"
   */
  database?: string;
}

/** The Cloud SQL instance, its database and its users. */
export interface DatabaseArgs {
  /**
   * PostgreSQL version: `POSTGRES_13` to `POSTGRES_18`. A higher one upgrades in place, with
   * downtime; a lower one replaces the instance.
   *
   * @default "POSTGRES_18"
   * @see https://cloud.google.com/sql/docs/postgres/db-versions
   */
  version?: string;

  /**
   * `ENTERPRISE` or `ENTERPRISE_PLUS`; must be the one that sells `tier`. A change restarts the
   * instance.
   *
   * @default - the one that sells `tier`: "ENTERPRISE" for the default tiers
   */
  edition?: string;

  /**
   * Machine of the instance: `db-f1-micro`, `db-g1-small`, `db-custom-{cpus}-{memory in MiB}` or
   * `db-perf-optimized-N-{cpus}`. A change restarts the instance.
   *
   * @default "db-custom-1-3840" in Production, "db-f1-micro" in Development
   * @see https://cloud.google.com/sql/docs/postgres/instance-settings
   */
  tier?: string;

  /**
   * A standby in a second zone takes over when the first fails. Doubles the price of the instance.
   *
   * @default false
   */
  highAvailability?: boolean;

  /**
   * Disk of a new instance in GB: 10 to 65536. It grows by itself and never shrinks; a later change
   * of this argument does nothing.
   *
   * @default - Google's own, 10
   */
  diskSizeGb?: number;

  /**
   * Name of the database: 1 to 63 lower-case letters, digits or `_`, beginning with a letter. A
   * change makes a new, empty database and leaves the old one behind.
   *
   * @default "app"
   */
  name?: string;

  /**
   * How migrator and service log in. A change makes new database users; objects belong to
   * `migration.ownerRole`, so no data moves.
   *
   * @default "Password"
   */
  login?: Login;

  /**
   * Raising it by one makes new passwords in the same `up`: 1 to 1000. Between the change of the
   * password and the new revision, running instances cannot open new connections. Refused while a
   * release has left traffic on an older revision.
   *
   * @default 1
   */
  passwordGeneration?: number;

  /**
   * Backups of the instance.
   *
   * @default - see its members
   */
  backups?: BackupArgs;

  /**
   * PostgreSQL settings by name, in Cloud SQL's spelling, over the defaults. Some restart the
   * instance.
   *
   * @default - the logging that CIS Google Cloud Foundations asks for
   * @see https://cloud.google.com/sql/docs/postgres/flags
   */
  flags?: Record<string, string>;

  /**
   * Query Insights.
   *
   * @default true
   */
  queryInsights?: boolean;

  /**
   * Extensions that the release creates before it migrates. Removing one here drops nothing.
   *
   * @default - none
   * @see https://cloud.google.com/sql/docs/postgres/extensions
   */
  extensions?: string[];

  /**
   * Other names for the connection's environment variables, in the service and for
   * `migration.command`.
   *
   * @default - PGUSER, PGPASSWORD, PGHOST, PGPORT, PGDATABASE
   */
  environmentNames?: EnvironmentNamesArgs;

  /**
   * All five connection variables come from Secret Manager, not only the password.
   *
   * @default false
   */
  environmentAsSecrets?: boolean;

  /**
   * Guards the whole environment against deletion: Google's and the provider's own flags, and
   * Pulumi's `protect` on everything except secret versions.
   *
   * @default true in Production, false in Development
   */
  deletionProtection?: boolean;
}

/** The network between service, migration job and database. */
export interface NetworkArgs {
  /**
   * Self link or ID of a network that is there already and has private services access. A change
   * replaces the instance's private address.
   *
   * @default - a network of its own, with private services access
   * @see https://cloud.google.com/vpc/docs/configure-private-services-access
   */
  network?: pulumi.Input<string>;

  /**
   * Self link or ID of a subnet of `network`, in `region`, with at least a /26 for Cloud Run.
   * Needed with `network`.
   *
   * @default - a subnet of its own
   * @see https://cloud.google.com/run/docs/configuring/vpc-direct-vpc
   */
  subnetwork?: pulumi.Input<string>;

  /**
   * The instance also has a public address, with no authorised network: only Google's connectors
   * get in. `BuildStep` needs it.
   *
   * @default false
   */
  publicIp?: boolean;
}

/** How a release migrates the database. */
export interface MigrationArgs {
  /**
   * Where the migrations run. Can be changed in place.
   *
   * @default "CloudRunJob"
   */
  connectivity?: Connectivity;

  /**
   * Folder of the migration files in the image, relative to its working directory.
   *
   * @default "migrations"
   */
  directory?: string;

  /**
   * Command that takes node-pg-migrate's place, as it is written, in the just-built image:
   * `["alembic", "upgrade", "head"]`. Needs `BuildStep`.
   *
   * @default - none, or an empty list: node-pg-migrate
   */
  command?: string[];

  /**
   * Role that owns every object, made by the first release. A later change does not hand over what
   * the old role owns.
   *
   * @default "app_owner"
   */
  ownerRole?: string;

  /**
   * Limit of one run of the migrations in seconds: 60 to 43200. It is never retried.
   *
   * @default 1200
   */
  taskTimeoutSeconds?: number;
}

/**
 * One secret that the service, or the migration, gets as an environment variable. Exactly one of
 * `value` and `existingSecret`.
 */
export interface SecretArgs {
  /**
   * The secret itself, at most 64 KiB. Kept encrypted in Pulumi's state. A change makes a new
   * version and a new revision.
   *
   * @default - `existingSecret` is used
   */
  value?: pulumi.Input<string>;

  /**
   * ID of a secret that is there already, in the same project, or
   * `projects/{project}/secrets/{id}`.
   *
   * @default - a secret is made from `value`
   */
  existingSecret?: pulumi.Input<string>;

  /**
   * Version of `existingSecret`: a number, as text. `latest` is refused: instances would see
   * different values.
   *
   * @default - none; needed with `existingSecret`
   */
  version?: pulumi.Input<string>;

  /**
   * The service gets it.
   *
   * @default true
   */
  toRuntime?: boolean;

  /**
   * The migration gets it.
   *
   * @default false
   */
  toMigration?: boolean;
}

/** The Cloud Run service. */
export interface ServiceArgs {
  /**
   * Port that the container listens on: 1 to 65535, given to it as `PORT`.
   *
   * @default 8080
   */
  port?: number;

  /**
   * Processors of one instance's container: `1`, `2`, `4`, `6` or `8`.
   *
   * @default "1"
   * @see https://cloud.google.com/run/docs/configuring/services/cpu
   */
  cpu?: string;

  /**
   * Memory of one instance's container: `512Mi` to `32Gi`; how much fits depends on `cpu`.
   *
   * @default "512Mi"
   * @see https://cloud.google.com/run/docs/configuring/services/memory-limits
   */
  memory?: string;

  /**
   * Instances that are kept when there are no requests: 0 to 1000.
   *
   * @default 0
   */
  minInstances?: number;

  /**
   * Most instances: 1 to 1000. Each may open as many connections as the application's pool allows.
   *
   * @default 10
   */
  maxInstances?: number;

  /**
   * Requests that one instance answers at a time: 1 to 1000.
   *
   * @default 80
   */
  concurrency?: number;

  /**
   * Plain environment variables by name. A change makes a new revision of the released image.
   *
   * @default - only the connection's variables
   */
  env?: Record<string, pulumi.Input<string>>;

  /**
   * Anybody may call the service without credentials.
   *
   * @default false
   */
  publiclyAccessible?: boolean;

  /**
   * Where requests may come from.
   *
   * @default "All"
   */
  ingress?: Ingress;

  /**
   * Path that must answer 2xx or 3xx before a revision counts as ready.
   *
   * @default - the port must accept a connection
   * @see https://cloud.google.com/run/docs/configuring/healthchecks
   */
  startupPath?: string;

  /**
   * Path that must go on answering 2xx or 3xx; else the instance is restarted.
   *
   * @default - none
   */
  livenessPath?: string;

  /**
   * Image of service and job until the first release. It must listen on `PORT` and answer the
   * probes.
   *
   * @default - Google's sample, which answers every path
   */
  placeholderImage?: pulumi.Input<string>;
}

/** How a new revision gets its traffic. */
export interface ReleaseArgs {
  /**
   * When the new revision receives traffic.
   *
   * @default "AfterProbe"
   */
  promotion?: Promotion;

  /**
   * Command that is run in the just-built image before traffic moves; a non-zero exit stops the
   * release.
   *
   * @default - none, or an empty list
   */
  verifyCommand?: string[];

  /**
   * Limit of `verifyCommand` in seconds: 1 to 3600.
   *
   * @default 300
   */
  verifyTimeoutSeconds?: number;

  /**
   * How long a release waits for an earlier one of the same service, in seconds: 60 to 21600.
   *
   * @default 3600
   */
  queueTimeoutSeconds?: number;
}

/** A Cloud Run service whose every release migrates its database first. */
export interface MigratedServiceArgs {
  /**
   * Project ID. A change replaces everything.
   *
   * @default - the provider's project
   */
  project?: pulumi.Input<string>;

  /**
   * Region of everything, such as `europe-west1`. A change replaces everything.
   *
   * @see https://cloud.google.com/run/docs/locations
   */
  region: pulumi.Input<string>;

  /** The repository whose pushes start a release. */
  source: SourceArgs;

  /**
   * Fills defaults only.
   *
   * @default "Production"
   */
  preset?: Preset;

  /**
   * Labels of every resource that can have some: keys and values of at most 63 lower-case letters,
   * digits, `_` or `-`.
   *
   * @default - none
   */
  labels?: Record<string, pulumi.Input<string>>;

  /**
   * The APIs that are needed get enabled, and stay so when the component is deleted.
   *
   * @default true
   */
  enableApis?: boolean;

  /**
   * How the image is built.
   *
   * @default - see its members
   */
  build?: BuildArgs;

  /**
   * The Cloud SQL instance, its database and its users.
   *
   * @default - see its members
   */
  database?: DatabaseArgs;

  /**
   * The network between service, migration job and database.
   *
   * @default - see its members
   */
  network?: NetworkArgs;

  /**
   * How a release migrates the database.
   *
   * @default - see its members
   */
  migration?: MigrationArgs;

  /**
   * Secrets by the name of the environment variable.
   *
   * @default - none beyond the passwords
   */
  secrets?: Record<string, SecretArgs>;

  /**
   * The Cloud Run service.
   *
   * @default - see its members
   */
  service?: ServiceArgs;

  /**
   * How a new revision gets its traffic.
   *
   * @default - see its members
   */
  release?: ReleaseArgs;
}
