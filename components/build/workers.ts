import { APP_CONTAINER } from "./deploy";
import type { BuildStep } from "./document";
import { gcloudList } from "./gcloudList";
import { literal, STEP_IMAGES } from "./images";
import type { ReleaseOptions, ReleaseWorker } from "./options";
import { bashScript, PATIENTLY, RELEASE_IMAGE, RELEASE_REVISION } from "./script";
import { FIXED_SECONDS } from "./timeouts";

/**
 * Gives the workers the image and their command, once traffic has moved: until then a release that
 * stops leaves them as they were, on a schema that they know. All are tried before any failure ends
 * the step. What a worker then runs is read back, for gcloud knows no etag, and an update that succeeds
 * says neither that a pool's new revision is ready nor that it has the instances.
 */
export function deployWorkersStep({ workers, region }: ReleaseOptions): BuildStep {
  const kinds = new Set(workers.map(({ kind }) => kind));
  return {
    id: "deploy-workers",
    name: STEP_IMAGES.gcloud,
    waitFor: ["promote"],
    timeout: `${FIXED_SECONDS.deployWorker * workers.length}s`,
    env: ["BUILD_ID=$BUILD_ID", `REGION=${literal(region)}`, ...workerEnvironment(workers)],
    script: bashScript({
      requires: ["REGION", ...workerVariables(workers)],
      functions: [
        PATIENTLY,
        RUNS_IMAGE,
        ...[...kinds].map((kind) => DEPLOY[kind]),
        RELEASE_IMAGE,
        RELEASE_REVISION,
      ],
      body: [
        'missed=""',
        ...workers.map((worker, index) => {
          const name = variable(index);
          return `${FUNCTIONS[worker.kind]} "$${name}" "$${name}_COMMAND" "$${name}_ARGS" || missed+=" $${name}"`;
        }),
        '[ -z "$missed" ] || fail "workers that are not proven to run this release:$missed; why is said above; the service has it, revision $revision serves and stays"',
      ].join("\n"),
    }),
  };
}

/** The variables by which scripts know the workers, with their values. */
export function workerEnvironment(workers: readonly ReleaseWorker[]): string[] {
  return workers.flatMap(({ name, command: [program = "", ...args] }, index) => [
    `${variable(index)}=${literal(name)}`,
    `${variable(index)}_COMMAND=${literal(gcloudList([program]))}`,
    `${variable(index)}_ARGS=${literal(gcloudList(args))}`,
  ]);
}

/** Names of those variables; none is ever empty. */
export function workerVariables(workers: readonly ReleaseWorker[]): string[] {
  return workers.flatMap((_, index) => [
    variable(index),
    `${variable(index)}_COMMAND`,
    `${variable(index)}_ARGS`,
  ]);
}

/** Bash that prints what gives each worker its image, for whoever routes traffic by hand. */
export function sayWorkers(workers: readonly ReleaseWorker[]): string {
  const lines = workers.map(({ kind }, index) => {
    const name = variable(index);
    const update = `${UPDATE[kind]} %q --region %q --quiet --container ${APP_CONTAINER} --image %q --command %q --args %q`;
    return `printf 'after that, for worker %s: ${update}\\n' "$${name}" "$${name}" "$REGION" "$image" "$${name}_COMMAND" "$${name}_ARGS"\n`;
  });
  return lines.join("");
}

function variable(index: number): string {
  return `WORKER_${index + 1}`;
}

// Worker pools are in no release track but these two. The image has `beta`: its packages bring it.
const UPDATE: Record<ReleaseWorker["kind"], string> = {
  WorkerPool: "gcloud beta run worker-pools update",
  Job: "gcloud run jobs update",
};

const FUNCTIONS: Record<ReleaseWorker["kind"], string> = {
  WorkerPool: "deploy_worker_pool",
  Job: "deploy_job",
};

const RUNS_IMAGE = `runs_image() {
  if grep -qxF "${APP_CONTAINER},$image" <<<"$2"; then return 0; fi
  echo "worker $1: its image is \${2//$'\\n'/ }, expected $image; find out who else changes it" >&2
  return 1
}`;

