import * as pulumi from "@pulumi/pulumi";

import { late } from "./late";
import type { BadArgs } from "./types";

const circular: Record<string, unknown> = {};
circular["itself"] = circular;

/** Arguments of the wrong kind, as JavaScript and YAML may give them. */
export const SHAPE: BadArgs[] = [
  {
    what: "no arguments at all",
    args: {},
    instead: undefined,
    refused: [["not-a-group", "args: expected a group of arguments, got nothing"]],
  },
  {
    what: "null for the arguments",
    args: {},
    instead: null,
    refused: [["not-a-group", "args: expected a group of arguments, got null"]],
  },
  {
    what: "a list for the arguments",
    args: {},
    instead: [],
    refused: [["not-a-group", "args: expected a group of arguments, got []"]],
  },
  {
    what: "a function for the arguments",
    args: {},
    instead: () => ({}),
    refused: [["not-a-group", "args: expected a group of arguments, got a function"]],
  },
  {
    what: "a text for the arguments",
    args: {},
    instead: "europe-west1",
    refused: [["not-a-group", 'args: expected a group of arguments, got "europe-west1"']],
  },
  {
    what: "no region",
    args: { region: undefined },
    refused: [["missing-argument", "region: expected a region such as europe-west1, got nothing"]],
  },
  {
    what: "no source",
    args: { source: undefined },
    refused: [["missing-argument", "source: expected a group of arguments, got nothing"]],
  },
  {
    what: "null for the region",
    args: { region: null },
    refused: [["region", "region: expected a region such as europe-west1, got null"]],
  },
  {
    what: "an unknown argument, misspelt",
    args: { lables: {} },
    refused: [
      [
        "unknown-argument",
        "lables: expected a known argument, got an unknown one; did you mean labels?",
      ],
    ],
  },
  {
    what: "an unknown argument like nothing",
    args: { release: { zzz: 1 } },
    refused: [
      [
        "unknown-argument",
        "release.zzz: expected a known argument, got an unknown one; known are promotion, verifyCommand, verifyTimeoutSeconds, queueTimeoutSeconds",
      ],
    ],
  },
  {
    what: "an unknown argument in another spelling",
    args: { database: { high_availability: true } },
    refused: [
      [
        "unknown-argument",
        "database.high_availability: expected a known argument, got an unknown one; did you mean highAvailability?",
      ],
    ],
  },
  {
    what: "an argument of Terraform's",
    args: { deletion_protection: true },
    refused: [
      [
        "unknown-argument",
        "deletion_protection: expected a known argument, got an unknown one; known are project, region, source, preset, labels, enableApis, build, database, network, migration, secrets, service, release",
      ],
    ],
  },
  {
    what: "an unknown member of a worker",
    args: { service: { workers: { mailer: { command: ["x"], image: "y" } } } },
    refused: [
      [
        "unknown-argument",
        "service.workers.mailer.image: expected a known argument, got an unknown one; known are kind, command, cpu, memory, instances, taskTimeoutSeconds, maxRetries, env",
      ],
    ],
  },
  {
    what: "null for a group",
    args: { build: null },
    refused: [["not-a-group", "build: expected a group of arguments, got null"]],
  },
  {
    what: "a text for a group",
    args: { database: "postgres" },
    refused: [["not-a-group", 'database: expected a group of arguments, got "postgres"']],
  },
  {
    what: "a date for a group",
    args: { service: new Date(0) },
    refused: [["not-a-group", "service: expected a group of arguments, got a Date"]],
  },
  {
    what: "a list for a group",
    args: { network: ["default"] },
    refused: [["not-a-group", 'network: expected a group of arguments, got ["default"]']],
  },
  {
    what: "an output for a group",
    args: () => ({ migration: pulumi.output({ directory: "db" }) }),
    refused: [["not-a-group", "migration: expected a group of arguments, got an output"]],
  },
  {
    what: "a text for labels",
    args: { labels: "team=shop" },
    refused: [["not-by-name", 'labels: expected values by name, got "team=shop"']],
  },
  {
    what: "a map for labels",
    args: { labels: new Map([["team", "shop"]]) },
    refused: [["not-by-name", "labels: expected values by name, got a Map"]],
  },
  {
    what: "a list of variables",
    args: { service: { env: ["A=1"] } },
    refused: [["not-by-name", "service.env: expected values by name, got [secret]"]],
  },
  {
    what: "null for variables",
    args: { service: { env: null } },
    refused: [["not-by-name", "service.env: expected values by name, got [secret]"]],
  },
  {
    what: "a text for a list",
    args: { migration: { command: "alembic upgrade head" } },
    refused: [["not-a-list", 'migration.command: expected a list, got "alembic upgrade head"']],
  },
  {
    what: "an object for a list",
    args: { source: { github: { owner: "example", name: "shop" }, includedFiles: { 0: "a" } } },
    refused: [
      ["not-a-list", 'source.includedFiles: expected a list that is not empty, got {"0":"a"}'],
    ],
  },
  {
    what: "an output for a list",
    args: () => ({ database: { extensions: pulumi.output(["citext"]) } }),
    refused: [["not-a-list", "database.extensions: expected a list, got an output"]],
  },
  {
    what: "an empty list of files",
    args: { source: { github: { owner: "example", name: "shop" }, includedFiles: [] } },
    refused: [["empty-list", "source.includedFiles: expected a list that is not empty, got []"]],
  },
  {
    what: "an empty command of a worker",
    args: { service: { workers: { mailer: { command: [] } } } },
    refused: [
      ["empty-list", "service.workers.mailer.command: expected a list that is not empty, got []"],
    ],
  },
  {
    what: "a text for a flag",
    args: { enableApis: "true" },
    refused: [["not-a-flag", 'enableApis: expected true or false, got "true"']],
  },
  {
    what: "a number for a flag",
    args: { database: { highAvailability: 1 } },
    refused: [["not-a-flag", "database.highAvailability: expected true or false, got 1"]],
  },
  {
    what: "null for a flag",
    args: { network: { publicIp: null } },
    refused: [["not-a-flag", "network.publicIp: expected true or false, got null"]],
  },
  {
    what: "an output for a flag",
    args: () => ({ enableApis: pulumi.output(true) }),
    refused: [
      [
        "known-too-late",
        "enableApis: expected a value that is known before the deployment, got an output",
      ],
    ],
  },
  {
    what: "a promise for a number",
    args: () => ({ service: { maxInstances: Promise.resolve(5) } }),
    refused: [
      [
        "known-too-late",
        "service.maxInstances: expected a value that is known before the deployment, got an output",
      ],
    ],
  },
  {
    what: "an output for a port",
    args: () => ({ service: { port: pulumi.output(80) } }),
    refused: [
      [
        "known-too-late",
        "service.port: expected a value that is known before the deployment, got an output",
      ],
    ],
  },
  {
    what: "an output for a choice",
    args: () => ({ database: { login: pulumi.output("Iam") } }),
    refused: [
      [
        "known-too-late",
        "database.login: expected a value that is known before the deployment, got an output",
      ],
    ],
  },
  {
    what: "an output for a branch",
    args: () => ({
      source: { github: { owner: "example", name: "shop" }, branch: pulumi.output("main") },
    }),
    refused: [
      [
        "known-too-late",
        "source.branch: expected a value that is known before the deployment, got an output",
      ],
    ],
  },
  {
    what: "a duration with a unit",
    args: { migration: { taskTimeoutSeconds: "20m" } },
    refused: [
      [
        "whole-number",
        'migration.taskTimeoutSeconds: expected a whole number from 60 to 43200, got "20m"',
      ],
    ],
  },
  {
    what: "a number in quotes",
    args: { service: { concurrency: "80" } },
    refused: [
      ["whole-number", 'service.concurrency: expected a whole number from 1 to 1000, got "80"'],
    ],
  },
  {
    what: "NaN for a number",
    args: { service: { maxInstances: NaN } },
    refused: [
      ["whole-number", "service.maxInstances: expected a whole number from 1 to 1000, got NaN"],
    ],
  },
  {
    what: "infinity for a number",
    args: { release: { queueTimeoutSeconds: Infinity } },
    refused: [
      [
        "whole-number",
        "release.queueTimeoutSeconds: expected a whole number from 60 to 21600, got Infinity",
      ],
    ],
  },
  {
    what: "part of a number",
    args: { build: { timeoutSeconds: 600.5 } },
    refused: [
      ["whole-number", "build.timeoutSeconds: expected a whole number from 60 to 21600, got 600.5"],
    ],
  },
  {
    what: "a big integer for a number",
    args: { service: { minInstances: 1n } },
    refused: [
      ["whole-number", "service.minInstances: expected a whole number from 0 to 1000, got 1n"],
    ],
  },
  {
    what: "null for a number",
    args: { database: { passwordGeneration: null } },
    refused: [
      [
        "whole-number",
        "database.passwordGeneration: expected a whole number from 1 to 1000, got null",
      ],
    ],
  },
  {
    what: "a number that is too small",
    args: { database: { passwordGeneration: 0 } },
    refused: [
      [
        "whole-number",
        "database.passwordGeneration: expected a whole number from 1 to 1000, got 0",
      ],
    ],
  },
  {
    what: "a number that is too large",
    args: { release: { verifyTimeoutSeconds: 7200 } },
    refused: [
      [
        "whole-number",
        "release.verifyTimeoutSeconds: expected a whole number from 1 to 3600, got 7200",
      ],
    ],
  },
  {
    what: "a negative number",
    args: { service: { minInstances: -1 } },
    refused: [
      ["whole-number", "service.minInstances: expected a whole number from 0 to 1000, got -1"],
    ],
  },
  {
    what: "an unknown choice",
    args: { preset: "Staging" },
    refused: [["unknown-choice", 'preset: expected Production or Development, got "Staging"']],
  },
  {
    what: "a choice in lower case",
    args: { database: { login: "iam" } },
    refused: [["unknown-choice", 'database.login: expected Password or Iam, got "iam"']],
  },
  {
    what: "null for a choice",
    args: { release: { promotion: null } },
    refused: [
      [
        "unknown-choice",
        "release.promotion: expected AfterProbe or Immediately or Manual, got null",
      ],
    ],
  },
  {
    what: "a number for a text",
    args: { project: 5 },
    refused: [
      [
        "project",
        "project: expected a project ID: 6 to 30 lower-case letters, digits or -, beginning with a letter, got 5",
      ],
    ],
  },
  {
    what: "a function for a text",
    args: { migration: { directory: () => "migrations" } },
    refused: [
      [
        "relative-path",
        "migration.directory: expected a path relative to the root, without .. and of letters, digits, space, . _ - /, got a function",
      ],
    ],
  },
  {
    what: "an object for a text",
    args: { region: { name: "europe-west1" } },
    refused: [
      ["region", 'region: expected a region such as europe-west1, got {"name":"europe-west1"}'],
    ],
  },
  {
    what: "an object that contains itself",
    args: { region: circular },
    refused: [
      [
        "region",
        "region: expected a region such as europe-west1, got an object that contains itself",
      ],
    ],
  },
  {
    what: "a symbol for a text",
    args: { build: { context: Symbol("a") } },
    refused: [
      [
        "relative-path",
        "build.context: expected a path relative to the root, without .. and of letters, digits, space, . _ - /, got Symbol(a)",
      ],
    ],
  },
  {
    what: "a big integer for a text",
    args: { build: { context: 10n } },
    refused: [
      [
        "relative-path",
        "build.context: expected a path relative to the root, without .. and of letters, digits, space, . _ - /, got 10n",
      ],
    ],
  },
  {
    what: "a release document that is no text",
    of: "ReleasePipeline",
    args: { document: { steps: [] } },
    refused: [["not-a-text", 'document: expected a text, got {"steps":[]}']],
  },
  {
    what: "no password's version",
    of: "ContainerService",
    args: {
      connection: {
        connectionName: "p:europe-west1:i",
        database: "d",
        user: "u",
        password: { secret: "s" },
      },
    },
    refused: [
      [
        "missing-argument",
        'connection.password.version: expected a version\'s number, such as "3", got nothing; gcloud secrets versions list lists them',
      ],
    ],
  },
  {
    what: "no account",
    of: "Worker",
    args: { serviceAccount: undefined },
    refused: [
      ["missing-argument", "serviceAccount: expected a service account's email, got nothing"],
    ],
  },
  {
    what: "no network of a pool",
    of: "PrivatePool",
    args: { network: undefined },
    refused: [["missing-argument", "network: expected a text that is not empty, got nothing"]],
  },
  {
    what: "a login that is a text, without showing it",
    of: "PostgresInstance",
    args: { migrator: "s3cret" },
    refused: [["not-a-group", "migrator: expected a group of arguments, got [secret]"]],
  },
  {
    what: "a region that becomes known as a number",
    args: () => ({ region: late(5) }),
    refused: [["region", "region: expected a region such as europe-west1, got 5"]],
  },
  {
    what: "several mistakes at once",
    args: () => ({
      region: "europe",
      preset: "Big",
      lables: {},
      database: { tier: "huge", flags: { max_connections: 200 } },
      service: { port: 70000, env: { PORT: "80" } },
      build: { buildArgs: { NPM_TOKEN: "s3cret" } },
      release: pulumi.output({}),
    }),
    refused: [
      [
        "unknown-argument",
        "lables: expected a known argument, got an unknown one; did you mean labels?",
      ],
      ["region", 'region: expected a region such as europe-west1, got "europe"'],
      ["unknown-choice", 'preset: expected Production or Development, got "Big"'],
      ["whole-number", "service.port: expected a whole number from 1 to 65535, got 70000"],
      [
        "variable-name",
        'service.env.PORT: expected 1 to 128 letters, digits or _, not beginning with a digit, and not PORT, K_…, CLOUD_RUN_… or X_GOOGLE_…, got "PORT"',
      ],
      ["not-a-group", "release: expected a group of arguments, got an output"],
      [
        "build-arg-secret",
        'build.buildArgs.NPM_TOKEN: expected a name that does not look like a secret\'s, got "NPM_TOKEN"; build arguments stay readable in the image; give secrets to the service by `secrets`',
      ],
      [
        "tier",
        'database.tier: expected db-f1-micro, db-g1-small, db-custom-{cpus}-{memory in MiB}, db-custom-N4-{cpus}-{memory in MiB}, db-perf-optimized-N-{cpus} or db-c4a-highmem-{cpus}, got "huge"',
      ],
      ["setting-value", "database.flags.max_connections: expected a text, got 200"],
    ],
  },
];
