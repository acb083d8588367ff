import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

import type { SourceArgs } from "./args";
import { SOURCE } from "./checks/checkArgs";
import { checkedArgs } from "./checks/checkedArgs";
import { checkSource, sourceGroup } from "./checks/checkSource";
import { physicalName } from "./core/names";
import type { Violation } from "./core/violations";
import { NAME, PROJECT, REGION } from "./checks/memberChecks";
import { checkPoolRegion, readRelease } from "./readRelease";
import { refuseLate } from "./checks/refuseLate";
import { applyThrowing } from "./resourceError";
import { fromResource, required, text, type Members } from "./checks/shape";
import { toTriggerBuild } from "./triggerBuild";

export interface ReleasePipelineArgs {
  /**
   * Project ID.
   *
   * @default - the provider's project
   * @change replace of the trigger
   */
  project?: pulumi.Input<string>;

  /**
   * Region of the trigger, of its builds and of the repository's connection.
   *
   * @change replace of the trigger
   */
  region: pulumi.Input<string>;

  /**
   * First part of the trigger's name, before the stack.
   *
   * @default - the component's name
   * @change update of the trigger, which gets another name
   */
  namePrefix?: string;

  /**
   * Account that builds: `projects/{project}/serviceAccounts/{email}`, not the bare email.
   *
   * @change update of the trigger
   */
  serviceAccount: pulumi.Input<string>;

  /**
   * The repository whose pushes start a release.
   *
   * @change update of the trigger
   */
  source: SourceArgs;

  /**
   * Cloud Build document, as YAML or JSON. Refused when a revision could get traffic without a
   * migration before it.
   *
   * @change update of the trigger
   * @see https://cloud.google.com/build/docs/build-config-file-schema
   */
  document: pulumi.Input<string>;
}

const ARGS: Members<ReleasePipelineArgs> = {
  project: PROJECT,
  region: REGION,
  namePrefix: text("a text that is not empty", /./, "empty-text"),
  serviceAccount: required(NAME),
  source: required(sourceGroup(SOURCE)),
  document: required(fromResource(text())),
};

/** The trigger that releases what is pushed. */
export class ReleasePipeline extends pulumi.ComponentResource {
  /** The trigger's ID, for `gcloud builds triggers run`. */
  readonly triggerId: pulumi.Output<string>;

  constructor(name: string, args: ReleasePipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-migrations:index:ReleasePipeline", name, {}, opts);
    const checked = checkedArgs(this, ARGS, args, ({ source, region }) =>
      checkSource("source", source, region),
    );

    const { project, source } = checked;
    const trigger = new gcp.cloudbuild.Trigger(
      name,
      {
        ...(project !== undefined && { project }),
        // Never `global`: builds run where their trigger is, and the release looks for earlier
        // builds in this region only. Cloud Build finds a repository only from its own region too,
        // be it of the 1st generation or a later one.
        // https://github.com/hashicorp/terraform-provider-google/issues/12913
        location: checked.region,
        name: physicalName("trigger", {
          name: checked.namePrefix ?? name,
          stack: pulumi.getStack(),
        }),
        description: "Builds, migrates the database, deploys. Written by cloud-run-migrations",
        serviceAccount: checked.serviceAccount,
        ...pushEvent(source, checked.region, this),
        ...(source.includedFiles !== undefined && { includedFiles: source.includedFiles }),
        ...(source.ignoredFiles !== undefined && { ignoredFiles: source.ignoredFiles }),
        // Always written: the provider takes nothing for whatever was there before, so an approval
        // could not be turned off again.
        approvalConfig: { approvalRequired: source.requireApproval ?? false },
        build: triggerBuild(checked, this),
      },
      { parent: this, dependsOn: grantSource(name, checked, this) },
    );

    this.triggerId = trigger.triggerId;
    this.registerOutputs({ triggerId: this.triggerId });
  }
}

/**
 * A build fetches from Developer Connect as its own account, and nobody else grants that; from the
 * other kinds Cloud Build fetches itself. A repository link has no policy of its own, so the grant
 * is on its project.
 *
 * @see https://cloud.google.com/iam/docs/roles-permissions/developerconnect
 */
function grantSource(
  name: string,
  { source, serviceAccount }: ReleasePipelineArgs,
  parent: ReleasePipeline,
): pulumi.Resource[] {
  if (source.developerConnect === undefined) return [];
  const grant = new gcp.projects.IAMMember(
    `${name}-source-reader`,
    {
      project: pulumi.output(source.developerConnect).apply((link) => link.split("/")[1] ?? ""),
      role: "roles/developerconnect.readTokenAccessor",
      member: pulumi.output(serviceAccount).apply((id) => `serviceAccount:${emailOf(id)}`),
    },
    { parent },
  );
  return [grant];
}

/** `projects/{project}/serviceAccounts/{email}` → the email. Mocks may leave it out. */
function emailOf(id: string | undefined): string {
  return id?.split("/").at(-1) ?? "";
}

function triggerBuild(
  { document, region }: ReleasePipelineArgs,
  parent: ReleasePipeline,
): pulumi.Output<gcp.types.input.cloudbuild.TriggerBuild> {
  const both = pulumi.all([document, region]);
  return applyThrowing(both, ([known, location]) => {
    const { release, violations } = readRelease("document", known);
    const all = [...violations, ...checkPoolRegion("document", release, location)];
    return refuseLate(parent, both, all, hideValues).then(() => toTriggerBuild(release));
  });
}

/** What starts a release, in the words of the source's kind; exactly one is given. */
function pushEvent(
  source: SourceArgs,
  region: pulumi.Input<string>,
  parent: ReleasePipeline,
): Pick<
  gcp.cloudbuild.TriggerArgs,
  "github" | "repositoryEventConfig" | "developerConnectEventConfig"
> {
  const { github, repository, developerConnect, branch = "^main$" } = source;
  const push = { branch };
  if (repository !== undefined) {
    const found = repositoryIn("repository", repository, region, parent);
    return { repositoryEventConfig: { repository: found, push } };
  }
  if (developerConnect !== undefined) {
    const found = repositoryIn("developerConnect", developerConnect, region, parent);
    return { developerConnectEventConfig: { gitRepositoryLink: found, push } };
  }
  return { github: { ...github, push } };
}

/** The repository, once it is known that the trigger will find it. */
function repositoryIn(
  kind: "repository" | "developerConnect",
  repository: pulumi.Input<string>,
  region: pulumi.Input<string>,
  parent: ReleasePipeline,
): pulumi.Output<string> {
  const both = pulumi.all([repository, region]);
  return applyThrowing(both, ([found, location]) =>
    refuseLate(parent, both, checkSource("source", { [kind]: found }, location), hideValues).then(
      () => found,
    ),
  );
}

/** Without the region too: nobody knows which of the two is the secret. */
function hideValues(violation: Violation): Violation {
  const expected = violation.expected.replace(/ in region .*$/, " in the trigger's region");
  return { ...violation, expected, got: "[secret]" };
}
