import type * as pulumi from "@pulumi/pulumi";

/** The repository whose pushes start a release. */
export interface SourceArgs {
  /**
   * Cloud Build repository (2nd generation):
   * `projects/{project}/locations/{region}/connections/{connection}/repositories/{repository}`.
   * Its region must be `region`. A change updates the trigger in place.
   *
   * @see https://cloud.google.com/build/docs/repositories
   */
  repository: pulumi.Input<string>;

  /**
   * Regular expression (RE2) of the branches that are released.
   *
   * @default "^main$"
   */
  branch?: string;

  /**
   * Globs; only pushes that touch one of these files start a release.
   *
   * @default - every push does
   */
  includedFiles?: string[];

  /**
   * Globs; pushes that touch nothing but these files start no release.
   *
   * @default - none
   */
  ignoredFiles?: string[];

  /**
   * A release waits until somebody approves it.
   *
   * @default false
   * @see https://cloud.google.com/build/docs/securing-builds/gate-builds-on-approval
   */
  requireApproval?: boolean;
}
