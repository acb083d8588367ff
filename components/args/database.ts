import type { Login } from "../core/choices";

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
   * All five connection variables of the service come from Secret Manager, not only the password.
   * Those of the migration do too when `BuildStep` runs a `migration.command`; otherwise the
   * migration tool is told user and database in the clear, and needs no host.
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
