import { describe, expect, it } from "vitest";

import { checkBuildArgs } from "../../components/build/checkImageOptions";
import { checkReleaseOptions } from "../../components/build/checkReleaseOptions";
import type { ReleaseOptions } from "../../components/build/options";
import { carriesPassword, looksSecret } from "../../components/core/secretNames";
import { formatViolation } from "../../components/core/violations";
import {
  backup,
  command,
  commandJobReach,
  iamLogin,
  jobReach,
  mailWorker,
  migrationImage,
  nodePgMigrate,
  passwordLogin,
  poolReach,
  releaseOptions,
  reportWorker,
  secretCommand,
  secrets,
  secretVersion,
  stepReach,
} from "./helpers/options";

const violations = (changes: Partial<ReleaseOptions>): string[] =>
  checkReleaseOptions(releaseOptions(changes)).map(formatViolation);
const base = releaseOptions();

describe("checkReleaseOptions", () => {
  it.each<[Partial<ReleaseOptions>, string]>([
    [{ region: "Europe" }, 'region: expected a region, `europe-west1`, got "Europe"'],
    [
      { service: "Shop" },
      'service: expected 1-49 lower-case letters, digits or hyphens, got "Shop"',
    ],
    [
      { service: "a".repeat(50) },
      `service: expected 1-49 lower-case letters, digits or hyphens, got "${"a".repeat(50)}"`,
    ],
    [
      { image: "host/p/app:1" },
      'image: expected a lower-case image path without tag, got "host/p/app:1"',
    ],
    [
      { serviceAccount: "build@p.iam.gserviceaccount.com" },
      'serviceAccount: expected projects/{project}/serviceAccounts/{email}, got "build@p.iam.gserviceaccount.com"',
    ],
    [
      { build: { ...base.build, dockerfile: "--help" } },
      'build.dockerfile: expected a relative path, got "--help"',
    ],
    [
      { build: { ...base.build, context: "/" } },
      'build.context: expected a relative path, got "/"',
    ],
    [
      { build: { ...base.build, workingDirectory: "app" } },
      'build.workingDirectory: expected an absolute path, got "app"',
    ],
    [
      { build: { ...base.build, buildArgs: { NPM_TOKEN: "x" } } },
      'build.buildArgs.NPM_TOKEN: expected a name that means no secret, got "NPM_TOKEN"; build arguments stay readable in the image; give secrets to the service instead',
    ],
    [
      { build: { ...base.build, buildArgs: { ORIGIN: "https://user:hunter2@host/x" } } },
      "build.buildArgs.ORIGIN: expected a value without a password, got [secret]; build arguments stay readable in the image; give secrets to the service instead",
    ],
    [
      { build: { ...base.build, buildArgs: { "A B": "x" } } },
      'build.buildArgs.A B: expected a name of letters, digits and `_`, got "A B"',
    ],
    [
      { migration: { ...nodePgMigrate, lockTimeout: "soon" } },
      'migration.lockTimeout: expected a duration, `5s`, got "soon"',
    ],
    [
      { migration: { ...nodePgMigrate, runtimeRole: "app_owner" } },
      'migration.runtimeRole: expected another role than the owner, got "app_owner"',
    ],
    [
      { migration: { ...nodePgMigrate, directory: "-x" } },
      'migration.directory: expected a relative path, got "-x"',
    ],
    [
      { migration: { ...nodePgMigrate, extensions: ["a", "b,c"] } },
      'migration.extensions[1]: expected an extension\'s name, got "b,c"',
    ],
    [
      { migration: { ...command, command: [] }, reach: stepReach(iamLogin) },
      "migration.command: expected a program and its arguments, got []",
    ],
    [
      {
        migration: {
          ...command,
          environment: {
            ...command.environment,
            names: { ...command.environment.names, port: "PGHOST" },
          },
        },
        reach: stepReach(iamLogin),
      },
      'migration.environment.names.port: expected the name of a variable that nothing else uses, got "PGHOST"',
    ],
    [
      {
        migration: {
          ...secretCommand,
          environment: {
            ...secretCommand.environment,
            names: { ...secretCommand.environment.names, host: "PGPASSWORD" },
          },
        },
        reach: stepReach(passwordLogin),
      },
      'migration.environment.names.host: expected the name of a variable that nothing else uses, got "PGPASSWORD"',
    ],
    [
      {
        migration: {
          ...secretCommand,
          environment: {
            ...secretCommand.environment,
            secretVersions: {
              ...secretCommand.environment.secretVersions!,
              host: "projects/p/secrets/host/versions/latest",
            },
          },
        },
        reach: stepReach(iamLogin),
      },
      'migration.environment.secretVersions.host: expected projects/{project}/secrets/{id}/versions/{number}, got "projects/p/secrets/host/versions/latest"; `latest` gives a retried build other values',
    ],
    [{ migration: command }, 'reach.rolesJob: expected the job that prepares roles, got ""'],
    [
      { reach: { ...jobReach, rolesJob: "x" } as ReleaseOptions["reach"] },
      'reach.rolesJob: expected null: our tool prepares roles, got "x"',
    ],
    [
      { reach: { ...stepReach(iamLogin), instanceConnectionName: "x" } },
      'reach.instanceConnectionName: expected {project}:{region}:{instance}, got "x"',
    ],
    [
      { reach: { ...stepReach(iamLogin), impersonate: "me" } },
      'reach.impersonate: expected the migrator account\'s email, got "me"',
    ],
    [
      {
        reach: stepReach({
          ...passwordLogin,
          passwordVersion: "projects/p/secrets/s/versions/0",
        } as typeof passwordLogin),
      },
      'reach.login.passwordVersion: expected projects/{project}/secrets/{id}/versions/{number}, got "projects/p/secrets/s/versions/0"; `latest` gives a retried build other values',
    ],
    [
      { promotion: { promotion: "AfterProbe", verifyCommand: [] } },
      "promotion.verifyCommand: expected a program and its arguments, got []",
    ],
    [
      { timeouts: { ...base.timeouts, buildSeconds: 0.5 } },
      "timeouts.buildSeconds: expected whole seconds from 1 to 86400, got 0.5",
    ],
    [
      { timeouts: { ...base.timeouts, migrationSeconds: 84_000 } },
      "timeouts: expected steps of at most 86400 s together, got 93780 s; lower migrationSeconds or guardSeconds",
    ],
    [
      { migrationImage: { ...migrationImage, dockerfile: "/x" } },
      'migrationImage.dockerfile: expected a relative path, got "/x"',
    ],
    [
      { migrationImage: { ...migrationImage, image: base.image } },
      `migrationImage.image: expected another image of the same repository, europe-west1-docker.pkg.dev/example-project/shop/…, got "${base.image}"`,
    ],
    [
      {
        migrationImage: { ...migrationImage, image: "europe-west1-docker.pkg.dev/p/other/migrate" },
      },
      'migrationImage.image: expected another image of the same repository, europe-west1-docker.pkg.dev/example-project/shop/…, got "europe-west1-docker.pkg.dev/p/other/migrate"',
    ],
    [
      { reach: { ...poolReach(iamLogin), workerPool: "shop" } },
      'reach.workerPool: expected projects/{project}/locations/europe-west1/workerPools/{name}, got "shop"; a build runs in pools of its own region only',
    ],
    [
      {
        reach: {
          ...poolReach(iamLogin),
          workerPool: "projects/p/locations/us-central1/workerPools/x",
        },
      },
      'reach.workerPool: expected projects/{project}/locations/europe-west1/workerPools/{name}, got "projects/p/locations/us-central1/workerPools/x"; a build runs in pools of its own region only',
    ],
    [
      { reach: poolReach(iamLogin), build: { ...base.build, machineType: "E2_HIGHCPU_8" } },
      'build.machineType: expected null in PrivatePool, got "E2_HIGHCPU_8"; the pool has machines of its own',
    ],
    [
      { reach: { ...poolReach(iamLogin), database: "" } },
      'reach.database: expected a database\'s name, got ""',
    ],
    [
      { migration: { ...nodePgMigrate, secrets } },
      "migration.secrets: expected nothing in CloudRunJob, got LICENCE; the job reads its secrets itself",
    ],
    [
      { migration: { ...command, secrets }, reach: commandJobReach },
      "migration.secrets: expected nothing in CloudRunJob, got LICENCE; the job reads its secrets itself",
    ],
    [
      {
        migration: {
          ...nodePgMigrate,
          secrets: { LICENCE: "projects/p/secrets/x/versions/latest" },
        },
        reach: poolReach(iamLogin),
      },
      'migration.secrets.LICENCE: expected projects/{project}/secrets/{id}/versions/{number}, got "projects/p/secrets/x/versions/latest"; `latest` gives a retried build other values',
    ],
    [
      { migration: { ...nodePgMigrate, backup: { ...backup, project: "" } } },
      'migration.backup.project: expected a project, got ""',
    ],
    [
      { migration: { ...nodePgMigrate, backup: { ...backup, instance: "--all" } } },
      'migration.backup.instance: expected an instance\'s name, got "--all"',
    ],
    [
      { workers: [{ ...mailWorker, name: "Mail" }] },
      'workers[0].name: expected 1-49 lower-case letters, digits or hyphens, got "Mail"',
    ],
    [
      { workers: [mailWorker, { ...reportWorker, name: mailWorker.name }] },
      'workers[1].name: expected a name that no other worker and no job of the migration has, got "shop-mail"',
    ],
    [
      { workers: [{ ...reportWorker, name: "shop-migrate" }] },
      'workers[0].name: expected a name that no other worker and no job of the migration has, got "shop-migrate"',
    ],
    [
      {
        workers: [{ ...reportWorker, name: "shop-roles" }],
        migration: command,
        reach: commandJobReach,
      },
      'workers[0].name: expected a name that no other worker and no job of the migration has, got "shop-roles"',
    ],
    [
      { workers: [{ ...mailWorker, command: [] }] },
      "workers[0].command: expected a program and its arguments, got []",
    ],
    [
      { workers: [{ ...mailWorker, command: ["node", ""] }] },
      'workers[0].command[1]: expected a text that is not empty and has no NUL, got ""',
    ],
    [
      { workers: [{ ...mailWorker, command: ["no\0de"] }] },
      'workers[0].command[0]: expected a text that is not empty and has no NUL, got "no\\u0000de"',
    ],
  ])("refuses %j", (changes, expected) => {
    expect(violations(changes)).toEqual([expected]);
    for (const { rule } of checkReleaseOptions(releaseOptions(changes))) {
      expect(rule).toMatch(/^release-[a-z]+(-[a-z]+)*$/);
    }
  });

  it.each([
    [
      nodePgMigrate,
      stepReach(passwordLogin),
      "BUILD_ID COMMIT_SHA IMAGE INSTANCE_CONNECTION_NAME PGUSER PGDATABASE PGPASSWORD",
    ],
    [command, stepReach(passwordLogin), "PGHOST PGPORT PGUSER PGDATABASE PGPASSWORD PGOPTIONS"],
    [secretCommand, poolReach(passwordLogin), "DB_HOST DB_PASSWORD PGPASSWORD PGOPTIONS"],
  ])("refuses a secret by the name of another variable of the step", (migration, reach, names) => {
    for (const name of [...names.split(" "), "a-b"]) {
      const changes = {
        reach,
        migration: { ...migration, secrets: { [name]: secretVersion("x") } },
      };
      expect(violations(changes)).toEqual([
        `migration.secrets.${name}: expected the name of a variable that nothing else uses, got "${name}"`,
      ]);
    }
  });

  it("reports all violations together", () => {
    expect(violations({ region: "", service: "", image: "" })).toHaveLength(3);
  });
});

