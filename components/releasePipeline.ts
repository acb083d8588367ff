import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

import type { SourceArgs } from "./args";
import { checkRelease } from "./build/checkRelease";
import { parseDocument } from "./build/formatDocument";
import { checkPlacement } from "./checkPlacement";
import { checkBranch } from "./core/branch";
import { physicalName } from "./core/names";
import { checkRepositoryRegion } from "./crossChecks";
import { applyThrowing } from "./resourceError";
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

/** The trigger that releases what is pushed. */
export class ReleasePipeline extends pulumi.ComponentResource {
  /** The trigger's ID, for `gcloud builds triggers run`. */
  readonly triggerId: pulumi.Output<string>;

  constructor(name: string, args: ReleasePipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-migrations:index:ReleasePipeline", name, {}, opts);
    throwIfInvalid(this, [
      ...checkPlacement(args),
      ...checkBranch("source.branch", args.source.branch),
    ]);

    const build = applyThrowing(pulumi.output(args.document), (text) => {
      const document = parseDocument(text);
      throwIfInvalid(this, checkRelease(document));
      return toTriggerBuild(document);
    });
    const { project, source } = args;
    const trigger = new gcp.cloudbuild.Trigger(
      name,
      {
        ...(project !== undefined && { project }),
        // Cloud Build finds a 2nd-generation repository only from its own region, never from
        // `global`.
        location: args.region,
        name: physicalName("trigger", {
          name: args.namePrefix ?? name,
          stack: pulumi.getStack(),
        }),
        description: "Builds, migrates the database, deploys. Written by cloud-run-migrations",
        serviceAccount: args.serviceAccount,
        repositoryEventConfig: {
          repository: applyThrowing(
            pulumi.all([source.repository, args.region]),
            ([repository, region]) => {
              throwIfInvalid(this, checkRepositoryRegion("source.repository", repository, region));
              return repository;
            },
          ),
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