// gcloud neither waits for a pool that another update makes ready, nor gives instances to a revision
// while they are pinned to another; without a split all go to the latest ready one.
const RUNS_LATEST = `runs_latest() {
  local worker="$1" attempt revisions splits created ready name latest percent pinned
  for attempt in {1..12}; do
    revisions=$(gcloud beta run worker-pools describe "$worker" --region "$REGION" --format 'csv[no-heading](status.latestCreatedRevisionName,status.latestReadyRevisionName)') || return 1
    IFS=, read -r created ready <<<"$revisions"
    if [[ -n "$created" && "$created" == "$ready" ]]; then break; fi
    sleep 5
  done
  if [[ -z "$created" || "$created" != "$ready" ]]; then
    echo "worker $worker: revision \${created:-unknown} is not ready, \${ready:-nothing} runs; see: gcloud beta run worker-pools describe $worker --region $REGION" >&2
    return 1
  fi
  # By itself: gcloud prints nothing of a pool whose list is empty.
  splits=$(gcloud beta run worker-pools describe "$worker" --region "$REGION" --flatten 'status.instanceSplits[]' --format 'csv[no-heading](status.instanceSplits.revisionName,status.instanceSplits.latestRevision,status.instanceSplits.percent)') || return 1
  pinned=""
  while IFS=, read -r name latest percent; do
    if [[ ! "$percent" =~ ^[0-9]+$ || "$percent" -eq 0 ]]; then continue; fi
    if [[ "$name" == "$ready" || "$latest" == True ]]; then continue; fi
    pinned+=" $name=$percent"
  done <<<"$splits"
  if [[ -n "$pinned" ]]; then
    echo "worker $worker: instances are pinned to$pinned, expected all on $ready; when nobody needs that any more: gcloud beta run worker-pools update-instance-split $worker --region $REGION --to-latest" >&2
    return 1
  fi
}`;

// An update that has made a revision is never sent again: each time would make one more.
const LATEST_OF_POOL = `latest_of_pool() {
  gcloud beta run worker-pools describe "$pool" --region "$REGION" --format 'value(status.latestCreatedRevisionName)'
}
no_new_revision() {
  local now
  now=$(latest_of_pool) || return 1
  [ "$now" = "$pool_before" ]
}`;

const UPDATE_FAILED: Record<ReleaseWorker["kind"], string> = {
  WorkerPool: updateFailed("gcloud beta run worker-pools describe"),
  Job: updateFailed("gcloud run jobs describe"),
};

function updateFailed(describe: string): string {
  return `{ echo "worker $worker: the update failed, so it may or may not have the image, and its program may not start; see: ${describe} $worker --region $REGION" >&2; return 1; }`;
}

// Called behind `||`, where bash does not end at errors: each line says what its failure means.
const DEPLOY: Record<ReleaseWorker["kind"], string> = {
  WorkerPool: `${RUNS_LATEST}
${LATEST_OF_POOL}
deploy_worker_pool() {
  local worker="$1" program="$2" words="$3" containers
  pool="$worker"
  # Fails for a pool that is not there: the update would make one, as the default account.
  pool_before=$(patiently latest_of_pool) || return 1
  retry_if=no_new_revision
  patiently ${UPDATE.WorkerPool} "$worker" --region "$REGION" --quiet --container ${APP_CONTAINER} --image "$image" --command "$program" --args "$words" || ${UPDATE_FAILED.WorkerPool}
  containers=$(gcloud beta run worker-pools describe "$worker" --region "$REGION" --flatten 'spec.template.spec.containers[]' --format 'csv[no-heading](spec.template.spec.containers.name,spec.template.spec.containers.image)') || return 1
  runs_image "$worker" "$containers" || return 1
  runs_latest "$worker" || return 1
  echo "worker $worker runs $image"
}`,
  Job: `deploy_job() {
  local worker="$1" program="$2" words="$3" containers
  retry_if=true
  patiently ${UPDATE.Job} "$worker" --region "$REGION" --quiet --container ${APP_CONTAINER} --image "$image" --command "$program" --args "$words" || ${UPDATE_FAILED.Job}
  containers=$(gcloud run jobs describe "$worker" --region "$REGION" --flatten 'spec.template.spec.template.spec.containers[]' --format 'csv[no-heading](spec.template.spec.template.spec.containers.name,spec.template.spec.template.spec.containers.image)') || return 1
  runs_image "$worker" "$containers" || return 1
  echo "worker $worker runs $image from its next run on"
}`,
};
