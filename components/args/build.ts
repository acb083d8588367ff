import type * as pulumi from "@pulumi/pulumi";

/** The private pool in which builds run with `migration.connectivity: PrivatePool`. */
export interface WorkerPoolArgs {
  /**
   * A pool that is there already, peered with the network of the database:
   * `projects/{project}/locations/{region}/workerPools/{name}`. Its region must be `region`; in
   * another project the build is let in there. Refused beside the other members.
   *
   * @default - a pool of its own, peered with `network`
   * @change update of the trigger; deletion of the pool
   */
  existing?: pulumi.Input<string>;

  /**
   * Machine of the workers, such as `e2-standard-2`.
   *
   * @default "e2-standard-2"
   * @change update of the pool
   * @see https://cloud.google.com/build/docs/private-pools/private-pool-config-file-schema#machinetype
   */
  machineType?: string;

  /**
   * Disk of a worker in GB: 100 to 4000.
   *
   * @default 100
   * @change update of the pool
   */
  diskSizeGb?: number;

  /**
   * Workers have public addresses, and reach package registries and Docker Hub by them. Without,
   * the network must offer NAT, or mirrors of everything that a build fetches.
   *
   * @default true
   * @change update of the pool
   */
  externalIp?: boolean;
}

/** How the image is built. */
export interface BuildArgs {
  /**
   * Path of the Dockerfile, relative to the repository's root.
   *
   * @default "Dockerfile"
   * @change update of the trigger
   */
  dockerfile?: string;

  /**
   * Folder that is sent to the builder, relative to the repository's root.
   *
   * @default "."
   * @change update of the trigger
   */
  context?: string;

  /**
   * Docker build arguments by name. An empty value is legal. They end up in the image's history, so
   * names that look like a secret's are refused. A value must not contain a line break.
   *
   * @default - none
   * @change update of the trigger
   */
  buildArgs?: Record<string, pulumi.Input<string>>;

  /**
   * Machine of the build: `E2_HIGHCPU_8`, `E2_HIGHCPU_32`, `E2_MEDIUM`, `N1_HIGHCPU_8`,
   * `N1_HIGHCPU_32`. Refused with `PrivatePool`, whose workers are `workerPool.machineType`.
   *
   * @default - Cloud Build's own default machine
   * @change update of the trigger
   * @see https://cloud.google.com/build/docs/api/reference/rest/v1/projects.builds#machinetype
   */
  machineType?: string;

  /**
   * Limit of building the image in seconds: 60 to 21600.
   *
   * @default 1200
   * @change update of the trigger
   */
  timeoutSeconds?: number;

  /**
   * Working directory of the image, its Dockerfile's last `WORKDIR`. Migrations are looked for
   * there.
   *
   * @default "/app"
   * @change update of the trigger
   */
  workingDirectory?: string;

  /**
   * Email of a service account that is there already: it builds and releases, and gets the roles
   * for it.
   *
   * @default - an account of its own
   * @change update of the trigger; replace of grants; deletion of the service account
   */
  serviceAccount?: pulumi.Input<string>;

  /**
   * Artifact Registry repository that is there already, of format Docker:
   * `{region}-docker.pkg.dev/{project}/{repository}`. Its clean-up policies stay as they are. From
   * another project Cloud Run may pull only after
   * `gcloud artifacts repositories add-iam-policy-binding REPOSITORY --project PROJECT --location REGION --member serviceAccount:service-PROJECT_NUMBER@serverless-robot-prod.iam.gserviceaccount.com --role roles/artifactregistry.reader`,
   * with the number of the service's project.
   *
   * @default - a repository of its own, which cleans up after itself
   * @change update of the trigger; replace of grants; deletion of the repository; its images are lost
   */
  imageRepository?: pulumi.Input<string>;

  /**
   * The private pool in which builds run. Only with `migration.connectivity: PrivatePool`.
   *
   * @default - see its members
   * @change see its members
   */
  workerPool?: WorkerPoolArgs;
}
