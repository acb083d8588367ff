import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

import type { SourceArgs } from "./args";
import { SOURCE } from "./checkArgs";
import { checkedArgs } from "./checkedArgs";
import { physicalName } from "./core/names";
import type { Violation } from "./core/violations";
import { checkRepositoryRegion } from "./crossChecks";
import { NAME, PROJECT, REGION } from "./memberChecks";
import { readRelease } from "./readRelease";
import { applyThrowing } from "./resourceError";
import { fromResource, group, required, text, type Members } from "./shape";
import { throwIfInvalid } from "./throwIfInvalid";
import { toTriggerBuild } from "./triggerBuild";

export interface ReleasePipelineArgs {
  /**
   * Project ID. A change replaces the trigger.
   *
   * @default - the provider's project
   */
  project?: pulumi.Input<string>;

  /** Region of the trigger and of the repository's connection. A change replaces the trigger. */
  region: pulumi.Input<string>;

  /**
   * First part of the trigger's name, before the stack. A change renames the trigger in place.
   *
   * @default - the component's name
   */
  namePrefix?: string;

  /** Account that builds: `projects/{project}/serviceAccounts/{email}`, not the bare email. */
  serviceAccount: pulumi.Input<string>;

  /** The repository whose pushes start a release. */
  source: SourceArgs;

  /**
   * Cloud Build document, as YAML or JSON. Refused when a revision could get traffic without a
   * migration before it.
   *
   * @see https://cloud.google.com/build/docs/build-config-file-schema
   */
  document: pulumi.Input<string>;
}

const ARGS: Members<ReleasePipelineArgs> = {
  project: PROJECT,
  region: REGION,
  namePrefix: text("a text that is not empty", /./),
  serviceAccount: required(NAME),
  source: required(group(SOURCE)),
  document: required(fromResource(text())),
};

/** The trigger that releases what is pushed. */
export class ReleasePipeline extends pulumi.ComponentResource {
  /** The trigger's ID, for `gcloud builds triggers run`. */
  readonly triggerId: pulumi.Output<string>;

  constructor(name: string, args: ReleasePipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-migrations:index:ReleasePipeline", name, {}, opts);
    const checked = checkedArgs(this, ARGS, args);

    const build = applyThrowing(pulumi.output(checked.document), (document) => {
      const { release, violations } = readRelease("document", document);
      throwIfInvalid(this, violations);
      return toTriggerBuild(release);
    });
    const { project, source } = checked;
    const trigger = new gcp.cloudbuild.Trigger(
      name,
      {
        ...(project !== undefined && { project }),
        // Cloud Build finds a 2nd-generation repository only from its own region, never from
        // `global`.
        location: checked.region,
        name: physicalName("trigger", {
          name: checked.namePrefix ?? name,
          stack: pulumi.getStack(),
        }),
        description: "Builds, migrates the database, deploys. Written by cloud-run-migrations",
        serviceAccount: checked.serviceAccount,
        repositoryEventConfig: {
          repository: repositoryIn(source.repository, checked.region, this),
          push: { branch: source.branch ?? "^main$" },
        },
        ...(source.includedFiles !== undefined && { includedFiles: source.includedFiles }),
        ...(source.ignoredFiles !== undefined && { ignoredFiles: source.ignoredFiles }),
        // Written as false it would show as a change in every preview.
        ...(source.requireApproval === true && { approvalConfig: { approvalRequired: true } }),
        build,
      },
      { parent: this },
    );

    this.triggerId = trigger.triggerId;
    this.registerOutputs({ triggerId: this.triggerId });
  }
}

/** The repository, once it is known that the trigger will find it. */
function repositoryIn(
  repository: pulumi.Input<string>,
  region: pulumi.Input<string>,
  parent: ReleasePipeline,
): pulumi.Output<string> {
  const place = pulumi.all([repository, region]);
  return applyThrowing(place, ([found, trigger]) => {
    const violations = checkRepositoryRegion("source.repository", found, trigger);
    if (violations.length === 0) return found;
    return pulumi.isSecret(place).then((hide) => {
      throwIfInvalid(parent, hide ? violations.map(hideValues) : violations);
      return found;
    });
  });
}

/** Without the region too: nobody knows which of the two is the secret. */
function hideValues({ path }: Violation): Violation {
  return { path, expected: "a repository in the trigger's region", got: "[secret]" };
}
