import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

import { afterProxy, programEnvironment } from "./cloudRun/appContainer";
import type { CloudRunArgs, WorkerArgs } from "./args";
import type { RuntimeConnectionArgs } from "./args/cloudRun";
import { APP_CONTAINER } from "./build/deploy";
import { checkedArgs } from "./checks/checkedArgs";
import { checkInstances } from "./checks/checkInstances";
import { checkNetworkPair } from "./checks/checkPlacement";
import { checkDirectNetwork } from "./checks/checkPlainConnection";
import { checkServiceVariables } from "./checks/checkVariables";
import { checkWorker } from "./checks/checkWorker";
import { RUNTIME_CONNECTION } from "./checks/connectionMembers";
import { proxyContainer } from "./cloudRun/containers";
import { WorkerKind } from "./core/choices";
import { checkLabels } from "./core/cloudChecks";
import { physicalName } from "./core/names";
import type { Violation } from "./core/violations";
import { checkWorkerName } from "./core/workerName";
import { grantRelease } from "./cloudRun/grantRelease";
import { isRunProtected } from "./cloudRun/isRunProtected";
import {
  isReleased,
  PLACEHOLDER_IMAGE,
  readLiveJobImage,
  readLiveWorkerPoolImage,
} from "./cloudRun/liveImage";
import {
  CLOUD_RUN,
  PLACEHOLDER_IMAGE as PLACEHOLDER_IMAGE_CHECK,
  SECRET_VARIABLES,
  WORKER,
} from "./checks/memberChecks";
import { commandLine, runPlace, vpcAccess, WRITTEN_BY_RELEASES } from "./cloudRun/runResource";
import type { EnvironmentVariable, SecretVersionArgs } from "./secretVersionArgs";
import { by, group, required, type Members } from "./checks/shape";

/** A Cloud Run worker pool or job with its database connection. */
export interface CloudRunWorkerArgs extends CloudRunArgs, WorkerArgs {
  /**
   * Last part of its name, `mailer`: 1 to 20 lower-case letters or digits, beginning with a letter.
   *
   * @change replace of the worker
   */
  workerName: string;

  /** How it logs in to the database. */
  connection: RuntimeConnectionArgs;

  /**
   * Environment variables from Secret Manager, by name.
   *
   * @default - only the password
   * @change update of the worker
   */
  secrets?: Record<string, SecretVersionArgs>;

  /**
   * Image until the first release. It runs without `command`.
   *
   * @default - Google's sample, which waits for requests that never come
   * @change nothing once a release has given the worker an image
   */
  placeholderImage?: pulumi.Input<string>;
}

const ARGS: Members<CloudRunWorkerArgs> = {
  ...CLOUD_RUN,
  ...WORKER,
  workerName: required(by(checkWorkerName)),
  connection: required(group(RUNTIME_CONNECTION)),
  secrets: SECRET_VARIABLES,
  placeholderImage: PLACEHOLDER_IMAGE_CHECK,
};

function checkCloudRunWorker(args: Partial<CloudRunWorkerArgs>): Violation[] {
  const isDirect = args.connection?.host !== undefined;
  return [
    ...checkLabels("labels", args.labels),
    ...checkNetworkPair("", args),
    ...checkDirectNetwork(args),
    ...checkWorker("", args, isDirect),
    ...checkInstances("", args),
    ...checkServiceVariables({
      environmentNames: args.connection?.environmentNames,
      namesPath: "connection.environmentNames",
      isDirect,
      env: args.env,
      envPath: "env",
      secrets: Object.keys(args.secrets ?? {}),
    }),
  ];
}

/**
 * A further program of the service's image. Pulumi owns its shape; the image is whatever the last
 * release left, and the command comes with it: the placeholder has no such program.
 */
export class Worker extends pulumi.ComponentResource {
  /** Name of the worker pool or the job. */
  readonly workerName: pulumi.Output<string>;

