import * as pulumi from "@pulumi/pulumi";

import { late } from "./late";
import type { BadArgs } from "./types";

const PINNED = { secret: "s", version: "1" };

/** Environment variables and secrets. */
export const VARIABLES: BadArgs[] = [
  {
    what: "a variable that Cloud Run sets",
    args: { service: { env: { PORT: "80" } } },
    refused: [
      [
        "variable-name",
        'service.env.PORT: expected 1 to 128 letters, digits or _, not beginning with a digit, and not PORT, K_…, CLOUD_RUN_… or X_GOOGLE_…, got "PORT"',
      ],
    ],
  },
  {
    what: "a variable with a hyphen",
    args: { service: { env: { "MY-FLAG": "on" } } },
    refused: [
      [
        "variable-name",
        'service.env.MY-FLAG: expected 1 to 128 letters, digits or _, not beginning with a digit, and not PORT, K_…, CLOUD_RUN_… or X_GOOGLE_…, got "MY-FLAG"',
      ],
    ],
  },
  {
    what: "a connection's variable that begins with a digit",
    args: { database: { environmentNames: { host: "1HOST" } } },
    refused: [
      [
        "variable-name",
        'database.environmentNames.host: expected 1 to 128 letters, digits or _, not beginning with a digit, and not PORT, K_…, CLOUD_RUN_… or X_GOOGLE_…, got "1HOST"',
      ],
    ],
  },
  {
    what: "a secret in the place of all variables",
    args: { service: { env: "s3cret" } },
    refused: [["not-by-name", "service.env: expected values by name, got [secret]"]],
  },
  {
    what: "secrets in the place of those who get them",
    args: {
      secrets: {
        A: { value: "s3cret", toRuntime: "s3cret" },
        B: { value: "s3cret", toMigration: { value: "s3cret" } },
      },
    },
    refused: [
      ["not-a-flag", "secrets.A.toRuntime: expected true or false, got [secret]"],
      ["not-a-flag", "secrets.B.toMigration: expected true or false, got [secret]"],
    ],
  },
  {
    what: "a number as a variable's value",
    args: { service: { env: { A: 1 } } },
    refused: [["variable-value", "service.env.A: expected a text without NUL, got [secret]"]],
  },
  {
    what: "a variable's value with NUL",
    args: { service: { env: { A: "a\0b" } } },
    refused: [["variable-value", "service.env.A: expected a text without NUL, got [secret]"]],
  },
  {
    what: "a variable's value that becomes known as a number",
    args: () => ({ service: { env: { A: late(5) } } }),
    refused: [["variable-value", "service.env.A: expected a text without NUL, got [secret]"]],
  },
  {
    what: "a secret value of the wrong kind, without showing it",
    args: () => ({ service: { env: { A: pulumi.secret(late({ s3cret: 1 })) } } }),
    refused: [["variable-value", "service.env.A: expected a text without NUL, got [secret]"]],
  },
  {
    what: "a variable that the connection sets",
    args: { service: { env: { PGHOST: "x" } } },
    refused: [
      [
        "variable-twice",
        'service.env.PGHOST: expected a name that database.environmentNames.host does not set, got "PGHOST"',
      ],
    ],
  },
  {
    what: "a variable that a direct connection sets",
    args: { service: { databaseAccess: "Direct", env: { PGSSLMODE: "disable" } } },
    refused: [
      [
        "variable-twice",
        'service.env.PGSSLMODE: expected a name that the direct connection does not set, got "PGSSLMODE"',
      ],
    ],
  },
  {
    what: "one name for two parts of the connection",
    args: { database: { environmentNames: { host: "DB", user: "DB" } } },
    refused: [
      [
        "variable-twice",
        'database.environmentNames.host: expected a name that database.environmentNames.user does not set, got "DB"',
      ],
    ],
  },
  {
    what: "a secret that a variable sets",
    args: { service: { env: { A: "x" } }, secrets: { A: { value: "s3cret" } } },
    refused: [
      ["variable-twice", 'secrets.A: expected a name that service.env.A does not set, got "A"'],
    ],
  },
  {
    what: "a worker's variable that a secret sets",
    args: {
      secrets: { A: { value: "s3cret" } },
      service: { workers: { mailer: { command: ["x"], env: { A: "x" } } } },
    },
    refused: [
      [
        "variable-twice",
        'secrets.A: expected a name that service.workers.mailer.env.A does not set, got "A"',
      ],
    ],
  },
  {
    what: "a secret that the migration job sets",
    args: {
      database: { environmentNames: { user: "DB_USER" } },
      secrets: { PGUSER: { value: "s3cret", toRuntime: false, toMigration: true } },
    },
    refused: [
      [
        "variable-twice",
        'secrets.PGUSER: expected a name that the migration job does not set, got "PGUSER"',
      ],
    ],
  },
  {
    what: "a secret that the job of a command sets",
    args: {
      migration: { command: ["alembic", "upgrade", "head"] },
      secrets: { PGSSLMODE: { value: "s3cret", toRuntime: false, toMigration: true } },
    },
    refused: [
      [
        "variable-twice",
        'secrets.PGSSLMODE: expected a name that the direct connection does not set, got "PGSSLMODE"',
      ],
    ],
  },
  {
    what: "a secret that every release sets",
    args: { secrets: { BUILD_ID: { value: "s3cret", toMigration: true } } },
    refused: [
      [
        "variable-twice",
        'secrets.BUILD_ID: expected a name that a release does not set, got "BUILD_ID"',
      ],
    ],
  },
  {
    what: "a secret that a job sets, of a job alone",
    of: "MigrationJob",
    args: { secrets: { PGUSER: PINNED } },
    refused: [
      [
        "variable-twice",
        'secrets.PGUSER: expected a name that the migration job does not set, got "PGUSER"',
      ],
    ],
  },
  {
    what: "a secret's name with a hyphen",
    args: { secrets: { "api-key": { value: "s3cret" } } },
    refused: [
      [
        "variable-name",
        'secrets.api-key: expected 1 to 128 letters, digits or _, not beginning with a digit, and not PORT, K_…, CLOUD_RUN_… or X_GOOGLE_…, got "api-key"',
      ],
    ],
  },
  {
    what: "a secret's name that is ours",
    args: { secrets: { runtime_password: { value: "s3cret" } } },
    refused: [
      [
        "secret-name",
        'secrets.runtime_password: expected a name that does not begin with migrator_ or runtime_, got "runtime_password"',
      ],
    ],
  },
  {
    what: "a secret from nowhere",
    args: { secrets: { A: {} } },
    refused: [
      ["secret-source", "secrets.A: expected exactly one of value and existingSecret, got neither"],
    ],
  },
  {
    what: "a secret from two places",
    args: { secrets: { A: { value: "s3cret", existingSecret: "a" } } },
    refused: [
      ["secret-source", "secrets.A: expected exactly one of value and existingSecret, got both"],
    ],
  },
  {
    what: "a value with a version",
    args: { secrets: { A: { value: "s3cret", version: "1" } } },
    refused: [["secret-source", 'secrets.A.version: expected nothing beside value, got "1"']],
  },
  {
    what: "an empty secret",
    args: { secrets: { A: { value: "" } } },
    refused: [
      [
        "secret-value",
        "secrets.A.value: expected a text of 1 to 65536 bytes without NUL, got [secret] of 0 bytes",
      ],
    ],
  },
  {
    what: "a secret that is too large",
    args: { secrets: { A: { value: "é".repeat(40000) } } },
    refused: [
      [
        "secret-value",
        "secrets.A.value: expected a text of 1 to 65536 bytes without NUL, got [secret] of 80000 bytes",
      ],
    ],
  },
  {
    what: "a secret with NUL",
    args: { secrets: { A: { value: "s3cret\0" } } },
    refused: [
      [
        "secret-value",
        "secrets.A.value: expected a text of 1 to 65536 bytes without NUL, got [secret]",
      ],
    ],
  },
  {
    what: "a secret that is a number",
    args: { secrets: { A: { value: 53 } } },
    refused: [
      [
        "secret-value",
        "secrets.A.value: expected a text of 1 to 65536 bytes without NUL, got [secret]",
      ],
    ],
  },
  {
    what: "a secret that becomes known as empty",
    args: () => ({ secrets: { A: { value: pulumi.secret(late("")) } } }),
    refused: [
      [
        "secret-value",
        "secrets.A.value: expected a text of 1 to 65536 bytes without NUL, got [secret]",
      ],
    ],
  },
  {
    what: "an existing secret with a slash",
    args: { secrets: { A: { existingSecret: "a/b", version: "1" } } },
    refused: [
      [
        "secret-id",
        "secrets.A.existingSecret: expected a secret's ID or projects/{project}/secrets/{id}, got [secret]",
      ],
    ],
  },
  {
    what: "an existing secret that becomes known",
    args: () => ({ secrets: { A: { existingSecret: late("a b"), version: "1" } } }),
    refused: [
      [
        "secret-id",
        "secrets.A.existingSecret: expected a secret's ID or projects/{project}/secrets/{id}, got [secret]",
      ],
    ],
  },
  {
    what: "an existing secret without its version",
    args: { secrets: { A: { existingSecret: "a" } } },
    refused: [
      [
        "secret-version",
        'secrets.A.version: expected a version\'s number, such as "3", got nothing; gcloud secrets versions list lists them',
      ],
    ],
  },
  {
    what: "a secret's latest version",
    args: { secrets: { A: { existingSecret: "a", version: "latest" } } },
    refused: [
      [
        "secret-version",
        'secrets.A.version: expected a version\'s number, such as "3", got "latest"; gcloud secrets versions list lists them',
      ],
    ],
  },
  {
    what: "a secret in the place of its version",
    args: { secrets: { A: { existingSecret: "a", version: "s3cret" } } },
    refused: [
      [
        "secret-version",
        'secrets.A.version: expected a version\'s number, such as "3", got [secret]; gcloud secrets versions list lists them',
      ],
    ],
  },
  {
    what: "a number for a version",
    args: { secrets: { A: { existingSecret: "a", version: 3 } } },
    refused: [
      [
        "secret-version",
        'secrets.A.version: expected a version\'s number, such as "3", got 3; gcloud secrets versions list lists them',
      ],
    ],
  },
  {
    what: "a secret that nobody gets",
    args: { secrets: { A: { value: "s3cret", toRuntime: false } } },
    refused: [
      [
        "secret-unused",
        "secrets.A: expected a secret that the service or the migration gets, got toRuntime false and toMigration not true",
      ],
    ],
  },
  {
    what: "a secret as a plain text",
    args: { secrets: { A: "s3cret" } },
    refused: [["not-a-group", "secrets.A: expected a group of arguments, got [secret]"]],
  },
  {
    what: "secrets as a text",
    args: { secrets: "s3cret" },
    refused: [["not-by-name", "secrets: expected values by name, got [secret]"]],
  },
  {
    what: "a pinned secret's latest version",
    of: "ContainerService",
    args: { secrets: { A: { secret: "a", version: "latest" } } },
    refused: [
      [
        "secret-version",
        'secrets.A.version: expected a version\'s number, such as "3", got "latest"; gcloud secrets versions list lists them',
      ],
    ],
  },
  {
    what: "a pinned secret as a plain text",
    of: "Worker",
    args: { secrets: { A: "s3cret" } },
    refused: [["not-a-group", "secrets.A: expected a group of arguments, got [secret]"]],
  },
  {
    what: "a pinned secret's path",
    of: "ContainerService",
    args: { secrets: { A: { secret: "projects/p/secrets/a/versions/1", version: "1" } } },
    refused: [
      [
        "secret-id",
        'secrets.A.secret: expected a secret\'s ID or projects/{project}/secrets/{id}, got "projects/p/secrets/a/versions/1"',
      ],
    ],
  },
  {
    what: "a reader of the migration's secrets without them",
    of: "ConnectionSecrets",
    args: { migrationReader: "shop@example-project.iam.gserviceaccount.com" },
    refused: [
      [
        "migration-reader",
        "migration: expected migration and migrationReader together, or neither, got nothing",
      ],
    ],
  },
  {
    what: "a generation of passwords of secrets alone",
    of: "DatabaseSecrets",
    args: { passwordGeneration: 1001 },
    refused: [
      ["whole-number", "passwordGeneration: expected a whole number from 1 to 1000, got 1001"],
    ],
  },
];
