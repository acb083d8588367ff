/**
 * All that a release document depends on. Complete and plain: nothing is optional, no default hides
 * inside the renderer, and a value that is not there is `null`.
 */
export interface ReleaseOptions {
  /** Region of service, job and builds, `europe-west1`. */
  region: string;
  /**
   * Name of the Cloud Run service: 1-49 lower-case letters, digits and hyphens. Builds of one
   * service queue by the build tag `release-{service}`.
   */
  service: string;
  /** Path of the image without tag, `europe-west1-docker.pkg.dev/{project}/{repository}/{name}`. */
  image: string;
  /** Account that the build runs as, `projects/{project}/serviceAccounts/{email}`. */
  serviceAccount: string;
  /** How the image is made. */
  build: ImageBuild;
  /** The image that migrates, when it is not the one that serves; else `null`. */
  migrationImage: MigrationImage | null;
  /** What applies the pending migrations. */
  migration: Migration;
  /** How the migration reaches the database. */
  reach: Reach;
  /** When the new revision receives traffic. */
  promotion: ReleasePromotion;
  /** Further programs of the image, which get it once traffic has moved. Empty is none. */
  workers: ReleaseWorker[];
  /** How long things may take. */
  timeouts: ReleaseTimeouts;
}

/** How the image is made. */
export interface ImageBuild {
  /** Path of the Dockerfile, relative to the repository's root. */
  dockerfile: string;
  /** Build context, relative to the repository's root, `.`. */
  context: string;
  /**
   * Values of the Dockerfile's `ARG`s by name; an empty value is legal. Everybody who can pull the
   * image can read them, so a name that looks secret is refused.
   *
   * @see https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/
   */
  buildArgs: Record<string, string>;
  /** Machine of the build, `E2_HIGHCPU_8`; `null` is Cloud Build's default machine, or a private pool's own. */
  machineType: string | null;
  /** Working directory of the image (`WORKDIR`): steps in the just-built image start there. */
  workingDirectory: string;
}

/** An image that only migrates, built and pushed beside the one that serves. */
export interface MigrationImage {
  /** Path of the image without tag, in the same repository as {@link ReleaseOptions.image}. */
  image: string;
  /** Path of its Dockerfile, relative to the repository's root; context and build arguments are shared. */
  dockerfile: string;
}

/** A Cloud Run worker pool or job that runs the image. */
export interface ReleaseWorker {
  kind: "WorkerPool" | "Job";
  /** Its name in Google Cloud: 1-49 lower-case letters, digits and hyphens. */
  name: string;
  /** Program and arguments. A release sets them with the image: the placeholder has no such program. */
  command: string[];
}

/** What applies the pending migrations: our tool, or any command of the image. */
export type Migration = NodePgMigrateMigration | CommandMigration;

/** node-pg-migrate by `cloud-run-migrations up` out of the just-built image. */
export interface NodePgMigrateMigration extends MigrationRoles {
  runs: "NodePgMigrate";
  /** Folder of the migration files, relative to the image's working directory. */
  directory: string;
  /** How long the advisory lock of another migration is waited for, as PostgreSQL spells it, `10min`. */
  lockWait: string;
  /**
   * The instance of which a backup is taken before a destructive migration; `null` takes none. The
   * tool takes it, as the migrator; `promote` reads its ID for the release record.
   */
  backup: BackupTarget | null;
}

/** An instance, as `gcloud sql backups` wants it. */
export interface BackupTarget {
  project: string;
  instance: string;
}

/** A command of the image in our tool's place. Roles and grants are made by steps around it. */
export interface CommandMigration extends MigrationRoles {
  runs: "Command";
  /** Program and arguments, `["alembic", "upgrade", "head"]`; the program must be in the image. */
  command: string[];
  /** How the command is told where the database is. A job has its own: there it is not used. */
  environment: ConnectionEnvironment;
}

