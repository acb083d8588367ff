import type { BadArgs } from "./types";

const OF = "checkReleaseOptions";
const VERSION = "projects/example-project/secrets/password/versions/1";
const ROLES = {
  ownerRole: "app_owner",
  runtimeRole: "shop_runtime",
  extensions: [],
  lockTimeout: "5s",
  statementTimeout: "15min",
  secrets: {},
};
const TOOL = {
  runs: "NodePgMigrate",
  directory: "migrations",
  lockWait: "10min",
  backup: null,
  ...ROLES,
};
const COMMAND = {
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
  ...ROLES,
};
const BUILD = {
  dockerfile: "Dockerfile",
  context: ".",
  buildArgs: {},
  machineType: null,
  workingDirectory: "/app",
};
const IN_BUILD = {
  connectivity: "BuildStep",
  instanceConnectionName: "example-project:europe-west1:shop",
  impersonate: "shop-migrator@example-project.iam.gserviceaccount.com",
  database: "shop",
  login: { auth: "Password", user: "shop_migrator", passwordVersion: VERSION },
};
const IN_POOL = {
  ...IN_BUILD,
  connectivity: "PrivatePool",
  workerPool: "projects/example-project/locations/europe-west1/workerPools/builds",
};
const TIMEOUTS = {
  guardSeconds: 1800,
  buildSeconds: 1200,
  migrationSeconds: 1200,
  verifyRevisionSeconds: 300,
  queueSeconds: 3600,
};
const IMAGE = "europe-west1-docker.pkg.dev/example-project/shop/app";

/** Options of a release that are right. */
export const RIGHT_OPTIONS = {
  region: "europe-west1",
  service: "shop",
  image: IMAGE,
  serviceAccount:
    "projects/example-project/serviceAccounts/build@example-project.iam.gserviceaccount.com",
  build: BUILD,
  migrationImage: null,
  migration: TOOL,
  reach: { connectivity: "CloudRunJob", job: "shop-migrate", rolesJob: null },
  promotion: { promotion: "AfterProbe", verifyCommand: null },
  workers: [],
  timeouts: TIMEOUTS,
};

