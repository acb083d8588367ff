import { describe, expect, it } from "vitest";

import { checkBuildArgs, checkReleaseOptions } from "../../components/build/checkReleaseOptions";
import type { ReleaseOptions } from "../../components/build/options";
import { carriesPassword, looksSecret } from "../../components/core/secretNames";
import { formatViolation } from "../../components/core/violations";
import {
  command,
  iamLogin,
  jobReach,
  nodePgMigrate,
  passwordLogin,
  releaseOptions,
  secretCommand,
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
  ])("refuses %j", (changes, expected) => {
    expect(violations(changes)).toEqual([expected]);
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