describe("build arguments", () => {
  it.each([
    "DB_PASSWORD",
    "PGPASSWORD",
    "dbPassword",
    "PASSWD",
    "PASSPHRASE",
    "NPM_TOKEN",
    "npmToken",
    "SECRET",
    "CLIENT_SECRET",
    "API_KEY",
    "apiKey",
    "STRIPE_SECRET_KEY",
    "PRIVATE_KEY",
    "AWS_ACCESS_KEY_ID",
    "GOOGLE_CREDENTIALS",
    "DATABASE_URL",
    "REDIS_URL",
    "SENTRY_DSN",
    "JWT",
    "CONNECTION_STRING",
    "SMTP_PASS",
  ])("refuses %s", (name) => {
    expect(looksSecret(name)).toBe(true);
    expect(checkBuildArgs("a", { [name]: "" })).toHaveLength(1);
  });

  it.each([
    "VITE_BACKEND_HOST",
    "NODE_ENV",
    "PUBLIC_KEY",
    "AUTHOR",
    "PASSENGER_VERSION",
    "TOKENIZER",
    "KEYBOARD",
    "BASE_URL",
    "SECRETARY",
    "COMPASS",
    "MONKEY",
    "API_URL",
    "BYPASS",
    "version",
  ])("accepts %s, with an empty value too", (name) => {
    expect(looksSecret(name)).toBe(false);
    expect(checkBuildArgs("a", { [name]: "" })).toEqual([]);
  });

  it.each([
    ["postgres://u:p@h/db", true],
    ["https://:p@h", true],
    ["https://host:8080/a@b", false],
    ["https://user@host", false],
    ["a:b@c", false],
  ])("knows a password in %s", (value, expected) => {
    expect(carriesPassword(value)).toBe(expected);
  });
});
