import type {
  BackupTarget,
  BuildStepReach,
  CommandMigration,
  MigrationImage,
  MigratorLogin,
  NodePgMigrateMigration,
  PrivatePoolReach,
  Reach,
  ReleaseOptions,
  ReleasePromotion,
  ReleaseWorker,
} from "../../../components/build/options";

const roles = {
  ownerRole: "app_owner",
  runtimeRole: "shop_runtime",
  extensions: [],
  lockTimeout: "5s",
  statementTimeout: "15min",
  secrets: {},
};

export const nodePgMigrate: NodePgMigrateMigration = {
  runs: "NodePgMigrate",
  directory: "migrations",
  lockWait: "10min",
  backup: null,
  ...roles,
};

export const backup: BackupTarget = { project: "example-project", instance: "shop-1a2b3c4d" };

export const command: CommandMigration = {
  runs: "Command",
  command: ["alembic", "upgrade", "head"],
  environment: {
    names: {
      host: "PGHOST",
      port: "PGPORT",
      user: "PGUSER",
      password: "PGPASSWORD",
      database: "PGDATABASE",
    },
    secretVersions: null,
  },
  ...roles,
};

export const secretCommand: CommandMigration = {
  ...command,
  environment: {
    names: {
      host: "DB_HOST",
      port: "DB_PORT",
      user: "DB_USER",
      password: "DB_PASSWORD",
      database: "DB_NAME",
    },
    secretVersions: {
      host: secretVersion("host"),
      port: secretVersion("port"),
      user: secretVersion("user"),
      database: secretVersion("database"),
    },
  },
};

export function secretVersion(id: string): string {
  return `projects/example-project/secrets/shop-${id}/versions/3`;
}

export const passwordLogin: MigratorLogin = {
  auth: "Password",
  user: "shop_migrator",
  passwordVersion: secretVersion("migrator-password"),
};

export const iamLogin: MigratorLogin = {
  auth: "Iam",
  user: "shop-migrator@example-project.iam",
};

export const jobReach: Reach = { connectivity: "CloudRunJob", job: "shop-migrate", rolesJob: null };

export const commandJobReach: Reach = { ...jobReach, rolesJob: "shop-roles" };

export function stepReach(login: MigratorLogin): BuildStepReach {
  return {
    connectivity: "BuildStep",
    instanceConnectionName: "example-project:europe-west1:shop-1a2b3c4d",
    impersonate: "shop-migrator@example-project.iam.gserviceaccount.com",
    database: "shop",
    login,
  };
}

export function poolReach(login: MigratorLogin): PrivatePoolReach {
  return {
    ...stepReach(login),
    connectivity: "PrivatePool",
    workerPool: "projects/example-project/locations/europe-west1/workerPools/shop",
  };
}

export const migrationImage: MigrationImage = {
  image: "europe-west1-docker.pkg.dev/example-project/shop/migrate",
  dockerfile: "migrate.Dockerfile",
};

export const mailWorker: ReleaseWorker = {
  kind: "WorkerPool",
  name: "shop-mail",
  command: ["node", "mail.js"],
};

export const reportWorker: ReleaseWorker = {
  kind: "Job",
  name: "shop-report",
  command: ["node", "report.js", "--columns=a,b", "$1"],
};

export const secrets = { LICENCE: secretVersion("licence") };

export const afterProbe: ReleasePromotion = { promotion: "AfterProbe", verifyCommand: null };

/** Complete options; what a test is about, it says itself. */
export function releaseOptions(changes: Partial<ReleaseOptions> = {}): ReleaseOptions {
  return {
    region: "europe-west1",
    service: "shop",
    image: "europe-west1-docker.pkg.dev/example-project/shop/shop",
    serviceAccount:
      "projects/example-project/serviceAccounts/shop-build@example-project.iam.gserviceaccount.com",
    build: {
      dockerfile: "Dockerfile",
      context: ".",
      buildArgs: {},
      machineType: null,
      workingDirectory: "/app",
    },
    migrationImage: null,
    migration: nodePgMigrate,
    reach: jobReach,
    promotion: afterProbe,
    workers: [],
    timeouts: {
      guardSeconds: 1800,
      buildSeconds: 1200,
      migrationSeconds: 1200,
      verifyRevisionSeconds: 300,
      queueSeconds: 3600,
    },
    ...changes,
  };
}

