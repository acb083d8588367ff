/** One change of an argument, in an environment where it can be made. */
export interface Sample {
  /** The condition in the argument's `@change` that this shows; without, the plain case. */
  when?: string;
  /** Arguments over the required ones, before the change. */
  before?: object;
  /** What changes, over `before`; `undefined` takes an argument away. */
  change: object;
  /** A release has given service and jobs their image. */
  isReleased?: true;
}

const NETWORKS = [1, 2].map((number) => ({
  network: `projects/example-project/global/networks/network-${number}`,
  subnetwork: `projects/example-project/regions/europe-west1/subnetworks/subnet-${number}`,
}));
const IN_NETWORK = { network: NETWORKS[0] };
const IN_BUILD = { network: { publicIp: true }, migration: { connectivity: "BuildStep" } };
const IN_POOL = { migration: { connectivity: "PrivatePool" } };
const COMMAND = ["alembic", "upgrade", "head"];
const IAM = { database: { login: "Iam" } };
const ACCOUNT = "existing@example-project.iam.gserviceaccount.com";
const RELATIVES = "projects/example-project/locations/europe-west1";
const MAILER = { service: { workers: { mailer: { command: ["node", "mailer.js"] } } } };
const EXPORTER = {
  service: {
    databaseAccess: "Direct",
    workers: { exporter: { kind: "Job", command: ["node", "export.js"] } },
  },
};
const SECRET = { ...MAILER, secrets: { API_KEY: { value: "first" } } };
const EXISTING_SECRET = {
  ...MAILER,
  secrets: { API_KEY: { existingSecret: "api-key", version: "1" } },
};

function variableNamed(key: string): Sample[] {
  const change = { database: { environmentNames: { [key]: `DB_${key.toUpperCase()}` } } };
  return [
    { before: MAILER, change },
    {
      when: "with migration.command in a build",
      before: { ...IN_BUILD, migration: { ...IN_BUILD.migration, command: COMMAND } },
      change,
    },
    {
      when: "with migration.command in CloudRunJob",
      before: { migration: { command: COMMAND } },
      change,
    },
  ];
}

