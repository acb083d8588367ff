import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

import type { CloudRunArgs, ConnectionArgs } from "./args";
import { migrationToolCommand } from "./build/migrateCommand";
import { checkedArgs } from "./checkedArgs";
import { checkOwnerRole } from "./checkOwnerRole";
import { checkNetworkPair } from "./checkPlacement";
import { checkJobVariables } from "./checkVariables";
import { Connectivity, Login } from "./core/choices";
import { checkLabels } from "./core/cloudChecks";
import { checkDatabaseUserName } from "./core/databaseChecks";
import { physicalName } from "./core/names";
import { grantsAt } from "./core/roleMatrix";
import type { Violation } from "./core/violations";
import { isRunProtected } from "./isRunProtected";
import { APP_CONTAINER } from "./build/deploy";
import { PLACEHOLDER_IMAGE, readLiveJobImage } from "./liveService";
import {
  CLOUD_RUN,
  CONNECTION,
  EXTENSIONS,
  NAME,
  PLACEHOLDER_IMAGE as PLACEHOLDER_IMAGE_CHECK,
  RELATIVE_PATH,
  SECRET_VARIABLES,
} from "./memberChecks";
import { DEFAULT_TASK_TIMEOUT_SECONDS, toolMigration } from "./releaseOptions";
import {
  plainVariable,
  secretVariable,
  secretVariables,
  type SecretVersionArgs,
} from "./secretVersionArgs";
import { applyThrowing } from "./resourceError";
import { by, group, integer, required, type Members } from "./shape";
import { throwIfInvalid } from "./throwIfInvalid";

/** The job that migrates. */
export interface MigrationJobArgs extends CloudRunArgs {
  /** How the job logs in, as the migrator. */
  connection: ConnectionArgs;

  /**
   * Folder of the migration files in the image, relative to its working directory.
   *
   * @default "migrations"
   */
  directory?: string;

  /**
   * Role that owns every object.
   *
   * @default "app_owner"
   */
  ownerRole?: string;

  /** Database user of the service: it may read and write rows. */
  runtimeRole: pulumi.Input<string>;

  /**
   * Extensions that are created before the migrations.
   *
   * @default - none
   */
  extensions?: string[];

  /**
   * Further environment variables from Secret Manager, by name.
   *
   * @default - none
   */
  secrets?: Record<string, SecretVersionArgs>;

  /**
   * Limit of one run in seconds; it is never retried.
   *
   * @default 1200
   */
  taskTimeoutSeconds?: number;

  /**
   * Image until the first release.
   *
   * @default - Google's sample, in which the migrations fail
   */
  placeholderImage?: pulumi.Input<string>;
}

/** Limits that a migration never needs more of: it is SQL, which the database executes. */
const RESOURCES = { limits: { cpu: "1", memory: "512Mi" } };

const ARGS: Members<MigrationJobArgs> = {
  ...CLOUD_RUN,
  connection: required(group(CONNECTION)),
  directory: RELATIVE_PATH,
  ownerRole: by(checkDatabaseUserName),
  runtimeRole: required(NAME),
  extensions: EXTENSIONS,
  secrets: SECRET_VARIABLES,
  taskTimeoutSeconds: integer(1, 86400),
  placeholderImage: PLACEHOLDER_IMAGE_CHECK,
};

function checkMigrationJob(args: Partial<MigrationJobArgs>): Violation[] {
  const { connection, ownerRole, runtimeRole } = args;
  return [
    ...checkLabels("labels", args.labels),
    ...checkNetworkPair("", args),
    ...checkOwnerRole("ownerRole", ownerRole, { migrator: connection?.user, runtime: runtimeRole }),
    ...checkJobVariables(Object.keys(args.secrets ?? {})),
  ];
}

/** The Cloud Run job that migrates the database. A release gives it the image and runs it. */
export class MigrationJob extends pulumi.ComponentResource {
  /** Name of the job. */
  readonly jobName: pulumi.Output<string>;

