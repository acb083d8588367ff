import { Preset } from "./choices";

/** Every default that a preset decides. */
export interface PresetDefaults {
  tier: string;
  highAvailability: boolean;
  deletionProtection: boolean;
  backups: BackupDefaults;
  flags: Readonly<Record<string, string>>;
}

/** Defaults of an instance's backups. */
export interface BackupDefaults {
  enabled: boolean;
  pointInTimeRecovery: boolean;
  retainedBackups: number;
  transactionLogDays: number;
  retainOnDelete: boolean;
  finalBackupDays: number;
}

/**
 * What CIS Google Cloud Foundations 4.0.0 §6.2 asks for and scanners look at, but for the two below.
 * `log_statement: ddl` writes `ALTER ROLE … PASSWORD` to the log, so nothing here sets a password by SQL.
 */
const LOGGING_FLAGS = {
  "cloudsql.enable_pgaudit": "on",
  log_checkpoints: "on",
  log_connections: "on",
  log_disconnections: "on",
  log_error_verbosity: "default",
  log_lock_waits: "on",
  log_min_duration_statement: "-1",
  log_min_error_statement: "error",
  log_min_messages: "warning",
  log_statement: "ddl",
  log_temp_files: "0",
  "pgaudit.log": "ddl",
};

/** Scanners want them too; they cost a line of log for each statement and a DNS query for each connection. */
const COSTLY_LOGGING_FLAGS = { log_duration: "on", log_hostname: "on" };

const DEFAULTS: Record<Preset, PresetDefaults> = {
  [Preset.Production]: {
    tier: "db-custom-1-3840",
    highAvailability: false,
    deletionProtection: true,
    backups: {
      enabled: true,
      pointInTimeRecovery: true,
      retainedBackups: 14,
      transactionLogDays: 7,
      retainOnDelete: true,
      finalBackupDays: 30,
    },
    flags: { ...LOGGING_FLAGS, ...COSTLY_LOGGING_FLAGS },
  },
  [Preset.Development]: {
    tier: "db-f1-micro",
    highAvailability: false,
    deletionProtection: false,
    backups: {
      enabled: true,
      pointInTimeRecovery: false,
      retainedBackups: 7,
      transactionLogDays: 7,
      retainOnDelete: false,
      finalBackupDays: 0,
    },
    flags: LOGGING_FLAGS,
  },
};

/** The defaults of a preset. A default never changes within a major version. */
export function presetDefaults(preset: Preset): PresetDefaults {
  return DEFAULTS[preset];
}

/** PostgreSQL of a new instance. */
export const DEFAULT_VERSION = "POSTGRES_18";

/** Edition of a new instance; without one Google takes ENTERPRISE_PLUS and refuses the default tier. */
export const DEFAULT_EDITION = "ENTERPRISE";
