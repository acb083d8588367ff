import { type Backup, splitInstance } from "./backup";

/** The backup in one line of the result. */
export function summaryOf({ id, instance, recoveryTime }: Backup): string {
  return `backup ${id} of ${instance}, recovery time ${recoveryTime}`;
}

// A name of a Cloud SQL instance may have so many characters together with its project's.
const LONGEST_NAME = 97;

/**
 * What whoever is on call needs after a failure: which state there is to go back to, and how.
 *
 * @see https://cloud.google.com/sql/docs/postgres/backup-recovery/restoring
 * @see https://cloud.google.com/sql/docs/postgres/backup-recovery/pitr
 */
export function recoveryLines(backup: Backup): string[] {
  const { project, instance } = splitInstance(backup.instance);
  const suffix = "-recovered";
  const clone = `${instance.slice(0, LONGEST_NAME - project.length - suffix.length)}${suffix}`;
  return [
    `${summaryOf(backup)}: the state before anything was applied. What was rolled back needs no recovery; else`,
    "  to have that state beside this instance, from its write-ahead log:",
    `    gcloud sql instances clone ${instance} ${clone} --point-in-time=${backup.recoveryTime} --project=${project}`,
    "  to put this instance back, which loses everything written since, in all of its databases:",
    `    gcloud sql backups restore ${backup.id} --restore-instance=${instance} --project=${project}`,
  ];
}
