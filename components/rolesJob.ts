import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

import type { CloudRunArgs, ConnectionArgs } from "./args";
import { STEP_IMAGES } from "./build/images";
import { rolesJobScript } from "./build/roles";
import { FIXED_SECONDS } from "./build/timeouts";
import { checkedArgs } from "./checks/checkedArgs";
import { checkOwnerRole } from "./checks/checkOwnerRole";
import { checkNetworkPair } from "./checks/checkPlacement";
import { checkDirectNetwork, checkPlainLogin } from "./checks/checkPlainConnection";
import { connectionEnvironment } from "./cloudRun/connectionEnvironment";
import { checkLabels } from "./core/cloudChecks";
import { checkDatabaseUserName } from "./core/databaseChecks";
import { physicalName } from "./core/names";
import type { Violation } from "./core/violations";
import { grantRelease } from "./cloudRun/grantRelease";
import { isRunProtected } from "./cloudRun/isRunProtected";
import { jobMigration } from "./cloudRun/jobMigration";
import { CLOUD_RUN, CONNECTION, EXTENSIONS, NAME } from "./checks/memberChecks";
import { commandLine, runPlace, vpcAccess } from "./cloudRun/runResource";
import { plainVariable } from "./secretVersionArgs";
import { by, group, required, type Members } from "./checks/shape";

/** The job that prepares roles and grants for a command, and checks them after it. */
export interface RolesJobArgs extends CloudRunArgs {
  /** How the job logs in, as the migrator: by TCP to `host`, with `password`. */
  connection: ConnectionArgs;

  /**
   * Role that owns every object.
   *
   * @default "app_owner"
   * @change update of the job: what the old role owns is not handed over
   */
  ownerRole?: string;

  /**
   * Database user of the service: it may read and write rows.
   *
   * @change update of the job
   */
  runtimeRole: pulumi.Input<string>;

  /**
   * Extensions that are created before the migrations.
   *
   * @default - none
   * @change update of the job: an extension that is left out stays in the database
   */
  extensions?: string[];
}

/**
 * Cloud Run takes images of Docker Hub by their whole names only.
 *
 * @see https://cloud.google.com/run/docs/deploying#images
 */
const IMAGE = `docker.io/library/${STEP_IMAGES.postgres}`;

/** Ends the task before the step that waits for it ends. */
const TIMEOUT_SECONDS = FIXED_SECONDS.roles - 120;

const ARGS: Members<RolesJobArgs> = {
  ...CLOUD_RUN,
  connection: required(group(CONNECTION)),
  ownerRole: by(checkDatabaseUserName),
  runtimeRole: required(NAME),
  extensions: EXTENSIONS,
};

function checkRolesJob(args: Partial<RolesJobArgs>): Violation[] {
  const { connection, ownerRole, runtimeRole } = args;
  return [
    ...checkLabels("labels", args.labels),
    ...checkNetworkPair("", args),
    ...checkDirectNetwork(args),
    ...checkPlainLogin(args, "psql"),
    ...checkOwnerRole("ownerRole", ownerRole, { migrator: connection?.user, runtime: runtimeRole }),
  ];
}

/**
 * The Cloud Run job beside a `MigrationJob` with a `command`: a release executes it before, to make
 * roles and grants, and after, to check them. Its image is Pulumi's own; no release changes it.
 */
export class RolesJob extends pulumi.ComponentResource {
  /** Name of the job. */
  readonly jobName: pulumi.Output<string>;

  constructor(name: string, args: RolesJobArgs, opts?: pulumi.ComponentResourceOptions) {
    const protect = isRunProtected(args);
    super("cloud-run-migrations:index:RolesJob", name, {}, { protect, ...opts });
    const checked = checkedArgs(this, ARGS, args, checkRolesJob);

    const job = new gcp.cloudrunv2.Job(
      name,
      {
        ...runPlace(checked),
        name: physicalName("runJob", {
          name: checked.namePrefix ?? name,
          stack: pulumi.getStack(),
          purpose: "roles",
        }),
        deletionProtection: protect,
        template: {
          taskCount: 1,
          parallelism: 1,
          template: {
            serviceAccount: checked.serviceAccount,
            executionEnvironment: "EXECUTION_ENVIRONMENT_GEN2",
            // The script itself tries again what a first release's grants still refuse.
            maxRetries: 0,
            timeout: `${TIMEOUT_SECONDS}s`,
            ...vpcAccess(checked),
            containers: [container(checked, this)],
          },
        },
      },
      { parent: this },
    );
    grantRelease(name, "job", checked, job, this);

    this.jobName = job.name;
    this.registerOutputs({ jobName: this.jobName });
  }
}

function container(
  args: RolesJobArgs,
  parent: RolesJob,
): gcp.types.input.cloudrunv2.JobTemplateTemplateContainer {
  const line = jobMigration(args, parent).apply((roles) =>
    commandLine(["bash", "-c", rolesJobScript(roles)]),
  );
  return {
    name: "psql",
    image: IMAGE,
    commands: line.commands,
    args: line.args,
    resources: { limits: { cpu: "1", memory: "512Mi" } },
    envs: [
      ...connectionEnvironment({ connection: args.connection }),
      plainVariable("PGAPPNAME", "cloud-run-migrations"),
    ],
  };
}
