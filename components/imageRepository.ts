import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { checkInteger } from "./core/checkText";
import { checkLabels, checkProject, checkRegion } from "./core/cloudChecks";
import { physicalName } from "./core/names";
import type { Violation } from "./core/violations";
import { throwIfInvalid } from "./throwIfInvalid";

export interface ImageRepositoryArgs {
  /**
   * Project ID. A change replaces the repository, and deletes the images.
   *
   * @default - the provider's project
   */
  project?: pulumi.Input<string>;

  /** Region of the images. A change replaces the repository, and deletes the images. */
  region: pulumi.Input<string>;

  /**
   * First part of the repository's ID, before the stack. A change replaces the repository.
   *
   * @default - the component's name
   */
  namePrefix?: string;

  /**
   * Labels of the repository.
   *
   * @default - none
   */
  labels?: Record<string, pulumi.Input<string>>;

  /**
   * A tag can never move to another image. The release moves `:cache`, so leave it off for it.
   *
   * @default false
   */
  immutableTags?: boolean;

  /**
   * Most recent versions of each image that are always kept: 1 to 1000.
   *
   * @default 50
   */
  keepCount?: number;

  /**
   * Days after which an image without a tag is deleted: 1 to 3650.
   *
   * @default 30
   */
  deleteUntaggedAfterDays?: number;

  /**
   * Days after which any image is deleted that is not among the most recent ones: 1 to 3650. Every
   * release has a tag of its own, so without it nothing that was released is ever deleted.
   *
   * @default - never
   */
  deleteAfterDays?: number;

  /**
   * Emails of service accounts that push, by a name that is stable; it becomes part of the grant's name.
   *
   * @default - none
   */
  writers?: Record<string, pulumi.Input<string>>;

  /**
   * Emails of service accounts that pull, by a name that is stable. Cloud Run in the same project
   * pulls by itself.
   *
   * @default - none
   */
  readers?: Record<string, pulumi.Input<string>>;
}

const DAY_SECONDS = 86_400;

/** A Docker repository that cleans up after itself, and who may push to it. */
export class ImageRepository extends pulumi.ComponentResource {
  /** The repository's ID. Resolves once the writers and readers are granted. */
  readonly repositoryId: pulumi.Output<string>;

  /** `{region}-docker.pkg.dev/{project}/{repository}`; an image's name follows after a slash. */
  readonly repositoryPath: pulumi.Output<string>;

  constructor(name: string, args: ImageRepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-migrations:index:ImageRepository", name, {}, opts);
    throwIfInvalid(this, checkImageRepository(args));

    const repository = createRepository(name, args, this);
    const grants = [
      ...createGrants(name, "writer", args.writers, repository, this),
      ...createGrants(name, "reader", args.readers, repository, this),
    ];

    const project = pulumi.output(args.project ?? repository.project);
    const granted = pulumi.all(grants.map(({ id }) => id));
    this.repositoryId = pulumi.all([repository.repositoryId, granted]).apply(([id]) => id);
    this.repositoryPath = pulumi
      .all([repository.location, project, this.repositoryId])
      .apply(([location, id, repositoryId]) => formatRepositoryPath(location, id, repositoryId));
    this.registerOutputs({
      repositoryId: this.repositoryId,
      repositoryPath: this.repositoryPath,
    });
  }
}

function createRepository(
  name: string,
  args: ImageRepositoryArgs,
  parent: ImageRepository,
): gcp.artifactregistry.Repository {
  const parts = { name: args.namePrefix ?? name, stack: pulumi.getStack() };
  return new gcp.artifactregistry.Repository(
    name,
    {
      repositoryId: physicalName("artifactRepository", parts),
      format: "DOCKER",
      location: args.region,
      cleanupPolicies: cleanupPolicies(args),
      ...(args.project === undefined ? {} : { project: args.project }),
      ...(args.labels === undefined ? {} : { labels: args.labels }),
      // Written as false it would show as a change in every preview.
      ...(args.immutableTags === true ? { dockerConfig: { immutableTags: true } } : {}),
    },
    { parent },
  );
}

// What is kept wins over what is deleted: https://cloud.google.com/artifact-registry/docs/repositories/cleanup-policy
function cleanupPolicies(
  args: ImageRepositoryArgs,
): gcp.types.input.artifactregistry.RepositoryCleanupPolicy[] {
  const { keepCount = 50, deleteUntaggedAfterDays = 30, deleteAfterDays } = args;
  const deleteOld = (days: number, tagState: string) => ({
    action: "DELETE",
    condition: { tagState, olderThan: `${days * DAY_SECONDS}s` },
  });
  return [
    { id: "keep-most-recent", action: "KEEP", mostRecentVersions: { keepCount } },
    { id: "delete-untagged", ...deleteOld(deleteUntaggedAfterDays, "UNTAGGED") },
    ...(deleteAfterDays === undefined
      ? []
      : [{ id: "delete-old", ...deleteOld(deleteAfterDays, "ANY") }]),
  ];
}

function createGrants(
  name: string,
  role: "writer" | "reader",
  emails: Record<string, pulumi.Input<string>> = {},
  repository: gcp.artifactregistry.Repository,
  parent: ImageRepository,
): gcp.artifactregistry.RepositoryIamMember[] {
  return Object.entries(emails).map(
    ([key, email]) =>
      new gcp.artifactregistry.RepositoryIamMember(
        `${name}-${role}-${key}`,
        {
          project: repository.project,
          location: repository.location,
          repository: repository.repositoryId,
          role: `roles/artifactregistry.${role}`,
          member: pulumi.interpolate`serviceAccount:${email}`,
        },
        { parent },
      ),
  );
}

/** A project of a domain, `example.com:shop`, is written with a slash in an image's path. */
function formatRepositoryPath(location: string, project: string, repositoryId: string): string {
  return `${location}-docker.pkg.dev/${project.replace(":", "/")}/${repositoryId}`;
}

function checkImageRepository(args: ImageRepositoryArgs): Violation[] {
  return [
    ...checkProject("project", args.project),
    ...checkRegion("region", args.region),
    ...checkLabels("labels", args.labels),
    ...checkInteger("keepCount", args.keepCount, 1, 1000),
    ...checkInteger("deleteUntaggedAfterDays", args.deleteUntaggedAfterDays, 1, 3650),
    ...checkInteger("deleteAfterDays", args.deleteAfterDays, 1, 3650),
  ];
}
