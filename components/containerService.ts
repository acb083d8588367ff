import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

import type { CloudRunArgs, ConnectionArgs, EnvironmentNamesArgs, ServiceArgs } from "./args";
import { checkedArgs } from "./checkedArgs";
import { checkInstances } from "./checkInstances";
import { checkNetworkPair } from "./checkPlacement";
import { checkServiceVariables } from "./checkVariables";
import { appContainer, proxyContainer } from "./containers";
import { Connectivity, Ingress, Login } from "./core/choices";
import { checkLabels } from "./core/cloudChecks";
import { physicalName } from "./core/names";
import { grantsAt } from "./core/roleMatrix";
import type { Violation } from "./core/violations";
import { isRunProtected } from "./isRunProtected";
import {
  GENERATION_ANNOTATION,
  pinnedWarning,
  PLACEHOLDER_IMAGE,
  readLiveService,
  type LiveService,
} from "./liveService";
import {
  CLOUD_RUN,
  CONNECTION,
  ENVIRONMENT_NAMES,
  PINNED_SECRET,
  SECRET_VARIABLES,
  SERVICE,
} from "./memberChecks";
import type { SecretVersionArgs } from "./secretVersionArgs";
import { group, integer, required, type Members } from "./shape";

/** Secrets that hold the connection, when all of it is to be secret. */
export interface ConnectionSecretVersionsArgs {
  /** Holds the user. */
  user: SecretVersionArgs;

  /** Holds `localhost`, where the proxy listens. */
  host: SecretVersionArgs;

  /** Holds `5432`. */
  port: SecretVersionArgs;

  /** Holds the database's name. */
  database: SecretVersionArgs;
}

/** What the service needs to log in. */
export interface RuntimeConnectionArgs extends ConnectionArgs {
  /**
   * Which generation the password is of. It is written on the service, so that a later rotation is
   * noticed.
   *
   * @default 1
   */
  passwordGeneration?: number;

  /**
   * Names of the environment variables.
   *
   * @default - PGUSER, PGPASSWORD, PGHOST, PGPORT, PGDATABASE
   */
  environmentNames?: EnvironmentNamesArgs;

  /**
   * User, host, port and database come from these secrets.
   *
   * @default - they are plain environment variables
   */
  secrets?: ConnectionSecretVersionsArgs;
}

/** A Cloud Run service with its database connection. */
export interface ContainerServiceArgs extends CloudRunArgs, ServiceArgs {
  /** How the service logs in to the database. */
  connection: RuntimeConnectionArgs;

  /**
   * Environment variables from Secret Manager, by name.
   *
   * @default - only the password
   */
  secrets?: Record<string, SecretVersionArgs>;
}

const INGRESS: Record<Ingress, string> = {
  [Ingress.All]: "INGRESS_TRAFFIC_ALL",
  [Ingress.Internal]: "INGRESS_TRAFFIC_INTERNAL_ONLY",
  [Ingress.InternalAndLoadBalancer]: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
};

/**
 * The Cloud Run service with the Cloud SQL Auth Proxy beside it. Pulumi owns its shape; image and
 * traffic are whatever the last release left.
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
    const live = readLiveService(this, { project, region, name: serviceName }).apply(
      async (found) => {
        const warning = pinnedWarning(serviceName, found);
        if (warning !== undefined) await pulumi.log.warn(warning, this);
        return found;
      },
    );
    const service = createService(name, serviceName, checked, live, this);
    grantRelease(name, checked, service, this);
    if (checked.publiclyAccessible === true) grantEverybody(name, checked, service, this);

    this.serviceName = service.name;
    this.serviceUrl = service.uri;
    this.registerOutputs({ serviceName: this.serviceName, serviceUrl: this.serviceUrl });
  }
}

const CONNECTION_SECRETS: Members<ConnectionSecretVersionsArgs> = {
  user: required(PINNED_SECRET),
  host: required(PINNED_SECRET),
  port: required(PINNED_SECRET),
  database: required(PINNED_SECRET),
};

const RUNTIME_CONNECTION: Members<RuntimeConnectionArgs> = {
  ...CONNECTION,
  passwordGeneration: integer(1, 1000),
  environmentNames: group(ENVIRONMENT_NAMES),
  secrets: group(CONNECTION_SECRETS),
};

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
    ...checkInstances("", args),
    ...checkServiceVariables({
      environmentNames: args.connection?.environmentNames,
      namesPath: "connection.environmentNames",
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
  const { project, labels, minInstances = 0 } = args;
  const image = pulumi
    .all([live, args.placeholderImage ?? PLACEHOLDER_IMAGE])
    .apply(([found, placeholder]) => found.image ?? placeholder);
  return new gcp.cloudrunv2.Service(
    name,
    {
      ...(project !== undefined && { project }),
      location: args.region,
      name: serviceName,
      ...(labels !== undefined && { labels }),
      ...annotations(args),
      ingress: INGRESS[args.ingress ?? Ingress.All],
      deletionProtection: args.deletionProtection ?? true,
      // Of the service, not of its template: a tagged revision would keep instances of its own for
      // ever.
      ...(minInstances > 0 && { scaling: { minInstanceCount: minInstances } }),
      traffics: live.traffics,
      template: {
        serviceAccount: args.serviceAccount,
        executionEnvironment: "EXECUTION_ENVIRONMENT_GEN2",
        maxInstanceRequestConcurrency: args.concurrency ?? 80,
        scaling: { maxInstanceCount: args.maxInstances ?? 10 },
        ...vpcAccess(args),
        // For ever in this order: Pulumi compares containers by position.
        containers: [appContainer(args, image), proxyContainer(args)],
      },
    },
    // gcloud writes these at every release. Never `template.revision`: re-sent, Google refuses it
    // as taken.
    {
      parent,
      ignoreChanges: ["client", "clientVersion", "template.labels", "template.annotations"],
    },
  );
}

function annotations({ connection }: ContainerServiceArgs): {
  annotations?: Record<string, string>;
} {
  if (connection.password === undefined) return {};
  return { annotations: { [GENERATION_ANNOTATION]: `${connection.passwordGeneration ?? 1}` } };
}

/** Private addresses are reached through the network, everything else directly. */
function vpcAccess({ network, subnetwork }: ContainerServiceArgs): {
  vpcAccess?: gcp.types.input.cloudrunv2.ServiceTemplateVpcAccess;
} {
  if (network === undefined || subnetwork === undefined) return {};
  return {
    vpcAccess: { egress: "PRIVATE_RANGES_ONLY", networkInterfaces: [{ network, subnetwork }] },
  };
}

function grantRelease(
  name: string,
  { project, region, releasedBy, connection }: ContainerServiceArgs,
  service: gcp.cloudrunv2.Service,
  parent: ContainerService,
): void {
  if (releasedBy === undefined) return;
  const login = connection.password === undefined ? Login.Iam : Login.Password;
  // Where the migrations run decides nothing about the service.
  const grants = grantsAt("service", { connectivity: Connectivity.CloudRunJob, login });
  for (const { account, role } of grants) {
    new gcp.cloudrunv2.ServiceIamMember(
      `${name}-${account}`,
      {
        ...(project !== undefined && { project }),
        location: region,
        name: service.name,
        role,
        member: pulumi.interpolate`serviceAccount:${releasedBy}`,
      },
      { parent },
    );
  }
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
