import type { BuildStep } from "./document";
import { AWAIT_LATEST_EXECUTION, EXECUTE_JOB } from "./executeJob";
import { literal, STEP_IMAGES } from "./images";
import type { CloudRunJobReach, ReleaseOptions } from "./options";
import { bashScript, COMMIT_CHECK, PATIENTLY, RELEASE_IMAGE } from "./script";
import { executionWaitSeconds, migrateStepSeconds } from "./timeouts";

/**
 * Runs the migration job with this build's image and waits for its end, after an execution that a
 * cancelled build may have left behind. gcloud knows no etag, so the
 * image is read back before and after: before, nothing has run yet; after, the truth is the
 * execution's own image.
 */
export function migrateJobStep(
  options: ReleaseOptions,
  reach: CloudRunJobReach,
  waitFor: string,
): BuildStep {
  const { migrationSeconds } = options.timeouts;
  const waitSeconds = executionWaitSeconds(migrationSeconds);
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
    ],
    script: bashScript({
      requires: ["JOB", "WAIT_SECONDS", "REGION"],
      functions: [COMMIT_CHECK, PATIENTLY, AWAIT_LATEST_EXECUTION, EXECUTE_JOB, RELEASE_IMAGE],
      body: BODY,
    }),
  };
}

const BODY = `
await_latest_execution "$JOB" "$WAIT_SECONDS"

patiently gcloud run jobs update "$JOB" --region "$REGION" --image "$image" --quiet
configured=$(gcloud run jobs describe "$JOB" --region "$REGION" --format 'value(spec.template.spec.template.spec.containers[0].image)')
[ "$configured" = "$image" ] || fail "another writer gave job $JOB the image $configured; nothing was run"

execute_job "$JOB" "BUILD_ID=$BUILD_ID,COMMIT_SHA=$COMMIT_SHA,IMAGE=$image"

executed=$(gcloud run jobs executions describe "$execution" --region "$REGION" --format 'value(spec.template.spec.containers[0].image)')
[ "$executed" = "$image" ] || fail "execution $execution ran $executed, expected $image; the database may have been migrated by another image"
echo "migrated by $execution with $image"
`;
