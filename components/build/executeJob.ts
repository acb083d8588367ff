/**
 * Waits until the job's latest execution has ended, for at most `$2` seconds: a cancelled build ends
 * gcloud's waiting, not the execution. It is asked of the job, for gcloud lists executions of the
 * whole project, which an account with rights on the job alone may not do.
 */
export const AWAIT_LATEST_EXECUTION = `await_latest_execution() {
  local job="$1" deadline=$((SECONDS + $2)) latest name ended
  while :; do
    latest=$(patiently gcloud run jobs describe "$job" --region "$REGION" --format 'csv[no-heading](status.latestCreatedExecution.name,status.latestCreatedExecution.completionTimestamp)')
    IFS=, read -r name ended <<<"$latest"
    if [[ -z "$name" || -n "$ended" ]]; then return 0; fi
    if ((SECONDS >= deadline)); then break; fi
    echo "waiting for execution $name, which another build or person started; to stop it: gcloud run jobs executions cancel $name --region $REGION"
    sleep 10
  done
  echo "warning: execution $name has not ended after $2 s; going on beside it" >&2
}`;

/**
 * Runs the job `$1` once with the environment `$2` and waits for its end. A missing permission is
 * retried only while the job's latest execution is still the one from before: a migration that has
 * started is never started again.
 *
 * `afterFailure` is bash for when one has failed; what it puts into `$hint` ends the error.
 */
export function executeJob(afterFailure: string): string {
  return `latest_execution() {
  gcloud run jobs describe "$job" --region "$REGION" --format 'value(status.latestCreatedExecution.name)'
}
nothing_ran() {
  local now
  now=$(latest_execution) || return 1
  [ "$now" = "$before" ]
}
hint=""
execution_failed() {
  if nothing_ran; then fail "job $job did not start; nothing was run"; fi
${afterFailure === "" ? "" : `  ${afterFailure}\n`}  fail "job $job failed; see: gcloud run jobs executions describe $(latest_execution) --region $REGION$hint"
}
execute_job() {
  job="$1"
  before=$(patiently latest_execution)
  retry_if=nothing_ran
  execution=$(patiently gcloud run jobs execute "$job" --region "$REGION" --wait --update-env-vars "$2" --format 'value(metadata.name)') || execution_failed
  retry_if=true
  [[ "$execution" =~ ^[a-z][a-z0-9-]*$ ]] || fail "job $job: gcloud named no execution"
}`;
}
