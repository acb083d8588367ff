import type { MigratedServiceArgs } from "../args";
import { Preset } from "../core/choices";

/** Whether a destructive migration waits for a backup. Of a command nobody knows what is pending. */
export function backsUpBefore({ preset, migration = {} }: MigratedServiceArgs): boolean {
  const hasCommand = (migration.command ?? []).length > 0;
  return migration.backupBefore ?? (preset !== Preset.Development && !hasCommand);
}