/** Options of a release, for those who render one without the component. */
export const OPTIONS: BadArgs[] = [
  {
    what: "a zone for a release's region",
    of: OF,
    args: { region: "europe-west1-b" },
    refused: [
      ["release-region", 'region: expected a region, `europe-west1`, got "europe-west1-b"'],
    ],
  },
  {
    what: "a service's name in capitals",
    of: OF,
    args: { service: "Shop" },
    refused: [
      [
        "release-service-name",
        'service: expected 1-49 lower-case letters, digits or hyphens, got "Shop"',
      ],
    ],
  },
  {
    what: "a build account's email",
    of: OF,
    args: { serviceAccount: "build@example-project.iam.gserviceaccount.com" },
    refused: [
      [
        "release-build-account",
        'serviceAccount: expected projects/{project}/serviceAccounts/{email}, got "build@example-project.iam.gserviceaccount.com"',
      ],
    ],
  },
  {
    what: "an image with a tag",
    of: OF,
    args: { image: `${IMAGE}:latest` },
    refused: [
      [
        "release-image-path",
        'image: expected a lower-case image path without tag, got "europe-west1-docker.pkg.dev/example-project/shop/app:latest"',
      ],
    ],
  },
  {
    what: "an absolute Dockerfile of a release",
    of: OF,
    args: { build: { ...BUILD, dockerfile: "/Dockerfile" } },
    refused: [
      ["release-relative-path", 'build.dockerfile: expected a relative path, got "/Dockerfile"'],
    ],
  },
  {
    what: "a relative working directory of a release",
    of: OF,
    args: { build: { ...BUILD, workingDirectory: "app" } },
    refused: [
      ["release-absolute-path", 'build.workingDirectory: expected an absolute path, got "app"'],
    ],
  },
  {
    what: "a build argument's name of a release",
    of: OF,
    args: { build: { ...BUILD, buildArgs: { "a-b": "1" } } },
    refused: [
      [
        "release-build-argument-name",
        'build.buildArgs.a-b: expected a name of letters, digits and `_`, got "a-b"',
      ],
    ],
  },
  {
    what: "a build argument of a release that looks secret",
    of: OF,
    args: { build: { ...BUILD, buildArgs: { DB_PASSWORD: "s3cret" } } },
    refused: [
      [
        "release-build-argument-secret",
        'build.buildArgs.DB_PASSWORD: expected a name that means no secret, got "DB_PASSWORD"; build arguments stay readable in the image; give secrets to the service instead',
      ],
    ],
  },
  {
    what: "a build argument of a release that carries a password",
    of: OF,
    args: { build: { ...BUILD, buildArgs: { ORIGIN: "postgres://shop:s3cret@db/shop" } } },
    refused: [
      [
        "release-build-argument-password",
        "build.buildArgs.ORIGIN: expected a value without a password, got [secret]; build arguments stay readable in the image; give secrets to the service instead",
      ],
    ],
  },
  {
    what: "a build argument of a release with NUL",
    of: OF,
    args: { build: { ...BUILD, buildArgs: { A: "\0" } } },
    refused: [
      ["release-build-argument-nul", "build.buildArgs.A: expected no NUL character, got one"],
    ],
  },
  {
    what: "a migration's image that is the service's",
    of: OF,
    args: { migrationImage: { image: IMAGE, dockerfile: "migrate.Dockerfile" } },
    refused: [
      [
        "release-migration-image",
        'migrationImage.image: expected another image of the same repository, europe-west1-docker.pkg.dev/example-project/shop/…, got "europe-west1-docker.pkg.dev/example-project/shop/app"',
      ],
    ],
  },
  {
    what: "a role without a name",
    of: OF,
    args: { migration: { ...TOOL, ownerRole: "" } },
    refused: [["release-role", 'migration.ownerRole: expected a role\'s name, got ""']],
  },
  {
    what: "one role for owner and service",
    of: OF,
    args: { migration: { ...TOOL, runtimeRole: "app_owner" } },
    refused: [
      [
        "release-runtime-role-is-owner",
        'migration.runtimeRole: expected another role than the owner, got "app_owner"',
      ],
    ],
  },
  {
    what: "a duration in words",
    of: OF,
    args: { migration: { ...TOOL, lockTimeout: "5 seconds" } },
    refused: [
      ["release-duration", 'migration.lockTimeout: expected a duration, `5s`, got "5 seconds"'],
    ],
  },
  {
    what: "an extension's name of a release",
    of: OF,
    args: { migration: { ...TOOL, extensions: ["Citext"] } },
    refused: [
      ["release-extension", 'migration.extensions[0]: expected an extension\'s name, got "Citext"'],
    ],
  },
  {
    what: "a backup of no project",
    of: OF,
    args: { migration: { ...TOOL, backup: { project: "", instance: "shop" } } },
    refused: [["release-backup-project", 'migration.backup.project: expected a project, got ""']],
  },
  {
    what: "a backup of no instance",
    of: OF,
    args: { migration: { ...TOOL, backup: { project: "example-project", instance: "" } } },
    refused: [
      [
        "release-backup-instance",
        'migration.backup.instance: expected an instance\'s name, got ""',
      ],
    ],
  },
  {
    what: "an empty command of a release",
    of: OF,
    args: {
      migration: { ...COMMAND, command: [] },
      reach: { connectivity: "CloudRunJob", job: "shop-migrate", rolesJob: "shop-roles" },
    },
    refused: [
      ["release-program", "migration.command: expected a program and its arguments, got []"],
    ],
  },
  {
    what: "one variable for two parts of a release's connection",
    of: OF,
    args: {
      reach: IN_BUILD,
      migration: {
        ...COMMAND,
        environment: {
          ...COMMAND.environment,
          names: { ...COMMAND.environment.names, host: "PGPORT" },
        },
      },
    },
    refused: [
      [
        "release-connection-variable",
        'migration.environment.names.port: expected the name of a variable that nothing else uses, got "PGPORT"',
      ],
    ],
  },
  {
    what: "a secret of a release under a name that is taken",
    of: OF,
    args: { reach: IN_BUILD, migration: { ...TOOL, secrets: { BUILD_ID: VERSION } } },
    refused: [
      [
        "release-secret-variable",
        'migration.secrets.BUILD_ID: expected the name of a variable that nothing else uses, got "BUILD_ID"',
      ],
    ],
  },
  {
    what: "the latest version of a release's secret",
    of: OF,
    args: {
      reach: IN_BUILD,
      migration: { ...TOOL, secrets: { LICENCE: VERSION.replace("/1", "/latest") } },
    },
    refused: [
      [
        "release-secret-version",
        'migration.secrets.LICENCE: expected projects/{project}/secrets/{id}/versions/{number}, got "projects/example-project/secrets/password/versions/latest"; `latest` gives a retried build other values',
      ],
    ],
  },
  {
    what: "a job's secrets in the release",
    of: OF,
    args: { migration: { ...TOOL, secrets: { LICENCE: VERSION } } },
    refused: [
      [
        "release-secrets-of-job",
        "migration.secrets: expected nothing in CloudRunJob, got LICENCE; the job reads its secrets itself",
      ],
    ],
  },
  {
    what: "a job without a name",
    of: OF,
    args: { reach: { connectivity: "CloudRunJob", job: "", rolesJob: null } },
    refused: [["release-job", 'reach.job: expected a job\'s name, got ""']],
  },
  {
    what: "a command without the job that prepares roles",
    of: OF,
    args: { migration: COMMAND },
    refused: [
      ["release-roles-job", 'reach.rolesJob: expected the job that prepares roles, got ""'],
    ],
  },
  {
    what: "a job that prepares roles for our tool",
    of: OF,
    args: { reach: { connectivity: "CloudRunJob", job: "shop-migrate", rolesJob: "shop-roles" } },
    refused: [
      [
        "release-needless-roles-job",
        'reach.rolesJob: expected null: our tool prepares roles, got "shop-roles"',
      ],
    ],
  },
  {
    what: "an instance's name in a release",
    of: OF,
    args: { reach: { ...IN_BUILD, instanceConnectionName: "shop" } },
    refused: [
      [
        "release-connection-name",
        'reach.instanceConnectionName: expected {project}:{region}:{instance}, got "shop"',
      ],
    ],
  },
  {
    what: "a migrator's account by its path",
    of: OF,
    args: { reach: { ...IN_BUILD, impersonate: "projects/p/serviceAccounts/m" } },
    refused: [
      [
        "release-migrator-account",
        'reach.impersonate: expected the migrator account\'s email, got "projects/p/serviceAccounts/m"',
      ],
    ],
  },
  {
    what: "a database without a name",
    of: OF,
    args: { reach: { ...IN_BUILD, database: "" } },
    refused: [["release-database", 'reach.database: expected a database\'s name, got ""']],
  },
  {
    what: "a database user without a name",
    of: OF,
    args: { reach: { ...IN_BUILD, login: { auth: "Iam", user: "" } } },
    refused: [["release-database-user", 'reach.login.user: expected a database user, got ""']],
  },
  {
    what: "a pool of another region in a release",
    of: OF,
    args: { reach: { ...IN_POOL, workerPool: "projects/p/locations/us-east1/workerPools/builds" } },
    refused: [
      [
        "release-worker-pool",
        'reach.workerPool: expected projects/{project}/locations/europe-west1/workerPools/{name}, got "projects/p/locations/us-east1/workerPools/builds"; a build runs in pools of its own region only',
      ],
    ],
  },
  {
    what: "a machine beside a pool in a release",
    of: OF,
    args: { reach: IN_POOL, build: { ...BUILD, machineType: "E2_HIGHCPU_8" } },
    refused: [
      [
        "release-machine-of-pool",
        'build.machineType: expected null in PrivatePool, got "E2_HIGHCPU_8"; the pool has machines of its own',
      ],
    ],
  },
  {
    what: "a check without a program",
    of: OF,
    args: { promotion: { promotion: "AfterProbe", verifyCommand: [] } },
    refused: [
      ["release-program", "promotion.verifyCommand: expected a program and its arguments, got []"],
    ],
  },
  {
    what: "a worker's name of a release",
    of: OF,
    args: { workers: [{ kind: "Job", name: "Mail", command: ["node"] }] },
    refused: [
      [
        "release-worker-name",
        'workers[0].name: expected 1-49 lower-case letters, digits or hyphens, got "Mail"',
      ],
    ],
  },
  {
    what: "a worker under the job's name",
    of: OF,
    args: { workers: [{ kind: "Job", name: "shop-migrate", command: ["node"] }] },
    refused: [
      [
        "release-worker-name-taken",
        'workers[0].name: expected a name that no other worker and no job of the migration has, got "shop-migrate"',
      ],
    ],
  },
  {
    what: "an empty word in a release's worker",
    of: OF,
    args: { workers: [{ kind: "Job", name: "mail", command: ["node", ""] }] },
    refused: [
      [
        "release-worker-argument",
        'workers[0].command[1]: expected a text that is not empty and has no NUL, got ""',
      ],
    ],
  },
  {
    what: "a timeout of nothing",
    of: OF,
    args: { timeouts: { ...TIMEOUTS, buildSeconds: 0 } },
    refused: [
      ["release-seconds", "timeouts.buildSeconds: expected whole seconds from 1 to 86400, got 0"],
    ],
  },
  {
    what: "a release longer than a day",
    of: OF,
    args: { timeouts: { ...TIMEOUTS, migrationSeconds: 86400 } },
    refused: [
      [
        "release-longest-build",
        "timeouts: expected steps of at most 86400 s together, got 96180 s; lower migrationSeconds or guardSeconds",
      ],
    ],
  },
];
