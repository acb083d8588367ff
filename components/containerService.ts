import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

import { appContainer } from "./cloudRun/appContainer";
import type { CloudRunArgs, ServiceShapeArgs } from "./args";
import type { RuntimeConnectionArgs } from "./args/cloudRun";
import { checkedArgs } from "./checks/checkedArgs";
import { checkInstances } from "./checks/checkInstances";
import { checkNetworkPair } from "./checks/checkPlacement";
import { checkDirectNetwork } from "./checks/checkPlainConnection";
import { checkServiceVariables } from "./checks/checkVariables";
import { RUNTIME_CONNECTION } from "./checks/connectionMembers";
import { connectionAnnotation } from "./cloudRun/connectionAnnotation";
import { proxyContainer } from "./cloudRun/containers";
import { Ingress } from "./core/choices";
import { checkLabels } from "./core/cloudChecks";
import { physicalName } from "./core/names";
import type { Violation } from "./core/violations";
import { grantRelease } from "./cloudRun/grantRelease";
import { isRunProtected } from "./cloudRun/isRunProtected";
import { PLACEHOLDER_IMAGE } from "./cloudRun/liveImage";
import { GENERATION_ANNOTATION, readLiveService, type LiveService } from "./cloudRun/liveService";
import { CLOUD_RUN, SECRET_VARIABLES, SERVICE } from "./checks/memberChecks";
import { pinnedWarning } from "./cloudRun/pinnedTraffic";
import { CONNECTION_ANNOTATION } from "./cloudRun/serviceConnection";
import { runPlace, vpcAccess, WRITTEN_BY_RELEASES } from "./cloudRun/runResource";
import type { SecretVersionArgs } from "./secretVersionArgs";
import { group, required, type Members } from "./checks/shape";

/** A Cloud Run service with its database connection. */
export interface ContainerServiceArgs extends CloudRunArgs, ServiceShapeArgs {
  /** How the service logs in to the database. */
  connection: RuntimeConnectionArgs;

  /**
   * Environment variables from Secret Manager, by name.
   *
   * @default - only the password
   * @change update: a new revision
   */
  secrets?: Record<string, SecretVersionArgs>;
}

const INGRESS: Record<Ingress, string> = {
  [Ingress.All]: "INGRESS_TRAFFIC_ALL",
  [Ingress.Internal]: "INGRESS_TRAFFIC_INTERNAL_ONLY",
  [Ingress.InternalAndLoadBalancer]: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
};

/**
 * The Cloud Run service, with the Cloud SQL Auth Proxy beside it unless it connects directly. Pulumi
 * owns its shape; image and traffic are whatever the last release left.
 */
export class ContainerService extends pulumi.ComponentResource {
  /** Name of the service. */
  readonly serviceName: pulumi.Output<string>;

  /** Address of the service. */
  readonly serviceUrl: pulumi.Output<string>;

  constructor(name: string, args: ContainerServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "cloud-run-migrations:index:ContainerService",
      name,
      {},
      { protect: isRunProtected(args), ...opts },
    );
    const checked = checkedArgs(this, ARGS, args, checkContainerService);

    const serviceName = serviceNameOf(checked.namePrefix ?? name);
    const { project, region } = checked;
    const location = { project, region, name: serviceName };
    const live = readLiveService(this, location, opts?.parent).apply(async (found) => {
      const warning = pinnedWarning(serviceName, found);
      if (warning !== undefined) await pulumi.log.warn(warning, this);
      return found;
    });
    const service = createService(name, serviceName, checked, live, this);
    grantRelease(name, "service", checked, service, this);
    if (checked.publiclyAccessible === true) grantEverybody(name, checked, service, this);

    this.serviceName = service.name;
    this.serviceUrl = service.uri;
    this.registerOutputs({ serviceName: this.serviceName, serviceUrl: this.serviceUrl });
  }
}

const ARGS: Members<ContainerServiceArgs> = {
  ...CLOUD_RUN,
  ...SERVICE,
  connection: required(group(RUNTIME_CONNECTION)),
  secrets: SECRET_VARIABLES,
};

function checkContainerService(args: Partial<ContainerServiceArgs>): Violation[] {
  return [
    ...checkLabels("labels", args.labels),
    ...checkNetworkPair("", args),
    ...checkDirectNetwork(args),
    ...checkInstances("", args),
    ...checkServiceVariables({
      environmentNames: args.connection?.environmentNames,
      namesPath: "connection.environmentNames",
      isDirect: args.connection?.host !== undefined,
      env: args.env,
      envPath: "env",
      secrets: Object.keys(args.secrets ?? {}),
    }),
  ];
}

/** The service's name in Google Cloud, known before anything is created. */
export function serviceNameOf(namePrefix: string): string {
  return physicalName("runService", { name: namePrefix, stack: pulumi.getStack() });
}

function createService(
  name: string,
  serviceName: string,
  args: ContainerServiceArgs,
  live: pulumi.Output<LiveService>,
  parent: ContainerService,
): gcp.cloudrunv2.Service {
  const image = pulumi
    .all([live, args.placeholderImage ?? PLACEHOLDER_IMAGE])
    .apply(([found, placeholder]) => found.image ?? placeholder);
  return new gcp.cloudrunv2.Service(
    name,
    {
      ...runPlace(args),
      name: serviceName,
      annotations: {
        ...generation(args),
        [CONNECTION_ANNOTATION]: connectionAnnotation(serviceName, args, live, parent),
      },
      ingress: INGRESS[args.ingress ?? Ingress.All],
      deletionProtection: args.deletionProtection ?? true,
      // Of the service, not of its template: a tagged revision would keep instances of its own for
      // ever. None is said too: left out, the provider keeps the number that was there.
      scaling: { minInstanceCount: args.minInstances ?? 0 },
      traffics: live.traffics,
      template: {
        serviceAccount: args.serviceAccount,
        executionEnvironment: "EXECUTION_ENVIRONMENT_GEN2",
        maxInstanceRequestConcurrency: args.concurrency ?? 80,
        scaling: { maxInstanceCount: args.maxInstances ?? 10 },
        ...vpcAccess(args),
        // For ever in this order: Pulumi compares containers by position.
        containers: [appContainer(args, image), ...sidecars(args)],
      },
    },
    { parent, ignoreChanges: WRITTEN_BY_RELEASES },
  );
}

function generation({ connection }: ContainerServiceArgs): Record<string, string> {
  if (connection.password === undefined) return {};
  return { [GENERATION_ANNOTATION]: `${connection.passwordGeneration ?? 1}` };
}

function sidecars(
  args: ContainerServiceArgs,
): gcp.types.input.cloudrunv2.ServiceTemplateContainer[] {
  if (args.connection.host !== undefined) return [];
  const { resources, ...proxy } = proxyContainer(args);
  return [{ ...proxy, resources: { ...resources, cpuIdle: true } }];
}

function grantEverybody(
  name: string,
  { project, region }: ContainerServiceArgs,
  service: gcp.cloudrunv2.Service,
  parent: ContainerService,
): void {
  new gcp.cloudrunv2.ServiceIamMember(
    `${name}-everybody`,
    {
      ...(project !== undefined && { project }),
      location: region,
      name: service.name,
      role: "roles/run.invoker",
      member: "allUsers",
    },
    { parent },
  );
}