/** For each argument of its own a change of it, and one more for each condition in its `@change`. */
export const SAMPLES: Record<string, Sample[]> = {
  project: [{ change: { project: "another-project" } }],
  region: [{ before: MAILER, change: { region: "us-central1" } }],
  preset: [{ change: { preset: "Development" } }],
  labels: [{ before: MAILER, change: { labels: { team: "shop" } } }],
  enableApis: [{ change: { enableApis: false } }],
  secrets: [{ before: MAILER, change: { secrets: SECRET.secrets } }],

  "source.github": [
    {
      before: {
        source: { github: undefined, repository: `${RELATIVES}/connections/c/repositories/shop` },
      },
      change: { source: { github: { owner: "example", name: "shop" }, repository: undefined } },
    },
  ],
  "source.github.owner": [{ change: { source: { github: { owner: "another" } } } }],
  "source.github.name": [{ change: { source: { github: { name: "another" } } } }],
  "source.repository": [
    {
      change: {
        source: { github: undefined, repository: `${RELATIVES}/connections/c/repositories/shop` },
      },
    },
  ],
  "source.developerConnect": [
    {
      change: {
        source: {
          github: undefined,
          developerConnect: `${RELATIVES}/connections/c/gitRepositoryLinks/shop`,
        },
      },
    },
  ],
  "source.branch": [{ change: { source: { branch: "^release$" } } }],
  "source.includedFiles": [{ change: { source: { includedFiles: ["service/**"] } } }],
  "source.ignoredFiles": [{ change: { source: { ignoredFiles: ["docs/**"] } } }],
  "source.requireApproval": [{ change: { source: { requireApproval: true } } }],

  "build.dockerfile": [{ change: { build: { dockerfile: "docker/Dockerfile" } } }],
  "build.context": [{ change: { build: { context: "service" } } }],
  "build.buildArgs": [{ change: { build: { buildArgs: { VERSION: "2" } } } }],
  "build.machineType": [{ change: { build: { machineType: "E2_HIGHCPU_8" } } }],
  "build.timeoutSeconds": [{ change: { build: { timeoutSeconds: 600 } } }],
  "build.workingDirectory": [{ change: { build: { workingDirectory: "/srv" } } }],
  "build.serviceAccount": [{ change: { build: { serviceAccount: ACCOUNT } } }],
  "build.imageRepository": [
    {
      change: { build: { imageRepository: "europe-west1-docker.pkg.dev/example-project/images" } },
    },
  ],
  "build.workerPool.existing": [
    {
      before: IN_POOL,
      change: { build: { workerPool: { existing: `${RELATIVES}/workerPools/builds` } } },
    },
  ],
  "build.workerPool.machineType": [
    { before: IN_POOL, change: { build: { workerPool: { machineType: "e2-standard-8" } } } },
  ],
  "build.workerPool.diskSizeGb": [
    { before: IN_POOL, change: { build: { workerPool: { diskSizeGb: 200 } } } },
  ],
  "build.workerPool.externalIp": [
    { before: IN_POOL, change: { build: { workerPool: { externalIp: false } } } },
  ],

  "database.existingInstance": [
    {
      before: { ...MAILER, ...IN_NETWORK },
      change: { database: { existingInstance: "example-project:europe-west1:shared" } },
    },
  ],
  "database.version": [
    {
      before: { database: { version: "POSTGRES_17" } },
      change: { database: { version: "POSTGRES_18" } },
    },
  ],
  "database.edition": [
    {
      before: { database: { edition: "ENTERPRISE" } },
      change: { database: { edition: "ENTERPRISE_PLUS", tier: "db-perf-optimized-N-2" } },
    },
  ],
  "database.tier": [
    { change: { database: { tier: "db-custom-2-7680" } } },
    {
      when: "with a tier on another type of disk",
      change: { database: { tier: "db-custom-N4-2-8192" } },
    },
  ],
  "database.highAvailability": [{ change: { database: { highAvailability: true } } }],
  "database.diskSizeGb": [{ change: { database: { diskSizeGb: 20 } } }],
  "database.name": [
    { before: MAILER, change: { database: { name: "orders" } } },
    { when: "in BuildStep", before: IN_BUILD, change: { database: { name: "orders" } } },
  ],
  "database.login": [{ before: MAILER, change: IAM }],
  "database.passwordGeneration": [
    { before: MAILER, change: { database: { passwordGeneration: 2 } } },
    { when: "in BuildStep", before: IN_BUILD, change: { database: { passwordGeneration: 2 } } },
  ],
  "database.backups.enabled": [
    {
      before: { database: { backups: { pointInTimeRecovery: false } } },
      change: { database: { backups: { enabled: false } } },
    },
  ],
  "database.backups.pointInTimeRecovery": [
    { change: { database: { backups: { pointInTimeRecovery: false } } } },
  ],
  "database.backups.retainedBackups": [
    { change: { database: { backups: { retainedBackups: 30 } } } },
  ],
  "database.backups.transactionLogDays": [
    { change: { database: { backups: { transactionLogDays: 3 } } } },
  ],
  "database.backups.retainOnDelete": [
    { change: { database: { backups: { retainOnDelete: false } } } },
  ],
  "database.backups.finalBackupDays": [
    { change: { database: { backups: { finalBackupDays: 60 } } } },
  ],
  "database.flags": [
    { change: { database: { flags: { log_min_duration_statement: "500" } } } },
    {
      when: "with a setting that PostgreSQL reads at its start",
      change: { database: { flags: { max_connections: "200" } } },
    },
  ],
  "database.plainConnections": [{ change: { database: { plainConnections: true } } }],
  "database.queryInsights": [{ change: { database: { queryInsights: false } } }],
  "database.extensions": [
    { change: { database: { extensions: ["citext"] } } },
    { when: "in BuildStep", before: IN_BUILD, change: { database: { extensions: ["citext"] } } },
  ],
  "database.environmentNames.user": variableNamed("user"),
  "database.environmentNames.password": variableNamed("password"),
  "database.environmentNames.host": variableNamed("host"),
  "database.environmentNames.port": variableNamed("port"),
  "database.environmentNames.database": variableNamed("database"),
  "database.environmentAsSecrets": [
    { before: MAILER, change: { database: { environmentAsSecrets: true } } },
    {
      when: "with migration.command in a build",
      before: { ...IN_BUILD, migration: { ...IN_BUILD.migration, command: COMMAND } },
      change: { database: { environmentAsSecrets: true } },
    },
    {
      when: "with migration.command in CloudRunJob",
      before: { migration: { command: COMMAND } },
      change: { database: { environmentAsSecrets: true } },
    },
  ],
  "database.deletionProtection": [{ change: { database: { deletionProtection: false } } }],

  "network.network": [
    { before: MAILER, change: { network: NETWORKS[0] } },
    {
      when: "with another existing network",
      before: { ...MAILER, ...IN_NETWORK },
      change: { network: NETWORKS[1] },
    },
  ],
  "network.subnetwork": [
    {
      before: { ...MAILER, ...IN_NETWORK },
      change: { network: { subnetwork: NETWORKS[1]?.subnetwork } },
    },
  ],
  "network.publicIp": [{ change: { network: { publicIp: true } } }],

  "migration.connectivity": [
    { before: { network: { publicIp: true } }, change: { migration: IN_BUILD.migration } },
    {
      when: "with PrivatePool",
      change: { migration: IN_POOL.migration },
    },
  ],
  "migration.directory": [{ change: { migration: { directory: "db/migrations" } } }],
  "migration.command": [{ change: { migration: { command: COMMAND } } }],
  "migration.ownerRole": [
    { change: { migration: { ownerRole: "shop_owner" } } },
    { when: "in BuildStep", before: IN_BUILD, change: { migration: { ownerRole: "shop_owner" } } },
  ],
  "migration.taskTimeoutSeconds": [{ change: { migration: { taskTimeoutSeconds: 3600 } } }],
  "migration.dockerfile": [{ change: { migration: { dockerfile: "migrate.Dockerfile" } } }],
  "migration.backupBefore": [{ change: { migration: { backupBefore: false } } }],
  "migration.serviceAccount": [
    { change: { migration: { serviceAccount: ACCOUNT } } },
    {
      when: "in BuildStep",
      before: IN_BUILD,
      change: { migration: { serviceAccount: ACCOUNT } },
    },
    {
      when: "with login Iam",
      before: IAM,
      change: { migration: { serviceAccount: ACCOUNT } },
    },
  ],

  "secrets.*.value": [{ before: SECRET, change: { secrets: { API_KEY: { value: "second" } } } }],
  "secrets.*.existingSecret": [
    {
      before: EXISTING_SECRET,
      change: { secrets: { API_KEY: { existingSecret: "other-key" } } },
    },
  ],
  "secrets.*.version": [
    { before: EXISTING_SECRET, change: { secrets: { API_KEY: { version: "2" } } } },
  ],
  "secrets.*.toRuntime": [
    {
      before: { ...MAILER, secrets: { API_KEY: { value: "first", toMigration: true } } },
      change: { secrets: { API_KEY: { toRuntime: false } } },
    },
  ],
  "secrets.*.toMigration": [
    { before: SECRET, change: { secrets: { API_KEY: { toMigration: true } } } },
    {
      when: "in BuildStep",
      before: { ...SECRET, ...IN_BUILD },
      change: { secrets: { API_KEY: { toMigration: true } } },
    },
  ],

  "service.port": [{ change: { service: { port: 3000 } } }],
  "service.cpu": [{ change: { service: { cpu: "2" } } }],
  "service.memory": [{ change: { service: { memory: "1Gi" } } }],
  "service.minInstances": [{ change: { service: { minInstances: 1 } } }],
  "service.maxInstances": [{ change: { service: { maxInstances: 20 } } }],
  "service.concurrency": [{ change: { service: { concurrency: 40 } } }],
  "service.env": [{ before: MAILER, change: { service: { env: { FEATURE: "on" } } } }],
  "service.publiclyAccessible": [{ change: { service: { publiclyAccessible: true } } }],
  "service.ingress": [{ change: { service: { ingress: "Internal" } } }],
  "service.startupPath": [{ change: { service: { startupPath: "/health" } } }],
  "service.livenessPath": [{ change: { service: { livenessPath: "/live" } } }],
  "service.placeholderImage": [
    { isReleased: true, change: { service: { placeholderImage: "gcr.io/cloudrun/hello" } } },
    {
      when: "without a release",
      before: MAILER,
      change: { service: { placeholderImage: "gcr.io/cloudrun/hello" } },
    },
  ],
  "service.databaseAccess": [{ before: MAILER, change: { service: { databaseAccess: "Direct" } } }],
  "service.workers": [{ change: MAILER }],
  "service.serviceAccount": [
    { before: MAILER, change: { service: { serviceAccount: ACCOUNT } } },
    {
      when: "with login Iam",
      before: { ...MAILER, ...IAM },
      change: { service: { serviceAccount: ACCOUNT } },
    },
  ],
  "service.workers.*.kind": [
    {
      before: { service: { ...MAILER.service, databaseAccess: "Direct" } },
      change: { service: { workers: { mailer: { kind: "Job" } } } },
    },
  ],
  "service.workers.*.command": [
    {
      before: MAILER,
      change: { service: { workers: { mailer: { command: ["node", "mail.js"] } } } },
    },
    {
      when: "with a released image",
      isReleased: true,
      before: MAILER,
      change: { service: { workers: { mailer: { command: ["node", "mail.js"] } } } },
    },
  ],
  "service.workers.*.cpu": [
    { before: MAILER, change: { service: { workers: { mailer: { cpu: "2" } } } } },
  ],
  "service.workers.*.memory": [
    { before: MAILER, change: { service: { workers: { mailer: { memory: "1Gi" } } } } },
  ],
  "service.workers.*.instances": [
    { before: MAILER, change: { service: { workers: { mailer: { instances: 3 } } } } },
  ],
  "service.workers.*.taskTimeoutSeconds": [
    {
      before: EXPORTER,
      change: { service: { workers: { exporter: { taskTimeoutSeconds: 3600 } } } },
    },
  ],
  "service.workers.*.maxRetries": [
    { before: EXPORTER, change: { service: { workers: { exporter: { maxRetries: 3 } } } } },
  ],
  "service.workers.*.env": [
    { before: MAILER, change: { service: { workers: { mailer: { env: { QUEUE: "mail" } } } } } },
  ],

  "release.promotion": [{ change: { release: { promotion: "Manual" } } }],
  "release.verifyCommand": [{ change: { release: { verifyCommand: ["node", "verify.js"] } } }],
  "release.verifyTimeoutSeconds": [
    {
      before: { release: { verifyCommand: ["node", "verify.js"] } },
      change: { release: { verifyTimeoutSeconds: 60 } },
    },
  ],
  "release.queueTimeoutSeconds": [{ change: { release: { queueTimeoutSeconds: 600 } } }],
};
