import type { BadArgs } from "./types";

const COMMAND = ["alembic", "upgrade", "head"];

/** How a release migrates and promotes. */
export const RELEASE: BadArgs[] = [
  {
    what: "BuildStep without a public address",
    args: { migration: { connectivity: "BuildStep" } },
    refused: [
      [
        "build-step-public-ip",
        "network.publicIp: expected true with migration.connectivity BuildStep, got nothing; the build is outside the network; take CloudRunJob or PrivatePool to stay without a public address",
      ],
    ],
  },
  {
    what: "a command in a job with login Iam",
    args: { migration: { command: COMMAND }, database: { login: "Iam" } },
    refused: [
      [
        "command-login",
        'database.login: expected Password with migration.command in CloudRunJob, got "Iam"; take migration.connectivity BuildStep or PrivatePool, whose proxy logs in by IAM, or leave the command out',
      ],
    ],
  },
  {
    what: "a folder of migrations with a command",
    args: { migration: { command: COMMAND, directory: "migrations" } },
    refused: [
      [
        "directory-of-command",
        'migration.directory: expected nothing with migration.command, got "migrations"; a command finds its migrations itself: write the folder into the command',
      ],
    ],
  },
  {
    what: "a limit of a verification that is not there",
    args: { release: { verifyTimeoutSeconds: 60 } },
    refused: [
      [
        "verify-timeout-alone",
        "release.verifyTimeoutSeconds: expected nothing without release.verifyCommand, got 60",
      ],
    ],
  },
  {
    what: "a backup before a command",
    args: { migration: { command: COMMAND, backupBefore: true } },
    refused: [
      [
        "backup-of-command",
        "migration.backupBefore: expected false with migration.command, got true; nobody knows what is pending for a command; take the backup inside it",
      ],
    ],
  },
  {
    what: "a backup before a command, of a job alone",
    of: "MigrationJob",
    args: {
      command: COMMAND,
      backupBefore: true,
      network: "n",
      subnetwork: "s",
      connection: {
        connectionName: "example-project:europe-west1:shop",
        database: "shop",
        user: "u",
        password: { secret: "s", version: "1" },
        host: "10.20.0.3",
      },
    },
    refused: [
      [
        "backup-of-command",
        "backupBefore: expected false with command, got true; nobody knows what is pending of a command",
      ],
    ],
  },
  {
    what: "a command without host and password, of a job alone",
    of: "MigrationJob",
    args: {
      command: COMMAND,
      connection: {
        connectionName: "example-project:europe-west1:shop",
        database: "shop",
        user: "u",
      },
    },
    refused: [
      [
        "plain-host",
        "connection.host: expected the instance's private address: a command connects by TCP, got nothing",
      ],
      [
        "plain-password",
        "connection.password: expected a secret's version: a command cannot log in by token, got nothing",
      ],
    ],
  },
  {
    what: "variables of a job without a command",
    of: "MigrationJob",
    args: { environmentNames: { host: "DB_HOST" } },
    refused: [
      [
        "job-command-only",
        "environmentNames: expected nothing without command, got a value; our tool finds the instance by connection.connectionName",
      ],
    ],
  },
  {
    what: "roles without a host",
    of: "RolesJob",
    args: {
      connection: {
        connectionName: "example-project:europe-west1:shop",
        database: "shop",
        user: "u",
        password: { secret: "s", version: "1" },
      },
    },
    refused: [
      [
        "plain-host",
        "connection.host: expected the instance's private address: psql connects by TCP, got nothing",
      ],
    ],
  },
  {
    what: "an empty word in a command",
    args: { release: { verifyCommand: ["node", ""] } },
    refused: [
      ["empty-text", 'release.verifyCommand[1]: expected a text that is not empty, got ""'],
    ],
  },
  {
    what: "a check after the traffic",
    args: { release: { promotion: "Immediately", verifyCommand: ["node"] } },
    refused: [
      [
        "verify-before-traffic",
        'release.verifyCommand: expected no command with promotion Immediately, got ["node"]; traffic has moved before it could run; take AfterProbe',
      ],
    ],
  },
  {
    what: "a command that does nothing",
    args: {
      network: { publicIp: true },
      migration: { connectivity: "BuildStep", command: ["true"] },
    },
    refused: [
      [
        "document-migration-does-nothing",
        'migration.command: expected a command that migrates, got "true"',
      ],
    ],
  },
  {
    what: "releases that may take longer than a day",
    args: {
      migration: { taskTimeoutSeconds: 43200 },
      build: { timeoutSeconds: 21600 },
      release: { queueTimeoutSeconds: 21600 },
    },
    refused: [
      [
        "release-longest-build",
        "release: expected steps of at most 86400 s together, got 94980 s; lower migration.taskTimeoutSeconds, build.timeoutSeconds or release.queueTimeoutSeconds",
      ],
    ],
  },
  {
    what: "a release document that cannot be read",
    of: "ReleasePipeline",
    args: { document: "steps: [" },
    refused: [
      [
        "document-readable",
        "document: expected a Cloud Build document with steps, as YAML or JSON, got text that cannot be read after line 1, column 9",
      ],
    ],
  },
  {
    what: "a release document without steps",
    of: "ReleasePipeline",
    args: { document: "steps: []" },
    refused: [["document-steps", "steps: expected the steps of a release, got []"]],
  },
  {
    what: "a release document with a step that is none",
    of: "ReleasePipeline",
    args: { document: "steps: [null]" },
    refused: [["document-step", "steps[0]: expected a step, got null"]],
  },
  {
    what: "a release document that deploys first",
    of: "ReleasePipeline",
    args: {
      document:
        "steps: [{ id: deploy, name: gcr.io/google.com/cloudsdktool/cloud-sdk, entrypoint: gcloud, args: [run, services, update, shop] }]",
    },
    refused: [
      ["document-migration", "steps: expected a step that migrates the database, got deploy"],
      [
        "document-migrated-before-release",
        "steps[deploy].waitFor: expected the migration to have succeeded before the step makes a revision, got nothing",
      ],
    ],
  },
];
