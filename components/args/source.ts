import type * as pulumi from "@pulumi/pulumi";

/** A repository that Cloud Build's GitHub App is installed for (1st generation). */
export interface GithubSourceArgs {
  /**
   * User or organisation that owns the repository.
   *
   * @change update of the trigger
   */
  owner: pulumi.Input<string>;

  /**
   * Name of the repository, without its owner.
   *
   * @change update of the trigger
   */
  name: pulumi.Input<string>;
}

/**
 * The repository whose pushes start a release: exactly one of `github`, `repository` and
 * `developerConnect`.
 */
export interface SourceArgs {
  /**
   * GitHub repository, connected to Cloud Build by its GitHub App (1st generation), in `region`: a
   * trigger sees no connection of another region.
   *
   * @default - `repository` or `developerConnect` is used
   * @change update of the trigger
   * @see https://cloud.google.com/build/docs/automating-builds/github/connect-repo-github?generation=1st-gen
   */
  github?: GithubSourceArgs;

  /**
   * Cloud Build repository (2nd generation):
   * `projects/{project}/locations/{region}/connections/{connection}/repositories/{repository}`.
   * Its region must be `region`.
   *
   * @default - `github` or `developerConnect` is used
   * @change update of the trigger
   * @see https://cloud.google.com/build/docs/repositories
   */
  repository?: pulumi.Input<string>;

  /**
   * Developer Connect repository link:
   * `projects/{project}/locations/{region}/connections/{connection}/gitRepositoryLinks/{link}`.
   * Its region must be `region`.
   *
   * @default - `github` or `repository` is used
   * @change update of the trigger; creation or deletion of grants
   * @see https://cloud.google.com/developer-connect/docs/overview
   */
  developerConnect?: pulumi.Input<string>;

  /**
   * Regular expression (RE2) of the branches that are released.
   *
   * @default "^main$"
   * @change update of the trigger
   */
  branch?: string;

  /**
   * Globs; only pushes that touch one of these files start a release.
   *
   * @default - every push does
   * @change update of the trigger
   */
  includedFiles?: string[];

  /**
   * Globs; pushes that touch nothing but these files start no release.
   *
   * @default - none
   * @change update of the trigger
   */
  ignoredFiles?: string[];

  /**
   * A release waits until somebody approves it.
   *
   * @default false
   * @change update of the trigger
   * @see https://cloud.google.com/build/docs/securing-builds/gate-builds-on-approval
   */
  requireApproval?: boolean;
}
