import { literal } from "./images";
import type { BackupTarget, Migration } from "./options";

/** The instance of which this release may have taken a backup; `null` when it takes none. */
export function backupOf(migration: Migration): BackupTarget | null {
  return migration.runs === "NodePgMigrate" ? migration.backup : null;
}

/** What `find_backup` is told. */
export function backupEnvironment({ project, instance }: BackupTarget): string[] {
  return [`BACKUP_PROJECT=${literal(project)}`, `BACKUP_INSTANCE=${literal(instance)}`];
}

/** Names of those variables. */
export const BACKUP_VARIABLES = ["BACKUP_PROJECT", "BACKUP_INSTANCE"];

/**
 * Reads which backup the tool took before this build's migration, out of the step that migrated or
 * from Cloud SQL. The filter is gcloud's own, the description the tool's. By then the database is
 * migrated or traffic has moved, so nothing here may fail a step.
 */
export const FIND_BACKUP = `find_backup() {
  local found
  found=$(cat .release/backup 2>/dev/null) || found=""
  if [ -z "$found" ]; then
    found=$(patiently gcloud sql backups list --instance "$BACKUP_INSTANCE" --project "$BACKUP_PROJECT" --filter "description=\\"cloud-run-migrations build $BUILD_ID\\" AND status=\\"SUCCESSFUL\\"" --sort-by '~endTime' --limit 1 --format 'csv[no-heading](id,endTime)') || found=unknown
  fi
  if [[ "$found" =~ ^([0-9]+),([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z)$ ]]; then
    backup="\${BASH_REMATCH[1]}"
    recovery="\${BASH_REMATCH[2]}"
  elif [[ -n "$found" ]]; then
    echo "warning: the backup of this build could not be read; see: gcloud sql backups list --instance $BACKUP_INSTANCE --project $BACKUP_PROJECT" >&2
  fi
}
backup=""
recovery=""`;

/** Says which backup was taken, and leaves it to later steps: one of them may fail before `promote`. */
export const KEEP_BACKUP = `keep_backup() {
  find_backup
  if [ -z "$backup" ]; then return 0; fi
  hint="; backup $backup has the data of $recovery, before this migration"
  echo "backup $backup was taken before this migration; it has the data of $recovery"
  printf '%s,%s\\n' "$backup" "$recovery" > .release/backup || echo "warning: .release/backup could not be written" >&2
}`;

/**
 * Prints the release as one JSON line. Escapes by hand: neither Python nor jq is sure to be in the
 * image.
 */
export function releaseRecord(hasBackup: boolean): string {
  const backup = hasBackup ? "%s" : "null";
  const values = hasBackup ? ` "$(json "$backup")" "$(json "$recovery")"` : "";
  return `json() {
  local text="$1"
  if [[ -z "$text" ]]; then printf 'null'; return 0; fi
  text="\${text//[[:cntrl:]]/ }"
  text="\${text//\\\\/\\\\\\\\}"
  text="\${text//\\"/\\\\\\"}"
  printf '"%s"' "$text"
}
release_record() {
  printf '{"formatVersion":1,"command":"release","outcome":%s,"service":%s,"region":%s,"revision":%s,"image":%s,"commit":%s,"buildId":%s,"servingBefore":%s,"serving":%s,"backupId":${backup},"recoveryTime":${backup}}\\n' \\
    "$(json "$1")" "$(json "$SERVICE")" "$(json "$REGION")" "$(json "$revision")" "$(json "$image")" "$(json "$COMMIT_SHA")" "$(json "$BUILD_ID")" "$(json "$before")" "$(json "$2")"${values}
}`;
}