const ways: Pick<ReleaseOptions, "migration" | "reach">[] = [
  { migration: nodePgMigrate, reach: jobReach },
  { migration: command, reach: commandJobReach },
  ...[stepReach, poolReach].flatMap((reach) =>
    [passwordLogin, iamLogin].flatMap((login) =>
      [nodePgMigrate, command, secretCommand].map((migration) => ({
        migration,
        reach: reach(login),
      })),
    ),
  ),
];

const promotions: ReleasePromotion[] = [
  afterProbe,
  { promotion: "AfterProbe", verifyCommand: ["node", "verify.js"] },
  { promotion: "Immediately" },
  { promotion: "Manual", verifyCommand: null },
  { promotion: "Manual", verifyCommand: ["node", "verify.js"] },
];

type Change = (options: ReleaseOptions) => ReleaseOptions;

const withMigration =
  (changes: Partial<NodePgMigrateMigration> & Partial<CommandMigration>): Change =>
  (options) => ({ ...options, migration: { ...options.migration, ...changes } });

const withBuild =
  (changes: Partial<ReleaseOptions["build"]>): Change =>
  (options) => ({ ...options, build: { ...options.build, ...changes } });

/** Each may be there or not, beside all others. */
const features: Change[] = [
  (options) => ({ ...options, migrationImage }),
  (options) => ({ ...options, workers: [mailWorker, reportWorker] }),
  withMigration({ secrets }),
  withMigration({ backup }),
];

/** These change a step each and nothing else: they are tried without the others. */
const details: Change[] = [
  withBuild({ buildArgs: { VITE_BACKEND_HOST: "", PRICE: "$5" } }),
  withMigration({ extensions: ["citext", "uuid-ossp"] }),
  withBuild({ machineType: "E2_HIGHCPU_8" }),
];

function subsetsOf(changes: Change[], options: ReleaseOptions): ReleaseOptions[] {
  return changes.reduce((all, change) => [...all, ...all.map(change)], [options]);
}

// What the types or `checkReleaseOptions` refuse.
function isPossible({ migration, reach, build }: ReleaseOptions): boolean {
  if (migration.runs === "Command" && "backup" in migration) return false;
  if (reach.connectivity === "PrivatePool" && build.machineType !== null) return false;
  return reach.connectivity !== "CloudRunJob" || Object.keys(migration.secrets).length === 0;
}

/** Every combination of the options that change the shape of a document. */
export function everyCombination(): { name: string; options: ReleaseOptions }[] {
  const all = ways.flatMap((way) =>
    promotions.flatMap((promotion) => {
      const base = releaseOptions({ ...way, promotion });
      return [...subsetsOf(features, base), ...subsetsOf(details, base).slice(1)];
    }),
  );
  return all.filter(isPossible).map((options) => ({ name: nameOf(options), options }));
}

function nameOf(options: ReleaseOptions): string {
  const { migration, reach, promotion, build } = options;
  return [
    reach.connectivity,
    reach.connectivity === "CloudRunJob" ? "job" : reach.login.auth,
    migration.runs,
    migration.runs === "Command" && migration.environment.secretVersions !== null ? "address" : "",
    promotion.promotion,
    promotion.promotion !== "Immediately" && promotion.verifyCommand !== null ? "verified" : "",
    options.migrationImage === null ? "" : "image",
    options.workers.length > 0 ? "workers" : "",
    Object.keys(migration.secrets).length > 0 ? "secrets" : "",
    migration.runs === "NodePgMigrate" && migration.backup !== null ? "backup" : "",
    Object.keys(build.buildArgs).length > 0 ? "arguments" : "",
    migration.extensions.length > 0 ? "extensions" : "",
    build.machineType ?? "",
  ]
    .filter((part) => part !== "")
    .join(" ");
}
