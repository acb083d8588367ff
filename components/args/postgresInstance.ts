import type * as pulumi from "@pulumi/pulumi";

import type { ConnectorEnforcement, Login, Preset, TlsMode } from "../core/choices";
import type { BackupArgs } from "./database";

/** When Google may restart the instance for its updates. */
export interface MaintenanceWindowArgs {
  /**
   * Day of the week: 1 (Monday) to 7 (Sunday).
   *
   * @default 7
   * @change update of the instance
   */
  day?: number;

  /**
   * Hour of the day in UTC: 0 to 23.
   *
   * @default 3
   * @change update of the instance
   */
  hour?: number;
}

/** A login of the database. */
export interface DatabaseUserArgs {
  /**
   * Email of the service account that logs in.
   *
   * @change replace of its grants; with login Iam also of the user, and the old one stays
   */
  serviceAccount: pulumi.Input<string>;

  /**
   * The password. Needed with login `Password`, refused with `Iam`.
   *
   * @default - none
   * @change update of the user; the old password is refused from then on
   */
  password?: pulumi.Input<string>;

  /**
   * Name of a user with a password: 1 to 63 lower-case letters, digits or `_`.
   *
   * @default - the name prefix and `_migrator` or `_runtime`
   * @change replace of the user; the old one stays
   */
  name?: string;
}

/** A Cloud SQL instance with one database. */
export interface PostgresInstanceArgs {
  /**
   * Project ID.
   *
   * @default - the provider's project
   * @change replace of the instance: the data is deleted
   */
  project?: pulumi.Input<string>;

  /**
   * Region of the instance.
   *
   * @change replace of the instance: the data is deleted
   */
  region: pulumi.Input<string>;

  /**
   * First part of the instance's name, before the stack, and of the users' names.
   *
   * @default - the component's name
   * @change replace of the instance: the data is deleted
   */
  namePrefix?: string;

  /**
   * Labels of the instance.
   *
   * @default - none
   * @change update of the instance
   */
  labels?: Record<string, pulumi.Input<string>>;

  /**
   * Fills defaults only.
   *
   * @default "Production"
   * @change update of the instance, as of every argument whose default it fills: may restart it
   */
  preset?: Preset;

  /**
   * `POSTGRES_13` to `POSTGRES_18`.
   *
   * @default "POSTGRES_18"
   * @change update of the instance: a higher one upgrades in place, with downtime; a lower one is a replace, and the data is deleted
   * @see https://cloud.google.com/sql/docs/postgres/db-versions
   */
  version?: pulumi.Input<string>;

  /**
   * `ENTERPRISE` or `ENTERPRISE_PLUS`; must be the one that sells the tier.
   *
   * @default - the one that sells the tier: "ENTERPRISE" for the default tiers
   * @change update of the instance: restart
   */
  edition?: pulumi.Input<string>;

  /**
   * Machine of the instance.
   *
   * @default "db-custom-1-3840" in Production, "db-f1-micro" in Development
   * @change update of the instance: restart
   * @see https://cloud.google.com/sql/docs/postgres/instance-settings
   */
  tier?: pulumi.Input<string>;

  /**
   * A standby in a second zone takes over when the first fails. Doubles the price.
   *
   * @default false
   * @change update of the instance: restart
   */
  highAvailability?: boolean;

  /**
   * Disk of a new instance in GB: 10 to 65536. It grows by itself and never shrinks.
   *
   * @default - Google's own, 10
   * @change nothing: it counts for a new instance
   */
  diskSizeGb?: number;

  /**
   * Size in GB at which the disk stops growing by itself.
   *
   * @default - it does not stop
   * @change update of the instance
   */
  diskLimitGb?: number;

  /**
   * Backups of the instance.
   *
   * @default - see its members
   * @change update of the instance
   */
  backups?: BackupArgs;

  /**
   * Google's flag, the provider's flag and, unless the options say otherwise, Pulumi's `protect` on
   * everything here.
   *
   * @default true in Production, false in Development
   * @change update of the instance
   */
  deletionProtection?: boolean;

  /**
   * PostgreSQL settings by name, over the defaults.
   *
   * @default - the logging that CIS Google Cloud Foundations asks for; Development leaves out two costly ones
   * @change update of the instance: some settings restart it
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
   * When Google may restart the instance for its updates.
   *
   * @default - Sunday, 3 o'clock UTC
   * @change update of the instance
   */
  maintenanceWindow?: MaintenanceWindowArgs;

  /**
   * Which connections the instance takes.
   *
   * @default "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
   * @change update of the instance
   */
  tlsMode?: TlsMode;

  /**
   * Whether Google's connectors are the only way in.
   *
   * @default "REQUIRED"
   * @change update of the instance
   */
  connectorEnforcement?: ConnectorEnforcement;

  /**
   * ID of the network in which the instance gets a private address; it must have private services
   * access by then. Needed unless `publiclyAccessible`.
   *
   * @default - no private address
   * @change update of the instance: restart; taking it away is a replace, and the data is deleted
   */
  privateNetwork?: pulumi.Input<string>;

  /**
   * The instance has a public address. Authorised networks it never has: only connectors get in.
   *
   * @default false
   * @change update of the instance
   */
  publiclyAccessible?: boolean;

  /**
   * Name of the database.
   *
   * @default "app"
   * @change replace: a new, empty database; the old one stays
   */
  databaseName?: string;

  /**
   * How both users log in.
   *
   * @default "Password"
   * @change replace of both users, the old ones stay; grants come or go; the instance gets or loses a flag
   */
  login?: Login;

  /**
   * The login that changes the schema.
   *
   * @change see its members
   */
  migrator: DatabaseUserArgs;

  /**
   * The login of the service.
   *
   * @change see its members
   */
  runtime: DatabaseUserArgs;

  /**
   * The migrator may take backups of the instance.
   *
   * @default false
   * @change creates or deletes a custom role and its grants
   */
  backupBefore?: boolean;

  /**
   * Email of the account that looks up the ID of such a backup. Without `backupBefore` it gets no
   * role.
   *
   * @default - nobody does
   * @change replace of its grant
   */
  backupReader?: pulumi.Input<string>;
}