/** Database roles, and how long a migration may block others. */
export interface MigrationRoles {
  /** Role without login that owns every object, `app_owner`. */
  ownerRole: string;
  /** Login of the service: reads and writes rows, owns nothing. */
  runtimeRole: string;
  /** Extensions, created as the login role before the owner role is set. */
  extensions: string[];
  /** `lock_timeout`, as PostgreSQL spells it, `5s`. */
  lockTimeout: string;
  /** `statement_timeout`, as PostgreSQL spells it, `15min`. */
  statementTimeout: string;
  /**
   * Further secrets of the migration by variable, `projects/{project}/secrets/{id}/versions/{n}`.
   * Empty in `CloudRunJob`, whose job reads them itself.
   */
  secrets: Record<string, string>;
}

/** The five facts of a connection. */
export type ConnectionPart = "host" | "port" | "user" | "password" | "database";

/** The five connection variables as a command of the image wants them. */
export interface ConnectionEnvironment {
  /** Name of each variable: `PGHOST`, `PGPORT`, …, or a framework's own, `POSTGRES_HOST`, …. */
  names: Record<ConnectionPart, string>;
  /**
   * Secret versions that hold host, port, user and database, when these are secrets too;
   * `null` writes the four into the document. The host must be `cloud-sql-proxy`, the port `5432`.
   * The password is a secret always.
   */
  secretVersions: Record<Exclude<ConnectionPart, "password">, string> | null;
}

/** How the migration reaches the database. */
export type Reach = CloudRunJobReach | BuildStepReach | PrivatePoolReach;

/** A Cloud Run job on the database's network; the build starts and awaits it. */
export interface CloudRunJobReach {
  connectivity: "CloudRunJob";
  /** Name of the job that migrates. */
  job: string;
  /**
   * Name of the job that runs {@link rolesJobScript}; given exactly when a command migrates,
   * else `null`.
   */
  rolesJob: string | null;
}

/** A step of the build, over the instance's public IP without authorised networks. */
export interface BuildStepReach extends BuildReach {
  connectivity: "BuildStep";
}

/** A step of a build that runs in a private pool, over the instance's private IP. */
export interface PrivatePoolReach extends BuildReach {
  connectivity: "PrivatePool";
  /** `projects/{project}/locations/{region}/workerPools/{name}` */
  workerPool: string;
}

/** What a step of the build must know to reach the database. */
export interface BuildReach {
  /** `{project}:{region}:{instance}` */
  instanceConnectionName: string;
  /** Email of the migrator account, which the build impersonates. */
  impersonate: string;
  /** Database to migrate. */
  database: string;
  /** How the migrator logs in. */
  login: MigratorLogin;
}

/** How the migrator logs in. */
export type MigratorLogin =
  | {
      auth: "Password";
      /** Database user. */
      user: string;
      /** `projects/{project}/secrets/{id}/versions/{n}`; `n` is a number. */
      passwordVersion: string;
    }
  | {
      auth: "Iam";
      /** Database user: the migrator's email without `.gserviceaccount.com`. */
      user: string;
    };

/** When the new revision receives traffic. */
export type ReleasePromotion =
  | {
      /** After its startup probe (`Ready`), and after the command, if there is one. */
      promotion: "AfterProbe";
      /** Command of the just-built image that must succeed before traffic moves; `null` is none. */
      verifyCommand: string[] | null;
    }
  | {
      /** With the deployment itself, as the seed does. */
      promotion: "Immediately";
    }
  | {
      /** Not at all: the build prints the command that does it. */
      promotion: "Manual";
      /** Command of the just-built image that must succeed; `null` is none. */
      verifyCommand: string[] | null;
    };

/** How long things may take, in seconds. The build's own timeout is the sum of its steps'. */
export interface ReleaseTimeouts {
  /** Waiting for older releases of the same service, inside the build. */
  guardSeconds: number;
  /** `docker build`. */
  buildSeconds: number;
  /** The migration itself: the job's task timeout. The step is given more. */
  migrationSeconds: number;
  /** `verifyCommand`. */
  verifyRevisionSeconds: number;
  /** How long a build may wait until it starts; then it expires. It does not put builds in order. */
  queueSeconds: number;
}
