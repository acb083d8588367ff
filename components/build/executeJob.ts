/**
 * Runs the job `$1` once with the environment `$2` and waits for its end. A missing permission is
 * retried only while the job's latest execution is still the one from before: a migration that has
 * started is never started again.
 */
export const EXECUTE_JOB = `latest_execution() {
  gcloud run jobs describe "$job" --region "$REGION" --format 'value(status.latestCreatedExecution.name)'
}
nothing_ran() {
  local now
  now=$(latest_execution) || return 1
  [ "$now" = "$before" ]
}
execute_job() {
  local status=0
  job="$1"
  before=$(patiently latest_execution)
  retry_if=nothing_ran
  execution=$(patiently gcloud run jobs execute "$job" --region "$REGION" --wait --update-env-vars "$2" --format 'value(metadata.name)') || status=$?
  retry_if=true
  if [ "$status" -ne 0 ]; then
    if nothing_ran; then fail "job $job did not start; nothing was run"; fi
    fail "job $job failed; see: gcloud run jobs executions describe $(latest_execution) --region $REGION"
  fi
  [[ "$execution" =~ ^[a-z][a-z0-9-]*$ ]] || fail "job $job: gcloud named no execution"
}`;
