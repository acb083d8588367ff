import type * as pulumi from "@pulumi/pulumi";

import type { SecretVersionArgs } from "../secretVersionArgs";
import type { EnvironmentNamesArgs } from "./database";

/** What services, workers and jobs have in common. */
export interface CloudRunArgs {
  /**
   * Project ID.
   *
   * @default - the provider's project
   * @change replace of service, worker or job
   */
  project?: pulumi.Input<string>;

  /**
   * Region of service, worker or job.
   *
   * @change replace of service, worker or job
   */
  region: pulumi.Input<string>;

  /**
   * First part of its name, before the stack.
   *
   * @default - the component's name
   * @change replace of service, worker or job
   */
  namePrefix?: string;

  /**
   * Its labels.
   *
   * @default - none
   * @change update of service, worker or job
   */
  labels?: Record<string, pulumi.Input<string>>;

  /**
   * Email of the account that it runs as.
   *
   * @change update: a new revision
   */
  serviceAccount: pulumi.Input<string>;

  /**
   * Email of the account that may release: give it an image, run it, move its traffic.
   *
   * @default - nobody is granted that
   * @change replace of the grant
   */
  releasedBy?: pulumi.Input<string>;

  /**
   * Network of the instance's private address, with `subnetwork`.
   *
   * @default - the instance's public address is taken
   * @change update: a new revision
   */
  network?: pulumi.Input<string>;

  /**
   * Subnet of `network`, in `region`.
   *
   * @default - none
   * @change update: a new revision
   */
  subnetwork?: pulumi.Input<string>;

  /**
   * Google's flag and Pulumi's `protect`.
   *
   * @default true
   * @change update of service, worker or job
   */
  deletionProtection?: boolean;
}

/** What a program needs to log in to the database. */
export interface ConnectionArgs {
  /** `{project}:{region}:{instance}` */
  connectionName: pulumi.Input<string>;

  /** Database that is used. */
  database: pulumi.Input<string>;

  /** Database user. */
  user: pulumi.Input<string>;

  /**
   * Version that holds the user's password.
   *
   * @default - the account logs in with its own token
   */
  password?: SecretVersionArgs;

  /**
   * Private address of the instance, for a program that connects to it by TCP. It is told to use TLS;
   * `network` and `subnetwork` lead there.
   *
   * @default - Google's connector, or the Auth Proxy beside the program, finds the instance
   * @change update: a new revision
   */
  host?: pulumi.Input<string>;
}

/** Secrets that hold a connection, when all of it is to be secret. */
export interface ConnectionSecretVersionsArgs {
  /** Holds the user. */
  user: SecretVersionArgs;

  /** Holds `localhost`, where the Auth Proxy listens, or the address in `host`. */
  host: SecretVersionArgs;

  /** Holds `5432`. */
  port: SecretVersionArgs;

  /** Holds the database's name. */
  database: SecretVersionArgs;
}

/** What service and workers need to log in. */
export interface RuntimeConnectionArgs extends ConnectionArgs {
  /**
   * Which generation the password is of. It is written on the service, so that a later rotation is
   * noticed; workers have no traffic that could be pinned, and take no notice of it.
   *
   * @default 1
   * @change update of the service
   */
  passwordGeneration?: number;

  /**
   * Names of the environment variables.
   *
   * @default - PGUSER, PGPASSWORD, PGHOST, PGPORT, PGDATABASE
   * @change update: a new revision
   */
  environmentNames?: EnvironmentNamesArgs;

  /**
   * User, host, port and database come from these secrets.
   *
   * @default - they are plain environment variables
   * @change update: a new revision
   */
  secrets?: ConnectionSecretVersionsArgs;
}
