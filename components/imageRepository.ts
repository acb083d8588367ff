import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

import { checkedArgs } from "./checks/checkedArgs";
import { cleanupPolicies } from "./cleanupPolicies";
import { checkLabels } from "./core/cloudChecks";
import { physicalName } from "./core/names";
import {
  formatRepositoryPath,
  parseRepositoryPath,
  type RepositoryPlace,
} from "./core/repositoryPath";
import { quote, type Violation } from "./core/violations";
import { EMAIL, EXISTING_REPOSITORY, LABELS, PROJECT, REGION } from "./checks/memberChecks";
import { flag, integer, record, text, type Members } from "./checks/shape";

export interface ImageRepositoryArgs {
  /**
   * Project ID. Not looked at with `existing`, like everything but `writers` and `readers`.
   *
   * @default - the provider's project
   * @change replace of the repository: the images are deleted
   */
  project?: pulumi.Input<string>;

  /**
   * Region of the images.
   *
   * @change replace of the repository: the images are deleted
   */
  region: pulumi.Input<string>;

  /**
   * First part of the repository's ID, before the stack.
   *
   * @default - the component's name
   * @change replace of the repository: the images are deleted
   */
  namePrefix?: string;

  /**
   * Labels of the repository.
   *
   * @default - none
   * @change update of the repository
   */
  labels?: Record<string, pulumi.Input<string>>;

  /**
   * Repository that is there already, of format Docker:
   * `{region}-docker.pkg.dev/{project}/{repository}`. Only writers and readers are granted on it.
   *
   * @default - a repository of its own
   * @change replace of the grants; the repository of its own is deleted with its images
   */
  existing?: pulumi.Input<string>;

  /**
   * A tag can never move to another image. The release moves `:cache`, so leave it off for it.
   *
   * @default false
   * @change update of the repository
   */
  immutableTags?: boolean;

  /**
   * Most recent versions of each image that are always kept: 1 to 1000.
   *
   * @default 50
   * @change update of the repository
   */
  keepCount?: number;

  /**
   * Days after which an image without a tag is deleted: 1 to 3650.
   *
   * @default 30
   * @change update of the repository
   */
  deleteUntaggedAfterDays?: number;

  /**
   * Days after which any image is deleted that is not among the most recent ones: 1 to 3650. Every
   * release has a tag of its own, so without it nothing that was released is ever deleted.
   *
   * @default - never
   * @change update of the repository
   */
  deleteAfterDays?: number;

  /**
   * Emails of service accounts that push, by a name that is stable; it becomes part of the grant's name.
   *
   * @default - none
   * @change creates and deletes grants
   */
  writers?: Record<string, pulumi.Input<string>>;

  /**
   * Emails of service accounts that pull, by a name that is stable. Cloud Run in the same project
   * pulls by itself.
   *
   * @default - none
   * @change creates and deletes grants
   */
  readers?: Record<string, pulumi.Input<string>>;
}

const ARGS: Members<ImageRepositoryArgs> = {
  project: PROJECT,
  region: REGION,
  namePrefix: text("a text that is not empty", /./, "empty-text"),
  labels: LABELS,
  existing: EXISTING_REPOSITORY,
  immutableTags: flag(),
  keepCount: integer(1, 1000),
  deleteUntaggedAfterDays: integer(1, 3650),
  deleteAfterDays: integer(1, 3650),
  writers: record(EMAIL),
  readers: record(EMAIL),
};

/** What can be set only on a repository that is made here. */
const OWN_SETTINGS = [
  "immutableTags",
  "keepCount",
  "deleteUntaggedAfterDays",
  "deleteAfterDays",
] as const;

/** Where a repository is; each part resolves once the repository is there. */
type Place = { [Part in keyof RepositoryPlace]: pulumi.Output<string> };

/** A Docker repository that cleans up after itself, and who may push to it; or one that is there already. */
export class ImageRepository extends pulumi.ComponentResource {
  /** The repository's ID. Resolves once the writers and readers are granted. */
  readonly repositoryId: pulumi.Output<string>;

  /** `{region}-docker.pkg.dev/{project}/{repository}`; an image's name follows after a slash. */
  readonly repositoryPath: pulumi.Output<string>;

  constructor(name: string, args: ImageRepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-migrations:index:ImageRepository", name, {}, opts);
    const checked = checkedArgs(this, ARGS, args, checkImageRepository);

    const place =
      checked.existing === undefined
        ? createRepository(name, checked, this)
        : existingRepository(checked.existing);
    const grants = [
      ...createGrants(name, "writer", checked.writers, place, this),
      ...createGrants(name, "reader", checked.readers, place, this),
    ];

    const granted = pulumi.all(grants.map(({ id }) => id));
    this.repositoryId = pulumi.all([place.repositoryId, granted]).apply(([id]) => id);
    this.repositoryPath = pulumi
      .all([place.location, place.project, this.repositoryId])
      .apply(([location, project, repositoryId]) =>
        formatRepositoryPath({ location, project, repositoryId }),
      );
    this.registerOutputs({
      repositoryId: this.repositoryId,
      repositoryPath: this.repositoryPath,
    });
  }
}

function existingRepository(path: pulumi.Input<string>): Place {
  const place = pulumi.output(path).apply(parseRepositoryPath);
  const { location, project, repositoryId } = place;
  return { location, project, repositoryId };
}

function createRepository(name: string, args: ImageRepositoryArgs, parent: ImageRepository): Place {
  const parts = { name: args.namePrefix ?? name, stack: pulumi.getStack() };
  const repository = new gcp.artifactregistry.Repository(
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
  const { location, repositoryId } = repository;
  return { location, repositoryId, project: pulumi.output(args.project ?? repository.project) };
}

function createGrants(
  name: string,
  role: "writer" | "reader",
  emails: Record<string, pulumi.Input<string>> = {},
  { project, location, repositoryId }: Place,
  parent: ImageRepository,
): gcp.artifactregistry.RepositoryIamMember[] {
  return Object.entries(emails).map(
    ([key, email]) =>
      new gcp.artifactregistry.RepositoryIamMember(
        `${name}-${role}-${key}`,
        {
          project,
          location,
          repository: repositoryId,
          role: `roles/artifactregistry.${role}`,
          member: pulumi.interpolate`serviceAccount:${email}`,
        },
        { parent },
      ),
  );
}

function checkImageRepository(args: ImageRepositoryArgs): Violation[] {
  const own = args.existing === undefined ? [] : OWN_SETTINGS;
  return [
    ...checkLabels("labels", args.labels),
    ...own
      .filter((key) => args[key] !== undefined)
      .map((key): Violation => ({
        rule: "existing-repository-setting",
        path: key,
        expected: "nothing beside existing",
        got: quote(args[key]),
        remedy: "set it where the repository is made",
      })),
  ];
}
