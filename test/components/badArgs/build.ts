import { late } from "./late";
import type { BadArgs } from "./types";

const ACCOUNT = "shop-run@example-project.iam.gserviceaccount.com";
const IN_POOL = { connectivity: "PrivatePool" };
const POOL = "projects/example-project/locations/europe-west1/workerPools/builds";

/** How the image is built, and by whom. */
export const BUILD: BadArgs[] = [
  {
    what: "a Dockerfile above the root",
    args: { build: { dockerfile: "../Dockerfile" } },
    refused: [
      [
        "relative-path",
        'build.dockerfile: expected a path relative to the root, without .. and of letters, digits, space, . _ - /, got "../Dockerfile"',
      ],
    ],
  },
  {
    what: "an absolute Dockerfile",
    args: { build: { dockerfile: "/Dockerfile" } },
    refused: [
      [
        "relative-path",
        'build.dockerfile: expected a path relative to the root, without .. and of letters, digits, space, . _ - /, got "/Dockerfile"',
      ],
    ],
  },
  {
    what: "a context that reads like a flag",
    args: { build: { context: "--push" } },
    refused: [
      [
        "relative-path",
        'build.context: expected a path relative to the root, without .. and of letters, digits, space, . _ - /, got "--push"',
      ],
    ],
  },
  {
    what: "a substitution in a folder",
    args: { migration: { directory: "$_DIR" } },
    refused: [
      [
        "relative-path",
        'migration.directory: expected a path relative to the root, without .. and of letters, digits, space, . _ - /, got "$_DIR"',
      ],
    ],
  },
  {
    what: "an empty folder",
    args: { migration: { directory: "" } },
    refused: [
      [
        "relative-path",
        'migration.directory: expected a path relative to the root, without .. and of letters, digits, space, . _ - /, got ""',
      ],
    ],
  },
  {
    what: "a migration's Dockerfile above the root",
    args: { migration: { dockerfile: "a/../../b" } },
    refused: [
      [
        "relative-path",
        'migration.dockerfile: expected a path relative to the root, without .. and of letters, digits, space, . _ - /, got "a/../../b"',
      ],
    ],
  },
  {
    what: "a relative working directory",
    args: { build: { workingDirectory: "app" } },
    refused: [
      [
        "absolute-path",
        'build.workingDirectory: expected an absolute path of letters, digits, . _ - /, got "app"',
      ],
    ],
  },
  {
    what: "a build argument with a hyphen",
    args: { build: { buildArgs: { "a-b": "1" } } },
    refused: [
      [
        "build-arg-name",
        'build.buildArgs.a-b: expected letters, digits or _, not beginning with a digit, got "a-b"',
      ],
    ],
  },
  {
    what: "a build argument with a line break",
    args: { build: { buildArgs: { A: "a\nb" } } },
    refused: [
      [
        "build-arg-value",
        'build.buildArgs.A: expected a text without line break or NUL, got "a\\nb"',
      ],
    ],
  },
  {
    what: "a build argument's value that becomes known",
    args: () => ({ build: { buildArgs: { A: late("a\nb") } } }),
    refused: [
      [
        "build-arg-value",
        'build.buildArgs.A: expected a text without line break or NUL, got "a\\nb"',
      ],
    ],
  },
  {
    what: "a build argument that looks secret",
    args: { build: { buildArgs: { NPM_TOKEN: "s3cret" } } },
    refused: [
      [
        "build-arg-secret",
        'build.buildArgs.NPM_TOKEN: expected a name that does not look like a secret\'s, got "NPM_TOKEN"; build arguments stay readable in the image; give secrets to the service by `secrets`',
      ],
    ],
  },
  {
    what: "a build argument that carries a password",
    args: { build: { buildArgs: { ORIGIN: "postgres://shop:s3cret@db/shop" } } },
    refused: [
      [
        "release-build-argument-password",
        "build.buildArgs.ORIGIN: expected a value without a password, got [secret]; build arguments stay readable in the image; give secrets to the service instead",
      ],
    ],
  },
  {
    what: "the API's zero value for a machine",
    args: { build: { machineType: "UNSPECIFIED" } },
    refused: [
      [
        "unknown-choice",
        'build.machineType: expected E2_MEDIUM or E2_HIGHCPU_8 or E2_HIGHCPU_32 or N1_HIGHCPU_8 or N1_HIGHCPU_32, got "UNSPECIFIED"',
      ],
    ],
  },
  {
    what: "a user's email for an account",
    args: { build: { serviceAccount: "me@example.com" } },
    refused: [
      [
        "account-email",
        'build.serviceAccount: expected a service account\'s email, {id}@{project}.iam.gserviceaccount.com, got "me@example.com"',
      ],
    ],
  },
  {
    what: "an account's full name",
    args: { migration: { serviceAccount: `projects/example-project/serviceAccounts/${ACCOUNT}` } },
    refused: [
      [
        "account-email",
        "migration.serviceAccount: expected a service account's email, {id}@{project}.iam.gserviceaccount.com, got \"projects/example-project/serviceAccounts/shop-run@example-project.iam.gservi…",
      ],
    ],
  },
  {
    what: "one account for two tasks",
    args: { build: { serviceAccount: ACCOUNT }, service: { serviceAccount: ACCOUNT } },
    refused: [
      [
        "account-of-its-own",
        'service.serviceAccount: expected another account than build.serviceAccount, got "shop-run@example-project.iam.gserviceaccount.com"',
      ],
    ],
  },
  {
    what: "one account for two tasks, of the accounts alone",
    of: "ServiceAccounts",
    args: { build: ACCOUNT, migrator: ACCOUNT },
    refused: [
      [
        "account-of-its-own",
        'migrator: expected another account than build, got "shop-run@example-project.iam.gserviceaccount.com"',
      ],
    ],
  },
  {
    what: "three existing accounts without a project",
    of: "ServiceAccounts",
    args: { build: ACCOUNT, migrator: `a${ACCOUNT}`, runtime: `b${ACCOUNT}` },
    refused: [
      [
        "accounts-project",
        "project: expected the project of the roles, when all three accounts are there already, got nothing",
      ],
    ],
  },
  {
    what: "an account that is a text only",
    of: "ImageRepository",
    args: { writers: { build: "somebody" } },
    refused: [
      ["account-email", 'writers.build: expected a service account\'s email, got "somebody"'],
    ],
  },
  {
    what: "an image for a repository",
    args: { build: { imageRepository: "gcr.io/example-project/shop" } },
    refused: [
      [
        "repository-path",
        'build.imageRepository: expected {region}-docker.pkg.dev/{project}/{repository}, got "gcr.io/example-project/shop"',
      ],
    ],
  },
  {
    what: "clean-up of an existing repository",
    of: "ImageRepository",
    args: { existing: "europe-west1-docker.pkg.dev/example-project/shop", keepCount: 5 },
    refused: [
      [
        "existing-repository-setting",
        "keepCount: expected nothing beside existing, got 5; set it where the repository is made",
      ],
    ],
  },
  {
    what: "a pool in another connectivity",
    args: { build: { workerPool: { diskSizeGb: 200 } } },
    refused: [
      [
        "pool-connectivity",
        "build.workerPool: expected nothing without migration.connectivity PrivatePool, got a pool",
      ],
    ],
  },
  {
    what: "a pool in another connectivity, of the accounts alone",
    of: "ServiceAccounts",
    args: { workerPool: POOL },
    refused: [
      [
        "pool-connectivity",
        "workerPool: expected nothing without connectivity PrivatePool, got a pool",
      ],
    ],
  },
  {
    what: "a pool's name",
    args: { migration: IN_POOL, build: { workerPool: { existing: "builds" } } },
    refused: [
      [
        "pool-path",
        'build.workerPool.existing: expected projects/{project}/locations/{region}/workerPools/{name}, got "builds"',
      ],
    ],
  },
  {
    what: "a pool of another region",
    args: {
      migration: IN_POOL,
      build: { workerPool: { existing: POOL.replace("europe-west1", "us-central1") } },
    },
    refused: [
      [
        "pool-region",
        'build.workerPool.existing: expected a pool in region europe-west1, got "projects/example-project/locations/us-central1/workerPools/builds"; builds run where their trigger is',
      ],
    ],
  },
  {
    what: "settings of an existing pool",
    args: {
      migration: IN_POOL,
      build: { workerPool: { existing: POOL, machineType: "e2-standard-4" } },
    },
    refused: [
      [
        "existing-pool-setting",
        'build.workerPool.machineType: expected nothing beside build.workerPool.existing, got "e2-standard-4"; set it where the pool is made',
      ],
    ],
  },
  {
    what: "Cloud Build's machine in a pool",
    args: { migration: IN_POOL, build: { machineType: "E2_HIGHCPU_8" } },
    refused: [
      [
        "pool-machine",
        'build.machineType: expected nothing with migration.connectivity PrivatePool, got "E2_HIGHCPU_8"; its workers are build.workerPool.machineType',
      ],
    ],
  },
  {
    what: "Cloud Build's machine as a pool's",
    args: { migration: IN_POOL, build: { workerPool: { machineType: "E2_HIGHCPU_8" } } },
    refused: [
      [
        "machine-type",
        'build.workerPool.machineType: expected a machine such as e2-standard-2, got "E2_HIGHCPU_8"',
      ],
    ],
  },
  {
    what: "a disk of a pool that is too small",
    of: "PrivatePool",
    args: { diskSizeGb: 50 },
    refused: [["whole-number", "diskSizeGb: expected a whole number from 100 to 4000, got 50"]],
  },
];
