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
   * Project ID.
   *
   * @default - the provider's project
   * @change replace of everything; its data is lost
   */
  project?: pulumi.Input<string>;

  /**
   * Region of everything, such as `europe-west1`. It cannot be moved: make a second environment.
   *
   * @change replace of everything in the region; its data is lost
   * @see https://cloud.google.com/run/docs/locations
   */
  region: pulumi.Input<string>;

  /**
   * The repository whose pushes start a release.
   *
   * @change see its members
   */
  source: SourceArgs;

  /**
   * Fills defaults only.
   *
   * @default "Production"
   * @change restart of the instance; update of the service, the job and the trigger; creation or deletion of grants; protection of everything
   */
  preset?: Preset;

  /**
   * Labels of every resource that can have some: keys and values of at most 63 lower-case letters,
   * digits, `_` or `-`.
   *
   * @default - none
   * @change update of the instance, the service, workers, the job, secrets and the repository
   */
  labels?: Record<string, pulumi.Input<string>>;

  /**
   * The APIs that are needed get enabled, and stay so when the component is deleted.
   *
   * @default true
   * @change creation or deletion of API resources; APIs stay enabled
   */
  enableApis?: boolean;

  /**
   * How the image is built.
   *
   * @default - see its members
   * @change see its members
   */
  build?: BuildArgs;

  /**
   * The Cloud SQL instance, its database and its users.
   *
   * @default - see its members
   * @change see its members
   */
  database?: DatabaseArgs;

  /**
   * The network between service, migration job and database.
   *
   * @default - see its members
   * @change see its members
   */
  network?: NetworkArgs;

  /**
   * How a release migrates the database.
   *
   * @default - see its members
   * @change see its members
   */
  migration?: MigrationArgs;

  /**
   * Secrets by the name of the environment variable.
   *
   * @default - none beyond the passwords
   * @change creation or deletion of secrets, secret versions and grants; update of the service and workers
   */
  secrets?: Record<string, SecretArgs>;

  /**
   * The Cloud Run service.
   *
   * @default - see its members
   * @change see its members
   */
  service?: ServiceArgs;

  /**
   * How a new revision gets its traffic.
   *
   * @default - see its members
   * @change see its members
   */
  release?: ReleaseArgs;
}
