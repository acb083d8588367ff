import type * as pulumi from "@pulumi/pulumi";

import type { ConnectorEnforcement, Login, Preset, TlsMode } from "../core/choices";
import type { BackupArgs } from "./database";

/** When Google may restart the instance for its updates. */
export interface MaintenanceWindowArgs {
  /**
   * Day of the week: 1 (Monday) to 7 (Sunday).
   *
   * @default 7
   */
  day?: number;

  /**
   * Hour of the day in UTC: 0 to 23.
   *
   * @default 3
   */
  hour?: number;
}

/** A login of the database. */
export interface DatabaseUserArgs {
  /** Email of the service account that logs in. */
  serviceAccount: pulumi.Input<string>;

  /**
   * The password. Needed with login `Password`, refused with `Iam`.
   *
   * @default - none
   */
  password?: pulumi.Input<string>;

  /**
   * Name of a user with a password: 1 to 63 lower-case letters, digits or `_`. A change makes a new
   * user and leaves the old one behind.
   *
   * @default - the name prefix and `_migrator` or `_runtime`
   */
  name?: string;
}

/** A Cloud SQL instance with one database. */
export interface PostgresInstanceArgs {
  /**
   * Project ID. A change replaces the instance, and deletes the data.
   *
   * @default - the provider's project
   */
  project?: pulumi.Input<string>;

  /** Region of the instance. A change replaces it, and deletes the data. */
  region: pulumi.Input<string>;

  /**
   * First part of the instance's name, before the stack. A change replaces the instance.
   *
   * @default - the component's name
   */
  namePrefix?: string;

  /**
   * Labels of the instance.
   *
   * @default - none
   */
  labels?: Record<string, pulumi.Input<string>>;

  /**
   * Fills defaults only.
   *
   * @default "Production"
   */
  preset?: Preset;

  /**
   * `POSTGRES_13` to `POSTGRES_18`. A higher one upgrades in place, with downtime.
   *
   * @default "POSTGRES_18"
   * @see https://cloud.google.com/sql/docs/postgres/db-versions
   */
  version?: pulumi.Input<string>;

  /**
   * `ENTERPRISE` or `ENTERPRISE_PLUS`; must be the one that sells the tier.
   *
   * @default - the one that sells the tier: "ENTERPRISE" for the default tiers
   */
  edition?: pulumi.Input<string>;

  /**
   * Machine of the instance. A change restarts it.
   *
   * @default "db-custom-1-3840" in Production, "db-f1-micro" in Development
   * @see https://cloud.google.com/sql/docs/postgres/instance-settings
   */
  tier?: pulumi.Input<string>;

  /**
   * A standby in a second zone takes over when the first fails. Doubles the price.
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
   * Size in GB at which the disk stops growing by itself.
   *
   * @default - it does not stop
   */
  diskLimitGb?: number;

  /**
   * Backups of the instance.
   *
   * @default - see its members
   */
  backups?: BackupArgs;

  /**
   * Google's flag, the provider's flag and, unless the options say otherwise, Pulumi's `protect` on
   * everything here.
   *
   * @default true in Production, false in Development
   */
  deletionProtection?: boolean;

  /**
   * PostgreSQL settings by name, over the defaults. Some restart the instance.
   *
   * @default - the logging that CIS Google Cloud Foundations asks for; Development leaves out two costly ones
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
   * When Google may restart the instance for its updates.
   *
   * @default - Sunday, 3 o'clock UTC
   */
  maintenanceWindow?: MaintenanceWindowArgs;

  /**
   * Which connections the instance takes.
   *
   * @default "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
   */
  tlsMode?: TlsMode;

  /**
   * Whether Google's connectors are the only way in.
   *
   * @default "REQUIRED"
   */
  connectorEnforcement?: ConnectorEnforcement;

  /**
   * ID of the network in which the instance gets a private address; it must have private services
   * access by then. Needed unless `publiclyAccessible`.
   *
   * @default - no private address
   */
  privateNetwork?: pulumi.Input<string>;

  /**
   * The instance has a public address. Authorised networks it never has: only connectors get in.
   *
   * @default false
   */
  publiclyAccessible?: boolean;

  /**
   * Name of the database. A change makes a new, empty one and leaves the old one behind.
   *
   * @default "app"
   */
  databaseName?: string;

  /**
   * How both users log in. A change makes new users.
   *
   * @default "Password"
   */
  login?: Login;

  /** The login that changes the schema. */
  migrator: DatabaseUserArgs;

  /** The login of the service. */
  runtime: DatabaseUserArgs;
}
