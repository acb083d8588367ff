import type * as pulumi from "@pulumi/pulumi";

import type { Login } from "../core/choices";
import type { DatabaseUserArgs } from "./postgresInstance";

/** A database on a Cloud SQL instance that somebody else made. */
export interface PostgresDatabaseArgs {
  /**
   * Connection name of the instance: `{project}:{region}:{instance}`. It is read during preview and
   * deployment, and refused when somebody who must connect to it could not.
   *
   * @change replace of database, users and grants: they are made anew, the database empty, and database and users stay on the old instance
   * @see https://cloud.google.com/sql/docs/postgres/instance-info
   */
  instance: pulumi.Input<string>;

  /**
   * First part of the names of database and users, before the stack.
   *
   * @default - the component's name
   * @change replace of database and users: the database is made anew and empty, the old ones stay
   */
  namePrefix?: string;

  /**
   * Name of the database: 1 to 63 lower-case letters, digits or `_`, beginning with a letter.
   *
   * @default - the name prefix and the stack
   * @change replace: a new, empty database; the old one stays
   */
  databaseName?: string;

  /**
   * How both users log in. `Iam` needs the instance's flag `cloudsql.iam_authentication`.
   *
   * @default "Password"
   * @change replace of both users, and creation or deletion of grants; the old users stay
   */
  login?: Login;

  /**
   * The login that changes the schema. Without a name it is called by the name prefix, the stack and
   * `migrator`.
   *
   * @change see its members
   */
  migrator: DatabaseUserArgs;

  /**
   * The login of the service. Without a name it is called by the name prefix, the stack and
   * `runtime`.
   *
   * @change see its members
   */
  runtime: DatabaseUserArgs;

  /**
   * The migrator may take backups of the instance, all its databases included.
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

  /**
   * Whoever connects does so by the instance's private address, so it must have one.
   *
   * @default false
   * @change what the instance is checked for
   */
  privateAddress?: boolean;

  /**
   * ID or self link of the network that the private address is reached from. An instance in another
   * network is refused. Only with `privateAddress`.
   *
   * @default - the instance's network is not looked at
   * @change what the instance is checked for
   */
  network?: pulumi.Input<string>;

  /**
   * Whoever connects does so by the instance's public address, so it must have one.
   *
   * @default false
   * @change what the instance is checked for
   */
  publicAddress?: boolean;

  /**
   * Somebody connects without Google's connector, so the instance must take connections without
   * client certificate.
   *
   * @default false
   * @change what the instance is checked for
   */
  plainConnections?: boolean;
}