  constructor(name: string, args: CloudRunWorkerArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "cloud-run-migrations:index:Worker",
      name,
      {},
      { protect: isRunProtected(args), ...opts },
    );
    const checked = checkedArgs(this, ARGS, args, checkCloudRunWorker);

    const physical = physicalName("runJob", {
      name: checked.namePrefix ?? name,
      stack: pulumi.getStack(),
      purpose: checked.workerName,
    });
    const { project, region } = checked;
    const location = { project, region, name: physical };
    const asker = { component: this, whole: opts?.parent };
    const isJob = checked.kind === WorkerKind.Job;
    const live = isJob
      ? readLiveJobImage(asker, location)
      : readLiveWorkerPoolImage(asker, location);
    const worker = isJob
      ? createJob(name, physical, checked, live, this)
      : createPool(name, physical, checked, live, this);
    grantRelease(name, "worker", checked, worker, this);

    this.workerName = worker.name;
    this.registerOutputs({ workerName: this.workerName });
  }
}

function createPool(
  name: string,
  physical: string,
  args: CloudRunWorkerArgs,
  live: pulumi.Output<string | undefined>,
  parent: Worker,
): gcp.cloudrunv2.WorkerPool {
  const isDirect = args.connection.host !== undefined;
  return new gcp.cloudrunv2.WorkerPool(
    name,
    {
      ...runPlace(args),
      name: physical,
      deletionProtection: args.deletionProtection ?? true,
      scaling: { manualInstanceCount: args.instances ?? 1 },
      template: {
        serviceAccount: args.serviceAccount,
        ...vpcAccess(args),
        // For ever in this order: Pulumi compares containers by position.
        containers: [
          { ...container(args, live), ...afterProxy(args.connection) },
          ...(isDirect ? [] : [proxyContainer(args)]),
        ],
      },
    },
    { parent, ignoreChanges: WRITTEN_BY_RELEASES },
  );
}

function createJob(
  name: string,
  physical: string,
  args: CloudRunWorkerArgs,
  live: pulumi.Output<string | undefined>,
  parent: Worker,
): gcp.cloudrunv2.Job {
  return new gcp.cloudrunv2.Job(
    name,
    {
      ...runPlace(args),
      name: physical,
      deletionProtection: args.deletionProtection ?? true,
      template: {
        taskCount: 1,
        parallelism: 1,
        template: {
          serviceAccount: args.serviceAccount,
          executionEnvironment: "EXECUTION_ENVIRONMENT_GEN2",
          maxRetries: args.maxRetries ?? 0,
          timeout: `${args.taskTimeoutSeconds ?? 600}s`,
          ...vpcAccess(args),
          containers: [container(args, live)],
        },
      },
    },
    { parent, ignoreChanges: WRITTEN_BY_RELEASES },
  );
}

/** A container as worker pools and jobs alike take it. */
interface WorkerContainer {
  name: string;
  image: pulumi.Output<string>;
  commands: pulumi.Output<string[] | undefined>;
  args: pulumi.Output<string[] | undefined>;
  resources: { limits: Record<string, string> };
  envs: EnvironmentVariable[];
}

function container(
  args: CloudRunWorkerArgs,
  live: pulumi.Output<string | undefined>,
): WorkerContainer {
  const program = pulumi
    .all([live, args.placeholderImage ?? PLACEHOLDER_IMAGE])
    .apply(([image, placeholder]) => programOf(image, placeholder, args.command));
  return {
    name: APP_CONTAINER,
    image: program.image,
    commands: program.commands,
    args: program.args,
    resources: { limits: { cpu: args.cpu ?? "1", memory: args.memory ?? "512Mi" } },
    envs: programEnvironment(args),
  };
}

/** What runs: a released image with the command, or a placeholder as it is. */
function programOf(
  live: string | undefined,
  placeholder: string,
  command: string[],
): { image: string; commands: string[] | undefined; args: string[] | undefined } {
  return {
    image: live ?? placeholder,
    ...(isReleased(live, placeholder)
      ? commandLine(command)
      : { commands: undefined, args: undefined }),
  };
}
