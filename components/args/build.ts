import type * as pulumi from "@pulumi/pulumi";

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
