import type { BuildStep } from "./document";
import { migratingImage } from "./images";
import { imageStep } from "./imageStep";
import { migrationCheckCommand } from "./migrateCommand";
import type { NodePgMigrateMigration, ReleaseOptions } from "./options";
import { FIXED_SECONDS } from "./timeouts";

/** Checks the migration files of the just-built image before anything is applied. */
export function checkStep(options: ReleaseOptions, migration: NodePgMigrateMigration): BuildStep {
  return imageStep(migratingImage(options), options, {
    id: "check",
    waitFor: ["push"],
    timeout: `${FIXED_SECONDS.check}s`,
    command: migrationCheckCommand(migration),
  });
}
