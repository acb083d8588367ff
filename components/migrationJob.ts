import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

import type { CloudRunArgs, ConnectionArgs, EnvironmentNamesArgs } from "./args";
import type { ConnectionSecretVersionsArgs } from "./args/cloudRun";
import { APP_CONTAINER } from "./build/deploy";
import { migrationToolCommand } from "./build/migrateCommand";
import { checkedArgs } from "./checks/checkedArgs";
import { checkJobCommand } from "./checks/checkJobCommand";
import { checkOwnerRole } from "./checks/checkOwnerRole";
import { checkNetworkPair } from "./checks/checkPlacement";
import { checkDirectNetwork } from "./checks/checkPlainConnection";
import { checkJobVariables } from "./checks/checkVariables";
import { CONNECTION_SECRETS } from "./checks/connectionMembers";
import { checkLabels } from "./core/cloudChecks";
import { checkDatabaseUserName } from "./core/databaseChecks";
import { physicalName } from "./core/names";
import type { Violation } from "./core/violations";
import { grantRelease } from "./cloudRun/grantRelease";
import { isRunProtected } from "./cloudRun/isRunProtected";
import { commandEnvironment, toolEnvironment } from "./cloudRun/jobEnvironment";
import { jobMigration } from "./cloudRun/jobMigration";
import { PLACEHOLDER_IMAGE, readLiveJobImage } from "./cloudRun/liveImage";
import {
  CLOUD_RUN,
  CONNECTION,
  ENVIRONMENT_NAMES,
  EXTENSIONS,
  NAME,
  PLACEHOLDER_IMAGE as PLACEHOLDER_IMAGE_CHECK,
  RELATIVE_PATH,
  SECRET_VARIABLES,
  WORDS,
} from "./checks/memberChecks";
import { migrationSeconds } from "./environment/releaseOptions";
import { commandLine, runPlace, vpcAccess, WRITTEN_BY_RELEASES } from "./cloudRun/runResource";
import { secretVariables, type SecretVersionArgs } from "./secretVersionArgs";
import { by, flag, group, integer, required, type Members } from "./checks/shape";

/** The job that migrates. */
export interface MigrationJobArgs extends CloudRunArgs {
  /** How the job logs in, as the migrator. With `command` it has a `host` and a `password`. */
  connection: ConnectionArgs;

  /**
   * Command that takes our tool's place, as it is written: `["alembic", "upgrade", "head"]`. It
   * connects by TCP to `connection.host`; `RolesJob` prepares roles and grants for it.
   *
   * @default - none, or an empty list: node-pg-migrate by our tool
   * @change update of the job
   */
  command?: string[];

  /**
   * Names of the connection's variables, as `command` wants them.
   *
   * @default - PGUSER, PGPASSWORD, PGHOST, PGPORT, PGDATABASE
   * @change update of the job
   */
  environmentNames?: EnvironmentNamesArgs;

  /**
   * User, host, port and database of `command` come from these secrets.
   *
   * @default - they are plain environment variables
   * @change update of the job
   */
  connectionSecrets?: ConnectionSecretVersionsArgs;

  /**
   * Our tool takes a backup of the instance before a destructive migration. The account needs the
   * permissions for it.
   *
   * @default false
   * @change update of the job
   */
  backupBefore?: boolean;

  /**
   * Folder of the migration files in the image, relative to its working directory.
   *
   * @default "migrations"
   * @change update of the job
   */
  directory?: string;

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
   * Extensions that are created before the migrations; with `command` by `RolesJob`.
   *
   * @default - none
   * @change update of the job: an extension that is left out stays in the database
   */
  extensions?: string[];

  /**
   * Further environment variables from Secret Manager, by name.
   *
   * @default - none
   * @change update of the job
   */
  secrets?: Record<string, SecretVersionArgs>;

