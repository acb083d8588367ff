import type { BuildStep } from "./document";
import { AWAIT_LATEST_EXECUTION, executeJob } from "./executeJob";
import { literal, STEP_IMAGES } from "./images";
import type { CloudRunJobReach, ReleaseOptions } from "./options";
import {
  BACKUP_VARIABLES,
  backupEnvironment,
  backupOf,
  FIND_BACKUP,
  KEEP_BACKUP,
} from "./releaseRecord";
import { bashScript, COMMIT_CHECK, MIGRATION_IMAGE, PATIENTLY, RELEASE_IMAGE } from "./script";
import { executionWaitSeconds, migrateStepSeconds } from "./timeouts";

/**
 * Runs the migration job with this build's image for it and waits for its end, after an execution
 * that a cancelled build may have left behind. gcloud knows no etag, so the image is read back before
 * and after: before, nothing has run yet; after, the truth is the execution's own image.
 *
 * The backup is named here, for the job's log is not the build's, and no later step is sure to run.
 */
export function migrateJobStep(
  options: ReleaseOptions,
  reach: CloudRunJobReach,
  waitFor: string,
): BuildStep {
  const { migrationSeconds } = options.timeouts;
  const waitSeconds = executionWaitSeconds(migrationSeconds);
  const backup = backupOf(options.migration);
  return {
    id: "migrate",
    name: STEP_IMAGES.gcloud,
    waitFor: [waitFor],
    timeout: `${waitSeconds + migrateStepSeconds(migrationSeconds)}s`,
    env: [
      "BUILD_ID=$BUILD_ID",
      "COMMIT_SHA=$COMMIT_SHA",
      `JOB=${literal(reach.job)}`,
      `WAIT_SECONDS=${waitSeconds}`,
      `REGION=${literal(options.region)}`,
      ...(backup === null ? [] : backupEnvironment(backup)),
    ],
    script: bashScript({
      requires: ["JOB", "WAIT_SECONDS", "REGION", ...(backup === null ? [] : BACKUP_VARIABLES)],
      functions: [
        COMMIT_CHECK,
        PATIENTLY,
        AWAIT_LATEST_EXECUTION,
        ...(backup === null ? [] : [FIND_BACKUP, KEEP_BACKUP]),
        executeJob(backup === null ? "" : "keep_backup"),
        options.migrationImage === null ? RELEASE_IMAGE : MIGRATION_IMAGE,
      ],
      body: [MIGRATE, backup === null ? "" : "keep_backup\n", PROVE_IMAGE].join("\n"),
    }),
  };
}

const MIGRATE = `await_latest_execution "$JOB" "$WAIT_SECONDS"

patiently gcloud run jobs update "$JOB" --region "$REGION" --image "$image" --quiet
configured=$(gcloud run jobs describe "$JOB" --region "$REGION" --format 'value(spec.template.spec.template.spec.containers[0].image)')
[ "$configured" = "$image" ] || fail "another writer gave job $JOB the image $configured; nothing was run"

execute_job "$JOB" "BUILD_ID=$BUILD_ID,COMMIT_SHA=$COMMIT_SHA,IMAGE=$image"`;

const PROVE_IMAGE = `executed=$(gcloud run jobs executions describe "$execution" --region "$REGION" --format 'value(spec.template.spec.containers[0].image)')
[ "$executed" = "$image" ] || fail "execution $execution ran $executed, expected $image; the database may have been migrated by another image$hint"
echo "migrated by $execution with $image"
`;
