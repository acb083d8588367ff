import type { MigratedServiceArgs } from "../../components";

const POOL = "projects/example-project/locations/europe-west1/workerPools/builds";

/** Nothing that could be left out. */
export const LEAST_ARGS: MigratedServiceArgs = {
  region: "europe-west1",
  source: { github: { owner: "example", name: "shop" } },
};

/** Every argument that goes with an instance of our own and a command in a build step. */
export const FULL_ARGS: MigratedServiceArgs = {
  project: "another-project",
  region: "europe-west1",
  preset: "Development",
  labels: { team: "shop" },
  enableApis: false,
  source: {
    repository:
      "projects/example-project/locations/europe-west1/connections/github/repositories/shop",
    branch: "^release/.*$",
    includedFiles: ["service/**"],
    ignoredFiles: ["docs/**"],
    requireApproval: true,
  },
  build: {
    dockerfile: "docker/Dockerfile",
    context: "service",
    buildArgs: { EMPTY: "", A: "1" },
    machineType: "E2_HIGHCPU_8",
    timeoutSeconds: 600,
    workingDirectory: "/srv",
    serviceAccount: "shop-build@example-project.iam.gserviceaccount.com",
    imageRepository: "europe-west1-docker.pkg.dev/example-project/images",
  },
  database: {
    version: "POSTGRES_17",
    edition: "ENTERPRISE",
    tier: "db-custom-2-7680",
    highAvailability: true,
    diskSizeGb: 20,
    name: "shop",
    login: "Password",
    passwordGeneration: 3,
    backups: {
      enabled: true,
      pointInTimeRecovery: true,
      retainedBackups: 30,
      transactionLogDays: 5,
      retainOnDelete: true,
      finalBackupDays: 10,
    },
    flags: { max_connections: "200" },
    queryInsights: false,
    plainConnections: true,
    extensions: ["citext", "uuid-ossp"],
    environmentNames: { host: "DB_HOST" },
    environmentAsSecrets: true,
    deletionProtection: true,
  },
  network: {
    network: "projects/p/global/networks/n",
    subnetwork: "projects/p/regions/europe-west1/subnetworks/n",
    publicIp: true,
  },
  migration: {
    connectivity: "BuildStep",
    command: ["alembic", "upgrade", "head"],
    ownerRole: "shop_owner",
    taskTimeoutSeconds: 3600,
    dockerfile: "migrate.Dockerfile",
    backupBefore: false,
    serviceAccount: "shop-migrator@example-project.iam.gserviceaccount.com",
  },
  secrets: {
    API_KEY: { value: "k", toMigration: true },
    // A command in a build goes through the Auth Proxy, so nobody else sets it.
    PGSSLMODE: { value: "disable", toRuntime: false, toMigration: true },
    OLD: { existingSecret: "projects/p/secrets/old", version: "3" },
  },
  service: {
    port: 3000,
    cpu: "2",
    memory: "1Gi",
    minInstances: 1,
    maxInstances: 5,
    concurrency: 40,
    env: { FEATURE: "on" },
    publiclyAccessible: true,
    ingress: "Internal",
    startupPath: "/health",
    livenessPath: "/live",
    placeholderImage: "gcr.io/cloudrun/hello:latest",
    databaseAccess: "Sidecar",
    serviceAccount: "shop-runtime@example-project.iam.gserviceaccount.com",
    workers: {
      mailer: {
        kind: "WorkerPool",
        command: ["node", "mailer.js"],
        cpu: "1",
        memory: "512Mi",
        instances: 2,
        env: { QUEUE: "mail" },
      },
    },
  },
  release: {
    promotion: "Manual",
    verifyCommand: ["node", "verify.js"],
    verifyTimeoutSeconds: 60,
    queueTimeoutSeconds: 600,
  },
};

/** An instance that is there already, a pool that is there already, and a worker that is a job. */
export const EXISTING_ARGS: MigratedServiceArgs = {
  region: "europe-west1",
  source: {
    developerConnect:
      "projects/example-project/locations/europe-west1/connections/c/gitRepositoryLinks/shop",
  },
  build: { workerPool: { existing: POOL } },
  database: { existingInstance: "example-project:europe-west1:shared", login: "Iam" },
  network: {
    network: "projects/p/global/networks/n",
    subnetwork: "projects/p/regions/europe-west1/subnetworks/n",
  },
  migration: { connectivity: "PrivatePool", directory: "db/migrations", backupBefore: true },
  service: {
    databaseAccess: "Direct",
    workers: {
      export: {
        kind: "Job",
        command: ["node", "export.js"],
        taskTimeoutSeconds: 3600,
        maxRetries: 3,
      },
    },
  },
};
