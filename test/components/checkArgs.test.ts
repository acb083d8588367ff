import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { MigratedService, type MigratedServiceArgs } from "../../components";
import { evaluate } from "../../inventory";

const REPOSITORY =
  "projects/example-project/locations/europe-west1/connections/github/repositories/shop";

const ARGS = { region: "europe-west1", source: { repository: REPOSITORY } };

/** The error's lines for arguments as JavaScript or YAML may give them; none when they are right. */
async function linesFor(args: object | undefined): Promise<string[]> {
  let message = "";
  await evaluate(() => {
    try {
      new MigratedService("shop", args as MigratedServiceArgs);
    } catch (error) {
      expect(pulumi.ResourceError.isInstance(error)).toBe(true);
      expect((error as pulumi.ResourceError).hideStack).toBe(true);
      message = (error as Error).message;
    }
  });
  if (message === "") return [];
  const [head, ...lines] = message.split("\n");
  expect(head).toBe("invalid args");
  return lines.map((line) => {
    expect(line).toMatch(/^ {2}\S/);
    return line.slice(2);
  });
}

describe("checkArgs", () => {
  it("takes the least and the most that is right", async () => {
    expect(await linesFor(ARGS)).toEqual([]);
    const full: MigratedServiceArgs = {
      ...ARGS,
      project: "another-project",
      preset: "Development",
      labels: { team: "shop" },
      enableApis: false,
      source: {
        repository: REPOSITORY,
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
        directory: "db/migrations",
        command: ["alembic", "upgrade", "head"],
        ownerRole: "shop_owner",
        taskTimeoutSeconds: 3600,
      },
      secrets: {
        API_KEY: { value: "k" },
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
      },
      release: {
        promotion: "Manual",
        verifyCommand: ["node", "verify.js"],
        verifyTimeoutSeconds: 60,
        queueTimeoutSeconds: 600,
      },
    };
    expect(await linesFor(full)).toEqual([]);
  });

  it("tells three mistakes in one error, each with its path", async () => {
    const lines = await linesFor({
      ...ARGS,
      region: "europe",
      database: { tier: "huge" },
      service: { port: 70000 },
    });
    expect(lines).toEqual([
      'region: expected a region such as europe-west1, got "europe"',
      "service.port: expected a whole number from 1 to 65535, got 70000",
      expect.stringMatching(/^database\.tier: expected db-f1-micro, .*, got "huge"$/),
    ]);
  });

  it.each<[string, object | undefined, string]>([
    ["no arguments at all", undefined, "args: expected a group of arguments, got nothing"],
    ["a list for the arguments", [], "args: expected a group of arguments, got []"],
    [
      "no region",
      { source: ARGS.source },
      "region: expected a region such as europe-west1, got null",
    ],
    ["no source", { region: "europe-west1" }, "source: expected a group of arguments, got nothing"],
    [
      "a zone",
      { ...ARGS, region: "europe-west1-b" },
      'region: expected a region such as europe-west1, got "europe-west1-b"',
    ],
    [
      "an unknown argument",
      { ...ARGS, lables: {} },
      "lables: expected a known argument, got an unknown one; did you mean labels?",
    ],
    [
      "an unknown member",
      { ...ARGS, source: { ...ARGS.source, includeFiles: [] } },
      "source.includeFiles: expected a known argument, got an unknown one; did you mean includedFiles?",
    ],
    [
      "a member like nothing",
      { ...ARGS, release: { zzz: 1 } },
      "release.zzz: expected a known argument, got an unknown one; known are promotion, verifyCommand, verifyTimeoutSeconds, queueTimeoutSeconds",
    ],
    [
      "a project's number",
      { ...ARGS, project: "123456789" },
      'project: expected a project ID: 6 to 30 lower-case letters, digits or -, beginning with a letter, got "123456789"',
    ],
    [
      "a number for a text",
      { ...ARGS, project: 5 },
      "project: expected a project ID: 6 to 30 lower-case letters, digits or -, beginning with a letter, got 5",
    ],
    [
      "text for a flag",
      { ...ARGS, enableApis: "true" },
      'enableApis: expected true or false, got "true"',
    ],
    [
      "null for a group",
      { ...ARGS, build: null },
      "build: expected a group of arguments, got null",
    ],
    [
      "an unknown choice",
      { ...ARGS, preset: "Staging" },
      'preset: expected Production or Development, got "Staging"',
    ],
    [
      "another source",
      { ...ARGS, source: { repository: "github.com/a/b" } },
      'source.repository: expected projects/{project}/locations/{region}/connections/{connection}/repositories/{repository}, got "github.com/a/b"',
    ],
    [
      "a repository of another region",
      { ...ARGS, region: "us-central1" },
      `source.repository: expected a repository in region us-central1, got "${REPOSITORY.slice(0, 76)}…; connect it in that region: a trigger sees no other`,
    ],
    [
      "an unreadable branch",
      { ...ARGS, source: { ...ARGS.source, branch: "(" } },
      'source.branch: expected a regular expression in RE2\'s syntax, such as ^main$, got "("; error parsing regexp: missing closing ): `(`',
    ],
    [
      "an empty list of files",
      { ...ARGS, source: { ...ARGS.source, includedFiles: [] } },
      "source.includedFiles: expected a list that is not empty, got []",
    ],
    [
      "a Dockerfile above the root",
      { ...ARGS, build: { dockerfile: "../Dockerfile" } },
      'build.dockerfile: expected a path relative to the root, without .. and of letters, digits, space, . _ - /, got "../Dockerfile"',
    ],
    [
      "a context that reads like a flag",
      { ...ARGS, build: { context: "--push" } },
      'build.context: expected a path relative to the root, without .. and of letters, digits, space, . _ - /, got "--push"',
    ],
    [
      "a substitution in a path",
      { ...ARGS, migration: { directory: "$_DIR" } },
      'migration.directory: expected a path relative to the root, without .. and of letters, digits, space, . _ - /, got "$_DIR"',
    ],
    [
      "the API's zero value for a machine",
      { ...ARGS, build: { machineType: "UNSPECIFIED" } },
      'build.machineType: expected E2_MEDIUM or E2_HIGHCPU_8 or E2_HIGHCPU_32 or N1_HIGHCPU_8 or N1_HIGHCPU_32, got "UNSPECIFIED"',
    ],
    [
      "a build argument that looks secret",
      { ...ARGS, build: { buildArgs: { NPM_TOKEN: "t0psecret" } } },
      'build.buildArgs.NPM_TOKEN: expected a name that does not look like a secret\'s, got "NPM_TOKEN"; build arguments stay readable in the image; give secrets to the service by `secrets`',
    ],
    [
      "a duration with a unit",
      { ...ARGS, migration: { taskTimeoutSeconds: "20m" } },
      'migration.taskTimeoutSeconds: expected a whole number from 60 to 43200, got "20m"',
    ],
    [
      "an output where it is too late",
      { ...ARGS, service: { port: pulumi.output(80) } },
      "service.port: expected a value that is known before the deployment, got an output",
    ],
    [
      "an output for a flag",
      { ...ARGS, enableApis: pulumi.output(true) },
      "enableApis: expected a value that is known before the deployment, got an output",
    ],
    [
      "PORT as an environment variable",
      { ...ARGS, service: { env: { PORT: "80" } } },
      'service.env.PORT: expected 1 to 128 letters, digits or _, not beginning with a digit, and not PORT, K_…, CLOUD_RUN_… or X_GOOGLE_…, got "PORT"',
    ],
    [
      "a number as an environment variable",
      { ...ARGS, service: { env: { A: 1 } } },
      "service.env.A: expected a text without NUL, got 1",
    ],
    [
      "a variable that the connection sets",
      { ...ARGS, service: { env: { PGHOST: "x" } } },
      'service.env.PGHOST: expected a name that database.environmentNames.host does not set, got "PGHOST"',
    ],
    [
      "a secret that an environment variable sets",
      { ...ARGS, service: { env: { A: "x" } }, secrets: { A: { value: "s3cret" } } },
      'secrets.A: expected a name that service.env.A does not set, got "A"',
    ],
    [
      "a secret that the job's connection sets",
      {
        ...ARGS,
        database: { environmentNames: { user: "DB_USER" } },
        secrets: { PGUSER: { value: "s3cret", toRuntime: false, toMigration: true } },
      },
      'secrets.PGUSER: expected a name that the migration job does not set, got "PGUSER"',
    ],
    [
      "a secret with value and version",
      { ...ARGS, secrets: { A: { value: "s3cret", version: "1" } } },
      'secrets.A.version: expected nothing beside value, got "1"',
    ],
    [
      "a secret from two places",
      { ...ARGS, secrets: { A: { value: "s3cret", existingSecret: "a" } } },
      "secrets.A: expected exactly one of value and existingSecret, got both",
    ],
    [
      "a secret's latest version",
      { ...ARGS, secrets: { A: { existingSecret: "a", version: "latest" } } },
      'secrets.A.version: expected a version\'s number, such as "3", got "latest"; gcloud secrets versions list lists them',
    ],
    [
      "a secret as a plain text",
      { ...ARGS, secrets: { A: "s3cret" } },
      "secrets.A: expected a group of arguments, got [secret]",
    ],
    [
      "a secret for the migration in a build step",
      {
        ...ARGS,
        network: { publicIp: true },
        migration: { connectivity: "BuildStep" },
        secrets: { A: { value: "s3cret", toMigration: true } },
      },
      "secrets.A.toMigration: expected false with migration.connectivity BuildStep, got true; take CloudRunJob, whose job reads secrets itself",
    ],
    [
      "BuildStep without a public address",
      { ...ARGS, migration: { connectivity: "BuildStep" } },
      "network.publicIp: expected true with migration.connectivity BuildStep, got nothing; the build is outside the network; take CloudRunJob to stay without a public address",
    ],
    [
      "a command in CloudRunJob",
      { ...ARGS, migration: { command: ["alembic"] } },
      'migration.command: expected no command with connectivity CloudRunJob, got ["alembic"]; set migration.connectivity to BuildStep and network.publicIp to true',
    ],
    [
      "a command that is one text",
      { ...ARGS, migration: { command: "alembic upgrade head" } },
      'migration.command: expected a list, got "alembic upgrade head"',
    ],
    [
      "an empty word in a command",
      { ...ARGS, release: { verifyCommand: ["node", ""] } },
      'release.verifyCommand[1]: expected a text that is not empty, got ""',
    ],
    [
      "a check after the traffic",
      { ...ARGS, release: { promotion: "Immediately", verifyCommand: ["node"] } },
      'release.verifyCommand: expected no command with promotion Immediately, got ["node"]; traffic has moved before it could run; take AfterProbe',
    ],
    [
      "secrets without a password",
      { ...ARGS, database: { login: "Iam", environmentAsSecrets: true } },
      "database.environmentAsSecrets: expected false with login Iam, got true; there is no password, and nothing else of the connection is worth hiding",
    ],
    [
      "half a network",
      { ...ARGS, network: { network: "projects/p/global/networks/n" } },
      "network.subnetwork: expected network and subnetwork together, or neither, got nothing",
    ],
    [
      "a network's bare name",
      {
        ...ARGS,
        network: { network: "default", subnetwork: "projects/p/regions/r/subnetworks/s" },
      },
      'network.network: expected a network\'s self link or ID, got "default"',
    ],
    [
      "a database that is there already",
      { ...ARGS, database: { name: "postgres" } },
      'database.name: expected 1 to 63 lower-case letters, digits or _, beginning with a letter, and not postgres, template0, template1, cloudsqladmin, got "postgres"',
    ],
    [
      "an edition that does not sell the tier",
      { ...ARGS, database: { tier: "db-f1-micro", edition: "ENTERPRISE_PLUS" } },
      'database.edition: expected ENTERPRISE, for the tier is "db-f1-micro", got "ENTERPRISE_PLUS"; change one of the two',
    ],
    [
      "recovery without backups",
      { ...ARGS, database: { backups: { enabled: false, pointInTimeRecovery: true } } },
      "database.backups.enabled: expected true, for point-in-time recovery is on, got false",
    ],
    [
      "a number as a setting",
      { ...ARGS, database: { flags: { max_connections: 200 } } },
      "database.flags.max_connections: expected a text, got 200",
    ],
    [
      "an extension with a space",
      { ...ARGS, database: { extensions: ["citext; drop table x"] } },
      'database.extensions[0]: expected an extension\'s name, such as citext, got "citext; drop table x"',
    ],
    [
      "more instances than the most",
      { ...ARGS, service: { minInstances: 20 } },
      "service.minInstances: expected at most service.maxInstances, 10, got 20",
    ],
    [
      "memory that the processors cannot use",
      { ...ARGS, service: { cpu: "1", memory: "8Gi" } },
      'service.memory: expected 512Mi to 4096Mi with service.cpu 1, got "8Gi"',
    ],
    [
      "part of a processor",
      { ...ARGS, service: { cpu: "500m" } },
      'service.cpu: expected 1 or 2 or 4 or 6 or 8, got "500m"',
    ],
    [
      "the proxy's port",
      { ...ARGS, service: { port: 5432 } },
      "service.port: expected a port that cloud-sql-proxy does not use, got 5432",
    ],
    [
      "the port of the proxy's health check",
      { ...ARGS, service: { port: 9090 } },
      "service.port: expected a port that cloud-sql-proxy does not use, got 9090",
    ],
    [
      "a path without a slash",
      { ...ARGS, service: { startupPath: "health" } },
      'service.startupPath: expected a path that begins with /, got "health"',
    ],
    [
      "a label with capitals",
      { ...ARGS, labels: { Team: "shop" } },
      'labels.Team: expected a key of lower-case letters, digits, _ or -, at most 63, beginning with a letter, got "Team"',
    ],
  ])("refuses %s", async (_, args, expected) => {
    const lines = await linesFor(args);
    expect(lines).toContain(expected);
    expect(lines.join()).not.toMatch(/s3cret|t0psecret/);
  });

  it("refuses releases that may take longer than Cloud Build lets a build run", async () => {
    const lines = await linesFor({
      ...ARGS,
      migration: { taskTimeoutSeconds: 43200 },
      build: { timeoutSeconds: 21600 },
      release: { queueTimeoutSeconds: 21600 },
    });
    expect(lines).toEqual([
      expect.stringMatching(
        /^release: expected steps of at most 86400 s together, got \d{5} s; lower migration\.taskTimeoutSeconds, build\.timeoutSeconds or release\.queueTimeoutSeconds$/,
      ),
    ]);
  });

  it("tells each mistake once", async () => {
    expect(
      await linesFor({ ...ARGS, labels: "team", secrets: 5, service: { env: "A=1" } }),
    ).toEqual([
      'labels: expected values by name, got "team"',
      "secrets: expected values by name, got [secret]",
      'service.env: expected values by name, got "A=1"',
    ]);
  });

  it.each<[string, (late: (value: unknown) => pulumi.Output<never>) => object, string]>([
    [
      "a region",
      (late) => ({ ...ARGS, region: late("europe") }),
      'region: expected a region such as europe-west1, got "europe"',
    ],
    [
      "a repository's region",
      (late) => ({
        ...ARGS,
        source: { repository: late(REPOSITORY.replace("europe-west1", "us-east1")) },
      }),
      'source.repository: expected a repository in region europe-west1, got "projects',
    ],
    [
      "a build argument",
      (late) => ({ ...ARGS, build: { buildArgs: { A: late("a\nb") } } }),
      'build.buildArgs.A: expected a text without line break or NUL, got "a\\nb"',
    ],
    [
      "an environment variable",
      (late) => ({ ...ARGS, service: { env: { A: late(5) } } }),
      "service.env.A: expected a text without NUL, got 5",
    ],
    [
      "a secret, without showing it",
      (late) => ({ ...ARGS, secrets: { A: { value: pulumi.secret(late("")) } } }),
      "secrets.A.value: expected a text of 1 to 65536 bytes, got [secret]",
    ],
    [
      "a label",
      (late) => ({ ...ARGS, labels: { team: late("Shop") } }),
      'labels.team: expected a value of lower-case letters, digits, _ or -, at most 63, got "Shop"',
    ],
  ])("refuses %s that is known only during the deployment", async (_, args, expected) => {
    const late = (value: unknown): pulumi.Output<never> =>
      pulumi.output(Promise.resolve(value as never));
    const failing = evaluate(() => {
      new MigratedService("shop", args(late) as MigratedServiceArgs);
    });
    await expect(failing).rejects.toThrow(expected);
  });
});