  /**
   * Limit of one run in seconds; it is never retried. With `backupBefore` it is 1800 more.
   *
   * @default 1200
   * @change update of the job
   */
  taskTimeoutSeconds?: number;

  /**
   * Image until the first release.
   *
   * @default - Google's sample, in which the migrations fail
   * @change nothing once a release has given the job an image
   */
  placeholderImage?: pulumi.Input<string>;
}

/** Limits that a migration never needs more of: it is SQL, which the database executes. */
const RESOURCES = { limits: { cpu: "1", memory: "512Mi" } };

const ARGS: Members<MigrationJobArgs> = {
  ...CLOUD_RUN,
  connection: required(group(CONNECTION)),
  command: WORDS,
  environmentNames: group(ENVIRONMENT_NAMES),
  connectionSecrets: group(CONNECTION_SECRETS),
  backupBefore: flag(),
  directory: RELATIVE_PATH,
  ownerRole: by(checkDatabaseUserName),
  runtimeRole: required(NAME),
  extensions: EXTENSIONS,
  secrets: SECRET_VARIABLES,
  taskTimeoutSeconds: integer(1, 86400),
  placeholderImage: PLACEHOLDER_IMAGE_CHECK,
};

function checkMigrationJob(args: Partial<MigrationJobArgs>): Violation[] {
  const { connection, ownerRole, runtimeRole, command = [], environmentNames = {} } = args;
  const logins = { migrator: connection?.user, runtime: runtimeRole };
  const names = command.length === 0 ? undefined : environmentNames;
  return [
    ...checkLabels("labels", args.labels),
    ...checkNetworkPair("", args),
    ...checkDirectNetwork(args),
    ...checkJobCommand(args),
    ...checkOwnerRole("ownerRole", ownerRole, logins),
    ...checkJobVariables(Object.keys(args.secrets ?? {}), names, "environmentNames"),
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

    const { project, region } = checked;
    const jobName = physicalName("runJob", {
      name: checked.namePrefix ?? name,
      stack: pulumi.getStack(),
      purpose: "migrate",
    });
    const asker = { component: this, whole: opts?.parent };
    const live = readLiveJobImage(asker, { project, region, name: jobName });
    const image = pulumi
      .all([live, checked.placeholderImage ?? PLACEHOLDER_IMAGE])
      .apply(([released, placeholder]) => released ?? placeholder);

    const job = new gcp.cloudrunv2.Job(
      name,
      {
        ...runPlace(checked),
        name: jobName,
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
            timeout: `${migrationSeconds(checked.taskTimeoutSeconds, checked.backupBefore === true)}s`,
            ...vpcAccess(checked),
            containers: [container(checked, image, this)],
          },
        },
      },
      { parent: this, ignoreChanges: WRITTEN_BY_RELEASES },
    );
    grantRelease(name, "job", checked, job, this);

    this.jobName = job.name;
    this.registerOutputs({ jobName: this.jobName });
  }
}

function container(
  args: MigrationJobArgs,
  image: pulumi.Output<string>,
  parent: MigrationJob,
): gcp.types.input.cloudrunv2.JobTemplateTemplateContainer {
  const { command = [], connection, secrets = {} } = args;
  const migration = jobMigration(args, parent);
  const isTool = command.length === 0;
  const line = migration.apply((tool) =>
    commandLine(isTool ? migrationToolCommand(tool, connectionFlags(args)) : command),
  );
  return {
    name: APP_CONTAINER,
    image,
    commands: line.commands,
    args: line.args,
    resources: RESOURCES,
    envs: [
      ...(isTool ? toolEnvironment(connection) : commandEnvironment(args, migration)),
      ...secretVariables(secrets),
    ],
  };
}

/** Our tool connects by Google's connector. */
function connectionFlags({ network, connection }: MigrationJobArgs): string[] {
  const flags = ["--ip-type", network === undefined ? "PUBLIC" : "PRIVATE"];
  return connection.password === undefined ? [...flags, "--iam"] : flags;
}
