import { checkInteger, isUnknown } from "./checkText";
import type { BackupDefaults } from "./presets";
import { quote, type Violation } from "./violations";

/** What somebody asked for; what is missing comes from the preset. */
export type BackupOptions = { [Key in keyof BackupDefaults]?: BackupDefaults[Key] | undefined };

/** Fills what was not asked for. A standby needs point-in-time recovery, and that needs backups. */
export function resolveBackups(
  options: BackupOptions,
  defaults: BackupDefaults,
  highAvailability: boolean,
): BackupDefaults {
  const enabled = options.enabled ?? defaults.enabled;
  // Only what was not given has a default: `null` is left for the check to refuse.
  const numberOf = (key: "retainedBackups" | "transactionLogDays" | "finalBackupDays") => {
    const asked = options[key];
    return asked === undefined ? defaults[key] : asked;
  };
  return {
    enabled,
    pointInTimeRecovery:
      options.pointInTimeRecovery ??
      (enabled && (defaults.pointInTimeRecovery || highAvailability)),
    retainedBackups: numberOf("retainedBackups"),
    transactionLogDays: numberOf("transactionLogDays"),
    retainOnDelete: options.retainOnDelete ?? defaults.retainOnDelete,
    finalBackupDays: numberOf("finalBackupDays"),
  };
}

/** What the backups must fit. */
export interface BackupContext {
  highAvailability: boolean;
  /** `ENTERPRISE`, `ENTERPRISE_PLUS` or an output. */
  edition: unknown;
}

/**
 * Checks resolved backups.
 *
 * @see https://cloud.google.com/sql/docs/postgres/backup-recovery/backups
 */
export function checkBackups(
  path: string,
  backups: BackupDefaults,
  { highAvailability, edition }: BackupContext,
): Violation[] {
  // Which limit an output's edition has is not known yet; the larger one holds for both.
  const maxLogDays = edition === "ENTERPRISE_PLUS" || isUnknown(edition) ? 35 : 7;
  return [
    ...checkInteger(`${path}.retainedBackups`, backups.retainedBackups, 1, 365),
    ...checkInteger(`${path}.transactionLogDays`, backups.transactionLogDays, 1, maxLogDays),
    ...checkInteger(`${path}.finalBackupDays`, backups.finalBackupDays, 0, 365),
    ...checkNeeds(path, backups, highAvailability),
  ];
}

function checkNeeds(
  path: string,
  { enabled, pointInTimeRecovery }: BackupDefaults,
  highAvailability: boolean,
): Violation[] {
  if (!enabled && pointInTimeRecovery) {
    const expected = "true, for point-in-time recovery is on";
    return [
      { rule: "recovery-needs-backups", path: `${path}.enabled`, expected, got: quote(enabled) },
    ];
  }
  if (highAvailability && !enabled) {
    const expected = "true, for high availability is on";
    return [
      { rule: "standby-needs-recovery", path: `${path}.enabled`, expected, got: quote(enabled) },
    ];
  }
  if (highAvailability && !pointInTimeRecovery) {
    const expected = "true, for high availability is on";
    const got = quote(pointInTimeRecovery);
    return [{ rule: "standby-needs-recovery", path: `${path}.pointInTimeRecovery`, expected, got }];
  }
  return [];
}
