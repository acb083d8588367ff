import type * as pulumi from "@pulumi/pulumi";

import type { Login } from "../core/choices";

/** Backups of the database instance. */
export interface BackupArgs {
  /**
   * Daily backups.
   *
   * @default true
   * @change restart of the instance
   */
  enabled?: boolean;

  /**
   * Write-ahead logs are kept, so that the instance can be restored to any second. Needs `enabled`.
   *
   * @default true in Production, false in Development
   * @change restart of the instance
   */
  pointInTimeRecovery?: boolean;

  /**
   * How many daily backups are kept: 1 to 365.
   *
   * @default 14 in Production, 7 in Development
   * @change update of the instance
   */
  retainedBackups?: number;

  /**
   * How many days of write-ahead logs are kept: 1 to 7, in `ENTERPRISE_PLUS` to 35.
   *
   * @default 7
   * @change update of the instance
   */
  transactionLogDays?: number;

  /**
   * Backups outlive the instance.
   *
   * @default true in Production, false in Development
   * @change update of the instance
   */
  retainOnDelete?: boolean;

  /**
   * How many days the backup is kept that is taken when the instance is deleted: 0 (none is taken)
   * to 365.
   *
   * @default 30 in Production, 0 in Development
   * @change update of the instance
   */
  finalBackupDays?: number;
}

/** Names of the environment variables that describe the connection. */
export interface EnvironmentNamesArgs {
  /**
   * Variable that holds the user.
   *
   * @default "PGUSER"
   * @change update of the service and workers; with migration.command in a build: update of the trigger; with migration.command in CloudRunJob: update of the job
   */
  user?: string;

  /**
   * Variable that holds the password.
   *
   * @default "PGPASSWORD"
   * @change update of the service and workers; with migration.command in a build: update of the trigger; with migration.command in CloudRunJob: update of the job
   */
  password?: string;

  /**
   * Variable that holds the host.
   *
   * @default "PGHOST"
   * @change update of the service and workers; with migration.command in a build: update of the trigger; with migration.command in CloudRunJob: update of the job
   */
  host?: string;

  /**
   * Variable that holds the port.
   *
   * @default "PGPORT"
   * @change update of the service and workers; with migration.command in a build: update of the trigger; with migration.command in CloudRunJob: update of the job
   */
  port?: string;

  /**
   * Variable that holds the database's name.
   *
   * @default "PGDATABASE"
   * @change update of the service and workers; with migration.command in a build: update of the trigger; with migration.command in CloudRunJob: update of the job
   */
  database?: string;
}

/** The Cloud SQL instance, its database and its users. */
export interface DatabaseArgs {
  /**
   * Instance that is there already, by its connection name `{project}:{region}:{instance}`. Only the
   * database, its two users and their grants are made on it, and all of them stay there when the
   * component is deleted. Nothing of the instance itself can be set then. With `network` it must
   * have its private address there.
   *
   * @default - an instance of its own
   * @change replace of the database, database users and grants; deletion of the instance; update of the service, workers, the job and the trigger; its data is lost
   */
  existingInstance?: pulumi.Input<string>;

  /**
   * PostgreSQL version: `POSTGRES_13` to `POSTGRES_18`. A higher one upgrades in place, with
   * downtime; Google takes no lower one back.
   *
   * @default "POSTGRES_18"
   * @change restart of the instance
   * @see https://cloud.google.com/sql/docs/postgres/db-versions
   */
  version?: string;

  /**
   * `ENTERPRISE` or `ENTERPRISE_PLUS`; must be the one that sells `tier`. A change restarts the
   * instance.
   *
   * @default - the one that sells `tier`: "ENTERPRISE" for the default tiers
   * @change restart of the instance
   */
  edition?: string;

  /**
   * Machine of the instance: `db-f1-micro`, `db-g1-small`, `db-custom-{cpus}-{memory in MiB}` or
   * `db-perf-optimized-N-{cpus}`.
   *
   * @default "db-custom-1-3840" in Production, "db-f1-micro" in Development
   * @change restart of the instance; with a tier on another type of disk: replace of the instance; its data is lost
   * @see https://cloud.google.com/sql/docs/postgres/instance-settings
   */
  tier?: string;

