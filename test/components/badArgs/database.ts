import type { BadArgs } from "./types";

const ACCOUNT = "shop-run@example-project.iam.gserviceaccount.com";
const IAM = { login: "Iam" };

/** The instance of our own, its database and its users. */
export const DATABASE: BadArgs[] = [
  {
    what: "a version without its prefix",
    args: { database: { version: "17" } },
    refused: [
      [
        "unknown-choice",
        'database.version: expected POSTGRES_13 or POSTGRES_14 or POSTGRES_15 or POSTGRES_16 or POSTGRES_17 or POSTGRES_18, got "17"',
      ],
    ],
  },
  {
    what: "a version of another database",
    args: { database: { version: "MYSQL_8_0" } },
    refused: [
      [
        "unknown-choice",
        'database.version: expected POSTGRES_13 or POSTGRES_14 or POSTGRES_15 or POSTGRES_16 or POSTGRES_17 or POSTGRES_18, got "MYSQL_8_0"',
      ],
    ],
  },
  {
    what: "an unknown edition",
    args: { database: { edition: "STANDARD" } },
    refused: [
      [
        "unknown-choice",
        'database.edition: expected ENTERPRISE or ENTERPRISE_PLUS, got "STANDARD"',
      ],
    ],
  },
  {
    what: "a machine of Compute Engine",
    args: { database: { tier: "n1-standard-1" } },
    refused: [
      [
        "tier",
        'database.tier: expected db-f1-micro, db-g1-small, db-custom-{cpus}-{memory in MiB}, db-custom-N4-{cpus}-{memory in MiB}, db-perf-optimized-N-{cpus} or db-c4a-highmem-{cpus}, got "n1-standard-1"',
      ],
    ],
  },
  {
    what: "null for a tier",
    args: { database: { tier: null } },
    refused: [
      [
        "tier",
        "database.tier: expected db-f1-micro, db-g1-small, db-custom-{cpus}-{memory in MiB}, db-custom-N4-{cpus}-{memory in MiB}, db-perf-optimized-N-{cpus} or db-c4a-highmem-{cpus}, got null",
      ],
    ],
  },
  {
    what: "an odd number of processors",
    args: { database: { tier: "db-custom-3-12288" } },
    refused: [
      [
        "tier-cpus",
        'database.tier: expected 1 or an even number of CPUs up to 96, got "db-custom-3-12288"',
      ],
    ],
  },
  {
    what: "too little memory",
    args: { database: { tier: "db-custom-8-3840" } },
    refused: [
      [
        "tier-memory",
        'database.tier: expected memory that is a multiple of 256 MiB, at least 3840 and 921.6 to 6656 MiB for each CPU, got "db-custom-8-3840"',
      ],
    ],
  },
  {
    what: "memory that is no multiple of 256 MiB",
    args: { database: { tier: "db-custom-2-7700" } },
    refused: [
      [
        "tier-memory",
        'database.tier: expected memory that is a multiple of 256 MiB, at least 3840 and 921.6 to 6656 MiB for each CPU, got "db-custom-2-7700"',
      ],
    ],
  },
  {
    what: "an edition that does not sell the tier",
    args: { database: { tier: "db-f1-micro", edition: "ENTERPRISE_PLUS" } },
    refused: [
      [
        "tier-edition",
        'database.edition: expected ENTERPRISE, for the tier is "db-f1-micro", got "ENTERPRISE_PLUS"; change one of the two',
      ],
    ],
  },
  {
    what: "a disk that is too small",
    args: { database: { diskSizeGb: 5 } },
    refused: [
      ["whole-number", "database.diskSizeGb: expected a whole number from 10 to 65536, got 5"],
    ],
  },
  {
    what: "a limit below the disk's size",
    of: "PostgresInstance",
    args: { diskSizeGb: 100, diskLimitGb: 50 },
    refused: [["whole-number", "diskLimitGb: expected a whole number from 100 to 65536, got 50"]],
  },
  {
    what: "the database that every instance has",
    args: { database: { name: "postgres" } },
    refused: [
      [
        "database-name",
        'database.name: expected 1 to 63 lower-case letters, digits or _, beginning with a letter, and not postgres, template0, template1, cloudsqladmin, got "postgres"',
      ],
    ],
  },
  {
    what: "a database's name with a hyphen",
    args: { database: { name: "my-shop" } },
    refused: [
      [
        "database-name",
        'database.name: expected 1 to 63 lower-case letters, digits or _, beginning with a letter, and not postgres, template0, template1, cloudsqladmin, got "my-shop"',
      ],
    ],
  },
  {
    what: "a role that PostgreSQL keeps for itself",
    args: { migration: { ownerRole: "pg_owner" } },
    refused: [
      [
        "role-name",
        'migration.ownerRole: expected 1 to 63 lower-case letters, digits or _, beginning with a letter, and not postgres, public, pg_… or cloudsql…, got "pg_owner"',
      ],
    ],
  },
  {
    what: "the service's login as owner",
    args: { migration: { ownerRole: "shop_runtime" } },
    refused: [
      [
        "owner-role-login",
        'migration.ownerRole: expected a role of its own, got "shop_runtime"; the service logs in as that',
      ],
    ],
  },
  {
    what: "the migrator's login as owner",
    args: { migration: { ownerRole: "shop_migrator" } },
    refused: [
      [
        "owner-role-login",
        'migration.ownerRole: expected a role of its own, got "shop_migrator"; the migrator logs in as that',
      ],
    ],
  },
  {
    what: "the runtime role as owner, of a job alone",
    of: "MigrationJob",
    args: { ownerRole: "shop_owner", runtimeRole: "shop_owner" },
    refused: [
      [
        "owner-role-login",
        'ownerRole: expected a role of its own, got "shop_owner"; the service logs in as that',
      ],
    ],
  },
  {
    what: "too many backups",
    args: { database: { backups: { retainedBackups: 400 } } },
    refused: [
      [
        "whole-number",
        "database.backups.retainedBackups: expected a whole number from 1 to 365, got 400",
      ],
    ],
  },
  {
    what: "null for a number of backups",
    args: { database: { backups: { finalBackupDays: null } } },
    refused: [
      [
        "whole-number",
        "database.backups.finalBackupDays: expected a whole number from 0 to 365, got null",
      ],
    ],
  },
  {
    what: "logs for longer than the edition keeps them",
    args: { database: { backups: { transactionLogDays: 14 } } },
    refused: [
      [
        "whole-number",
        "database.backups.transactionLogDays: expected a whole number from 1 to 7, got 14",
      ],
    ],
  },
  {
    what: "recovery without backups",
    args: { database: { backups: { enabled: false, pointInTimeRecovery: true } } },
    refused: [
      [
        "recovery-needs-backups",
        "database.backups.enabled: expected true, for point-in-time recovery is on, got false",
      ],
    ],
  },
  {
    what: "a standby without recovery",
    args: { database: { highAvailability: true, backups: { pointInTimeRecovery: false } } },
    refused: [
      [
        "standby-needs-recovery",
        "database.backups.pointInTimeRecovery: expected true, for high availability is on, got false",
      ],
    ],
  },
  {
    what: "a standby without backups",
    args: {
      preset: "Development",
      database: { highAvailability: true, backups: { enabled: false, pointInTimeRecovery: false } },
    },
    refused: [
      [
        "standby-needs-recovery",
        "database.backups.enabled: expected true, for high availability is on, got false",
      ],
    ],
  },
  {
    what: "a setting in capitals",
    args: { database: { flags: { MAX_CONNECTIONS: "200" } } },
    refused: [
      [
        "setting-name",
        'database.flags.MAX_CONNECTIONS: expected a setting in Cloud SQL\'s lower-case spelling, got "MAX_CONNECTIONS"',
      ],
    ],
  },
  {
    what: "a number as a setting",
    args: { database: { flags: { max_connections: 200 } } },
    refused: [["setting-value", "database.flags.max_connections: expected a text, got 200"]],
  },
  {
    what: "a setting twice",
    args: { database: { flags: { Log_Statement: "all", log_statement: "none" } } },
    refused: [
      [
        "setting-name",
        'database.flags.Log_Statement: expected a setting in Cloud SQL\'s lower-case spelling, got "Log_Statement"',
      ],
      [
        "setting-twice",
        'database.flags.log_statement: expected each setting once, got ["Log_Statement","log_statement"]',
      ],
    ],
  },
  {
    what: "the setting that IAM login stands on",
    args: { database: { ...IAM, flags: { "cloudsql.iam_authentication": "off" } } },
    refused: [
      [
        "iam-setting",
        'database.flags.cloudsql.iam_authentication: expected "on" with login Iam, got "off"',
      ],
    ],
  },
  {
    what: "an extension with a space",
    args: { database: { extensions: ["citext; drop table x"] } },
    refused: [
      [
        "extension-name",
        'database.extensions[0]: expected an extension\'s name, such as citext, got "citext; drop table x"',
      ],
    ],
  },
  {
    what: "a day that is none",
    of: "PostgresInstance",
    args: { maintenanceWindow: { day: 0 } },
    refused: [
      ["whole-number", "maintenanceWindow.day: expected a whole number from 1 to 7, got 0"],
    ],
  },
  {
    what: "no address at all",
    of: "PostgresInstance",
    args: { privateNetwork: undefined },
    refused: [
      [
        "instance-address",
        "privateNetwork: expected a network, unless publiclyAccessible is true, got nothing",
      ],
    ],
  },
  {
    what: "a TLS mode without encryption",
    of: "PostgresInstance",
    args: { tlsMode: "ALLOW_UNENCRYPTED_AND_ENCRYPTED" },
    refused: [
      [
        "unknown-choice",
        'tlsMode: expected ENCRYPTED_ONLY or TRUSTED_CLIENT_CERTIFICATE_REQUIRED, got "ALLOW_UNENCRYPTED_AND_ENCRYPTED"',
      ],
    ],
  },
  {
    what: "no password",
    of: "PostgresInstance",
    args: { migrator: { serviceAccount: ACCOUNT } },
    refused: [
      [
        "user-password-missing",
        "migrator.password: expected a password with login Password, got nothing",
      ],
    ],
  },
  {
    what: "a password with login Iam, without showing it",
    of: "PostgresInstance",
    args: {
      ...IAM,
      migrator: { serviceAccount: ACCOUNT, password: "s3cret" },
      runtime: { serviceAccount: ACCOUNT },
    },
    refused: [
      ["user-password-iam", "migrator.password: expected none with login Iam, got [secret]"],
    ],
  },
  {
    what: "a user's name with login Iam",
    of: "PostgresInstance",
    args: {
      ...IAM,
      migrator: { serviceAccount: ACCOUNT, name: "me" },
      runtime: { serviceAccount: ACCOUNT },
    },
    refused: [
      [
        "user-name-iam",
        'migrator.name: expected none with login Iam, whose users are named by Google, got "me"',
      ],
    ],
  },
  {
    what: "an account whose name is too long for PostgreSQL",
    of: "PostgresInstance",
    args: {
      ...IAM,
      migrator: { serviceAccount: `shop@${"p".repeat(70)}.iam.gserviceaccount.com` },
      runtime: { serviceAccount: ACCOUNT },
    },
    refused: [
      [
        "iam-user-name",
        "migrator.serviceAccount: expected a service account's email of at most 83 characters, got \"shop@pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp.…; PostgreSQL cuts names after 63 bytes; take an account with a shorter ID",
      ],
    ],
  },
  {
    what: "all of a connection as secrets without a password",
    args: { database: { ...IAM, environmentAsSecrets: true } },
    refused: [
      [
        "connection-secrets-login",
        "database.environmentAsSecrets: expected false with login Iam, got true; there is no password, and nothing else of the connection is worth hiding",
      ],
    ],
  },
  {
    what: "new passwords with login Iam",
    args: { database: { ...IAM, passwordGeneration: 2 } },
    refused: [
      [
        "generation-without-password",
        "database.passwordGeneration: expected nothing with login Iam, got 2; there are no passwords to make anew",
      ],
    ],
  },
  {
    what: "connectors only, for a direct service and a command in a job",
    args: {
      database: { plainConnections: false },
      service: { databaseAccess: "Direct" },
      migration: { command: ["alembic", "upgrade", "head"] },
    },
    refused: [
      [
        "plain-connections",
        "database.plainConnections: expected true or nothing with service.databaseAccess Direct and migration.command in CloudRunJob, got false; who connects so has neither Google's connector nor a client certificate",
      ],
    ],
  },
  {
    what: "a preset that is none, of an instance alone",
    of: "PostgresInstance",
    args: { preset: "Small" },
    refused: [["unknown-choice", 'preset: expected Production or Development, got "Small"']],
  },
  {
    what: "a database's name with capitals, of a database alone",
    of: "PostgresDatabase",
    args: { databaseName: "Shop" },
    refused: [
      [
        "database-name",
        'databaseName: expected 1 to 63 lower-case letters, digits or _, beginning with a letter, and not postgres, template0, template1, cloudsqladmin, got "Shop"',
      ],
    ],
  },
];