  constructor(name: string, args: MigrationJobArgs, opts?: pulumi.ComponentResourceOptions) {
    const protect = isRunProtected(args);
    super("cloud-run-migrations:index:MigrationJob", name, {}, { protect, ...opts });
    const checked = checkedArgs(this, ARGS, args, checkMigrationJob);

    const { project, region, labels } = checked;
    const jobName = physicalName("runJob", {
      name: checked.namePrefix ?? name,
      stack: pulumi.getStack(),
      purpose: "migrate",
    });
    const live = readLiveJobImage(this, { project, region, name: jobName });
    const image = pulumi
      .all([live, checked.placeholderImage ?? PLACEHOLDER_IMAGE])
      .apply(([released, placeholder]) => released ?? placeholder);

    const job = new gcp.cloudrunv2.Job(
      name,
      {
        ...(project !== undefined && { project }),
        location: region,
        name: jobName,
        ...(labels !== undefined && { labels }),
        deletionProtection: protect,
        template: {
          taskCount: 1,
          parallelism: 1,
          template: {
            serviceAccount: checked.serviceAccount,
            executionEnvironment: "EXECUTION_ENVIRONMENT_GEN2",
            // A second attempt would meet the first one's lock, or its half of a `noTransaction`
            // file.
            maxRetries: 0,
            timeout: `${checked.taskTimeoutSeconds ?? DEFAULT_TASK_TIMEOUT_SECONDS}s`,
            ...vpcAccess(checked),
            containers: [container(checked, image, this)],
          },
        },
      },
      // gcloud labels the template of a job that it updates; the image is read from the live job.
      {
        parent: this,
        ignoreChanges: ["client", "clientVersion", "template.labels", "template.annotations"],
      },
    );
    grantRelease(name, checked, job, this);

    this.jobName = job.name;
    this.registerOutputs({ jobName: this.jobName });
  }
}

function container(
  args: MigrationJobArgs,
  image: pulumi.Output<string>,
  parent: MigrationJob,
): gcp.types.input.cloudrunv2.JobTemplateTemplateContainer {
  const { connection } = args;
  const command = commandLine(args, parent);
  return {
    name: APP_CONTAINER,
    image,
    commands: command.apply((words) => words.slice(0, 1)),
    args: command.apply((words) => words.slice(1)),
    resources: RESOURCES,
    envs: [
      plainVariable("INSTANCE_CONNECTION_NAME", connection.connectionName),
      plainVariable("PGDATABASE", connection.database),
      plainVariable("PGUSER", connection.user),
      ...(connection.password === undefined
        ? []
        : [secretVariable("PGPASSWORD", connection.password)]),
      ...secretVariables(args.secrets ?? {}),
    ],
  };
}

function commandLine(args: MigrationJobArgs, parent: MigrationJob): pulumi.Output<string[]> {
  const flags = ["--ip-type", args.network === undefined ? "PUBLIC" : "PRIVATE"];
  if (args.connection.password === undefined) flags.push("--iam");
  const logins = pulumi.all([args.connection.user, args.runtimeRole]);
  return applyThrowing(logins, ([migrator, runtime]) => {
    throwIfInvalid(parent, checkOwnerRole("ownerRole", args.ownerRole, { migrator, runtime }));
    return migrationToolCommand(toolMigration(args, runtime), flags);
  });
}

/** Private addresses are reached through the network, everything else directly. */
function vpcAccess({ network, subnetwork }: MigrationJobArgs): {
  vpcAccess?: gcp.types.input.cloudrunv2.JobTemplateTemplateVpcAccess;
} {
  if (network === undefined || subnetwork === undefined) return {};
  return {
    vpcAccess: { egress: "PRIVATE_RANGES_ONLY", networkInterfaces: [{ network, subnetwork }] },
  };
}

function grantRelease(
  name: string,
  { project, region, releasedBy, connection }: MigrationJobArgs,
  job: gcp.cloudrunv2.Job,
  parent: MigrationJob,
): void {
  if (releasedBy === undefined) return;
  const login = connection.password === undefined ? Login.Iam : Login.Password;
  for (const { account, role } of grantsAt("job", {
    connectivity: Connectivity.CloudRunJob,
    login,
  })) {
    new gcp.cloudrunv2.JobIamMember(
      `${name}-${account}`,
      {
        ...(project !== undefined && { project }),
        location: region,
        name: job.name,
        role,
        member: pulumi.interpolate`serviceAccount:${releasedBy}`,
      },
      { parent },
    );
  }
}
