import * as pulumi from "@pulumi/pulumi";

import type { MigratedServiceArgs } from "./args";
import { checkReleaseOptions } from "./build/checkReleaseOptions";
import { formatDocument } from "./build/formatDocument";
import { renderRelease } from "./build/renderRelease";
import { checkArgs } from "./checks/checkArgs";
import type { ContainerService } from "./containerService";
import type { DatabaseSecrets } from "./databaseSecrets";
import { createBase, isProtected, type Base } from "./environment/baseParts";
import { createData, type Data } from "./environment/dataParts";
import { releaseFacts } from "./environment/releaseFacts";
import { releaseOptions } from "./environment/releaseOptions";
import { ReleasePipeline } from "./releasePipeline";
import { applyThrowing } from "./resourceError";
import { createRuntime, type Runtime } from "./environment/runtimeParts";
import { throwIfInvalid } from "./checks/throwIfInvalid";

/** A Cloud Run service whose every release migrates its database before it gets traffic. */
export class MigratedService extends pulumi.ComponentResource {
  /** Address of the service. */
  readonly serviceUrl: pulumi.Output<string>;

  /** Name of the Cloud Run service. */
  readonly serviceName: pulumi.Output<string>;

  /** `{region}-docker.pkg.dev/{project}/{repository}` */
  readonly imageRepository: pulumi.Output<string>;

  /** `{project}:{region}:{instance}` */
  readonly connectionName: pulumi.Output<string>;

  /** Name of the database. */
  readonly databaseName: pulumi.Output<string>;

  /** Name of the Cloud Run job that migrates; nothing when a step of the build does. */
  readonly migrationJob?: pulumi.Output<string>;

  /** ID of the network, for another environment on the same instance; nothing without one. */
  readonly networkId?: pulumi.Output<string>;

  /** ID of the subnet of `networkId`. */
  readonly subnetworkId?: pulumi.Output<string>;

  /** The release trigger's ID, for `gcloud builds triggers run`. */
  readonly triggerId: pulumi.Output<string>;

  /**
   * IDs of the secrets: by environment variable, and `migrator_password` and `runtime_password`.
   */
  readonly secretIds: pulumi.Output<Record<string, string>>;

  /** Email of the account that builds and releases. */
  readonly buildServiceAccount: pulumi.Output<string>;

  /** Email of the account that migrates. */
  readonly migratorServiceAccount: pulumi.Output<string>;

  /** Email of the account that the service runs as. */
  readonly runtimeServiceAccount: pulumi.Output<string>;

  /** The release document, as the trigger runs it. */
  readonly cloudBuildYaml: pulumi.Output<string>;

  /** Command that gives all traffic to an earlier revision; write its name for `REVISION`. */
  readonly rollbackCommand: pulumi.Output<string>;

  constructor(name: string, args: MigratedServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    const protect = isProtected(args);
    super("cloud-run-migrations:index:MigratedService", name, {}, { protect, ...opts });
    const checked = checkArgs(this, name, args);

    const base = createBase(name, checked, this);
    const data = createData(base);
    const runtime = createRuntime(base, data);
    const cloudBuildYaml = renderDocument(base, data, runtime);
    const pipeline = new ReleasePipeline(
      `${name}-release`,
      {
        ...(checked.project !== undefined && { project: checked.project }),
        region: checked.region,
        namePrefix: name,
        source: checked.source,
        serviceAccount: base.accounts.buildId,
        document: cloudBuildYaml,
      },
      // A push may start a release at once: everything that it touches, and may touch, is there by
      // then.
      { parent: this, dependsOn: [...partsOf(data), ...partsOf(runtime)] },
    );

    const { service, images, job } = runtime;
    this.serviceUrl = service.serviceUrl;
    this.serviceName = service.serviceName;
    this.imageRepository = images.repositoryPath;
    this.connectionName = data.database.connectionName;
    this.databaseName = data.database.databaseName;
    if (job !== undefined) this.migrationJob = job.jobName;
    if (base.network !== undefined) {
      this.networkId = base.network.networkId;
      this.subnetworkId = base.network.subnetworkId;
    }
    this.triggerId = pipeline.triggerId;
    this.secretIds = secretIds(data.secrets);
    this.buildServiceAccount = base.accounts.buildEmail;
    this.migratorServiceAccount = base.accounts.migratorEmail;
    this.runtimeServiceAccount = base.accounts.runtimeEmail;
    this.cloudBuildYaml = cloudBuildYaml;
    this.rollbackCommand = rollbackCommand(base, service);
    this.registerOutputs({
      serviceUrl: this.serviceUrl,
      serviceName: this.serviceName,
      imageRepository: this.imageRepository,
      connectionName: this.connectionName,
      databaseName: this.databaseName,
      migrationJob: this.migrationJob,
      networkId: this.networkId,
      subnetworkId: this.subnetworkId,
      triggerId: this.triggerId,
      secretIds: this.secretIds,
      buildServiceAccount: this.buildServiceAccount,
      migratorServiceAccount: this.migratorServiceAccount,
      runtimeServiceAccount: this.runtimeServiceAccount,
      cloudBuildYaml: this.cloudBuildYaml,
      rollbackCommand: this.rollbackCommand,
    });
  }
}

/** Every component, those in records too. */
function partsOf(parts: Data | Runtime): pulumi.Resource[] {
  return Object.values(parts).flatMap((part: pulumi.Resource | Record<string, pulumi.Resource>) =>
    pulumi.Resource.isInstance(part) ? [part] : Object.values(part),
  );
}

/** The release document as text, once everything that it names is known. */
function renderDocument(base: Base, data: Data, runtime: Runtime): pulumi.Output<string> {
  const { args, parent } = base;
  return applyThrowing(releaseFacts(base, data, runtime), (known) => {
    const options = releaseOptions(args, known);
    throwIfInvalid(parent, checkReleaseOptions(options));
    return formatDocument(renderRelease(options), "yaml");
  });
}

function secretIds({
  named,
  migratorPasswordSecret,
  runtimePasswordSecret,
}: DatabaseSecrets): pulumi.Output<Record<string, string>> {
  const passwords = {
    ...(migratorPasswordSecret && { migrator_password: migratorPasswordSecret }),
    ...(runtimePasswordSecret && { runtime_password: runtimePasswordSecret }),
  };
  const ids = Object.entries({ ...named, ...passwords }).map(([key, { secret }]) => [key, secret]);
  return pulumi.output(Object.fromEntries(ids) as Record<string, pulumi.Output<string>>);
}

/** Only what has served before may be named, so the revision is left to whoever is on call. */
function rollbackCommand(
  { args, accounts }: Base,
  service: ContainerService,
): pulumi.Output<string> {
  return pulumi
    .all([service.serviceName, args.region, accounts.buildId])
    .apply(([serviceName, region, buildId]) => {
      const project = buildId.split("/")[1] ?? "";
      return (
        `gcloud run services update-traffic ${serviceName} --region ${region} --project ${project} ` +
        "--to-revisions REVISION=100"
      );
    });
}