  /**
   * A standby in a second zone takes over when the first fails. Doubles the price of the instance.
   *
   * @default false
   * @change restart of the instance
   */
  highAvailability?: boolean;

  /**
   * Disk of a new instance in GB: 10 to 65536. It grows by itself and never shrinks; a later change
   * of this argument does nothing.
   *
   * @default - Google's own, 10
   * @change none
   */
  diskSizeGb?: number;

  /**
   * Name of the database: 1 to 63 lower-case letters, digits or `_`, beginning with a letter. A
   * change makes a new, empty database and leaves the old one behind.
   *
   * @default - "app"; with `existingInstance` `{name}__{stack}`
   * @change replace of the database; update of the service, workers and the job; in BuildStep: update of the trigger; the old one stays behind
   */
  name?: string;

  /**
   * How migrator and service log in. A change makes new database users; objects belong to
   * `migration.ownerRole`, so no data moves. Start a release right after it: only a release gives
   * the service's new user its rights. Refused while a release has left traffic on an older
   * revision.
   *
   * @default "Password"
   * @change replace of database users; restart of the instance; update of the service, workers and the job; creation or deletion of secrets, secret versions and grants; the old ones stay behind; a new database user has no rights until the next release
   */
  login?: Login;

  /**
   * Raising it by one makes new passwords in the same `up`: 1 to 1000. Between the change of the
   * password and the new revision, running instances cannot open new connections. Refused while a
   * release has left traffic on an older revision, and with login `Iam`, which has no passwords.
   *
   * @default 1
   * @change replace of secret versions; update of database users, the service, workers and the job; in BuildStep: update of the trigger; running instances cannot log in until the new revision serves
   */
  passwordGeneration?: number;

  /**
   * Backups of the instance.
   *
   * @default - see its members
   * @change see its members
   */
  backups?: BackupArgs;

  /**
   * PostgreSQL settings by name, in Cloud SQL's spelling, over the defaults. Some restart the
   * instance.
   *
   * @default - the logging that CIS Google Cloud Foundations asks for
   * @change update of the instance; with a setting that PostgreSQL reads at its start: restart of the instance
   * @see https://cloud.google.com/sql/docs/postgres/flags
   */
  flags?: Record<string, string>;

  /**
   * Query Insights.
   *
   * @default true
   * @change update of the instance
   */
  queryInsights?: boolean;

  /**
   * The instance takes connections without Google's connector: TLS, but no client certificate. What
   * follows from the default is only what this service needs; `true` is for other services on the
   * instance, with `service.databaseAccess: Direct` or a `migration.command` in `CloudRunJob`. Refused
   * with `existingInstance`.
   *
   * @default - true with `service.databaseAccess: Direct` or a `migration.command` in `CloudRunJob`, otherwise false
   * @change update of the instance
   * @see https://cloud.google.com/sql/docs/postgres/configure-ssl-instance
   */
  plainConnections?: boolean;

  /**
   * Extensions that the release creates before it migrates. Removing one here drops nothing.
   *
   * @default - none
   * @change update of the job; in BuildStep: update of the trigger; nothing is dropped
   * @see https://cloud.google.com/sql/docs/postgres/extensions
   */
  extensions?: string[];

  /**
   * Other names for the connection's environment variables, in the service and for
   * `migration.command`.
   *
   * @default - PGUSER, PGPASSWORD, PGHOST, PGPORT, PGDATABASE
   * @change see its members
   */
  environmentNames?: EnvironmentNamesArgs;

  /**
   * All five connection variables of the service come from Secret Manager, not only the password.
   * Those of the migration do too with a `migration.command`; otherwise the migration tool is told
   * user and database in the clear, and needs no host.
   *
   * @default false
   * @change creation or deletion of secrets, secret versions and grants; update of the service and workers; with migration.command in a build: update of the trigger; with migration.command in CloudRunJob: update of the job
   */
  environmentAsSecrets?: boolean;

  /**
   * Guards the whole environment against deletion: Google's and the provider's own flags, and
   * Pulumi's `protect` on everything except secret versions.
   *
   * @default true in Production, false in Development
   * @change update of the instance, the service and the job; protection of everything
   */
  deletionProtection?: boolean;
}
