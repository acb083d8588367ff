import { Connectivity, Login, type AccountRole } from "./choices";

/** What a role is granted on; the project only where the API knows nothing finer. */
export type GrantScope =
  | "project"
  | "repository"
  | "service"
  | "worker"
  | "job"
  | "instance"
  | "migratorAccount"
  | "runtimeAccount";

/** One role of one account on one thing. */
export interface Grant {
  account: AccountRole;
  role: string;
  scope: GrantScope;
}

/** What the matrix depends on. */
export interface RoleMatrixOptions {
  connectivity: Connectivity;
  login: Login;
  /** A backup is taken before a destructive migration. */
  backupBefore: boolean;
}

/**
 * What taking a backup needs; none of Google's own roles has so little.
 *
 * @see https://cloud.google.com/sql/docs/postgres/roles-and-permissions
 */
export const BACKUP_PERMISSIONS = ["cloudsql.backupRuns.create", "cloudsql.backupRuns.get"];

/** Lets a build run in the private pools of a project. */
export const WORKER_POOL_USER = "roles/cloudbuild.workerPoolUser";

/** Stands for the role that is made of {@link BACKUP_PERMISSIONS}. */
export const BACKUP_ROLE = "backups";

/**
 * Every role of the three accounts, but for `secretmanager.secretAccessor`, which follows the
 * secrets that an account is given, one by one.
 *
 * Scope `instance` is a grant on the project with a condition: Cloud SQL has no policies of its own.
 *
 * @see https://cloud.google.com/sql/docs/postgres/iam-conditions
 */
export function roleMatrix({ connectivity, login, backupBefore }: RoleMatrixOptions): Grant[] {
  return [
    { account: "build", role: "roles/logging.logWriter", scope: "project" },
    // To see whether another release of the environment runs.
    { account: "build", role: "roles/cloudbuild.builds.viewer", scope: "project" },
    { account: "build", role: "roles/artifactregistry.writer", scope: "repository" },
    { account: "build", role: "roles/run.developer", scope: "service" },
    { account: "build", role: "roles/run.developer", scope: "worker" },
    // Whoever deploys a revision must be allowed to act as its account.
    { account: "build", role: "roles/iam.serviceAccountUser", scope: "runtimeAccount" },
    ...migrationGrants(connectivity),
    ...databaseGrants("migrator", login),
    ...databaseGrants("runtime", login),
    ...(backupBefore ? BACKUP_GRANTS : []),
  ];
}

/** The migrator takes the backup; the build only reads its ID for the release record. */
const BACKUP_GRANTS: Grant[] = [
  { account: "migrator", role: BACKUP_ROLE, scope: "instance" },
  { account: "build", role: "roles/cloudsql.viewer", scope: "instance" },
];

/** The build either runs a job as the migrator, or makes tokens of it; it has nothing of Cloud SQL itself. */
function migrationGrants(connectivity: Connectivity): Grant[] {
  if (connectivity === Connectivity.CloudRunJob) {
    return [
      { account: "build", role: "roles/run.developer", scope: "job" },
      { account: "build", role: "roles/iam.serviceAccountUser", scope: "migratorAccount" },
    ];
  }
  const tokens: Grant = {
    account: "build",
    role: "roles/iam.serviceAccountTokenCreator",
    scope: "migratorAccount",
  };
  if (connectivity === Connectivity.BuildStep) return [tokens];
  // Private pools know no policies of their own.
  return [tokens, { account: "build", role: WORKER_POOL_USER, scope: "project" }];
}

function databaseGrants(account: AccountRole, login: Login): Grant[] {
  const client: Grant = { account, role: "roles/cloudsql.client", scope: "instance" };
  if (login === Login.Password) return [client];
  // Without it the login of an IAM user fails, though the user is there.
  return [client, { account, role: "roles/cloudsql.instanceUser", scope: "instance" }];
}

/** The part of the matrix that belongs to one kind of thing. */
export function grantsAt(scope: GrantScope, options: RoleMatrixOptions): Grant[] {
  return roleMatrix(options).filter((grant) => grant.scope === scope);
}

/** The condition that narrows a project's grant to one instance. */
export function instanceCondition(
  project: string,
  instance: string,
): { title: string; expression: string } {
  return {
    title: `only ${instance}`.slice(0, 100),
    expression:
      `resource.name == "projects/${project}/instances/${instance}" && ` +
      'resource.service == "sqladmin.googleapis.com"',
  };
}

/** The condition that narrows a project's grant to one instance and its backups. */
export function backupCondition(
  project: string,
  instance: string,
): { title: string; expression: string } {
  const name = `projects/${project}/instances/${instance}`;
  return {
    title: `only ${instance} and its backups`.slice(0, 100),
    expression:
      'resource.service == "sqladmin.googleapis.com" && ' +
      `(resource.name == "${name}" || resource.name.startsWith("${name}/"))`,
  };
}
