import type * as pulumi from "@pulumi/pulumi";

import type { Preset } from "../core/choices";
import type { BuildArgs } from "./build";
import type { DatabaseArgs } from "./database";
import type { MigrationArgs } from "./migration";
import type { NetworkArgs } from "./network";
import type { ReleaseArgs } from "./release";
import type { SecretArgs } from "./secret";
import type { ServiceArgs } from "./service";
import type { SourceArgs } from "./source";

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
