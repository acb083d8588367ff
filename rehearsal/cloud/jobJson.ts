import type { Execution } from "./job";
import type { Condition, JobSpec } from "./knative";
import type { Platform } from "./platform";

type Place = Pick<Platform, "project" | "region">;

/** A job as gcloud prints it. */
export function jobJson(
  place: Place,
  spec: JobSpec,
  state: { executions: readonly Execution[]; generation: number; createdAt: string },
): Record<string, unknown> {
  const latest = state.executions.at(-1);
  return {
    apiVersion: "run.googleapis.com/v1",
    kind: "Job",
    metadata: {
      ...metadata(place, spec.name, state.createdAt, spec.labels),
      generation: state.generation,
    },
    spec: {
      template: { spec: { taskCount: spec.taskCount, template: task(spec, spec.containers) } },
    },
    status: {
      observedGeneration: state.generation,
      conditions: [{ type: "Ready", status: "True", lastTransitionTime: state.createdAt }],
      executionCount: state.executions.length,
      ...(latest === undefined ? {} : { latestCreatedExecution: reference(latest) }),
    },
  };
}

function reference({ name, createdAt, completedAt }: Execution): Record<string, unknown> {
  const completion = completedAt === null ? {} : { completionTimestamp: completedAt };
  return { name, creationTimestamp: createdAt, ...completion };
}

/** One run of a job as gcloud prints it. */
export function executionJson(
  place: Place,
  spec: JobSpec,
  execution: Execution,
): Record<string, unknown> {
  const { name, createdAt, completedAt, succeeded, failed } = execution;
  const completed: Condition = {
    type: "Completed",
    status: completedAt === null ? "Unknown" : failed === 0 ? "True" : "False",
    lastTransitionTime: completedAt ?? createdAt,
    ...(failed === 0 ? {} : { reason: "NonZeroExitCode", message: execution.message }),
  };
  const labels = { ...spec.labels, "run.googleapis.com/job": spec.name };
  return {
    apiVersion: "run.googleapis.com/v1",
    kind: "Execution",
    metadata: { ...metadata(place, name, createdAt, labels), generation: 1 },
    spec: { taskCount: spec.taskCount, template: task(spec, execution.containers) },
    status: {
      observedGeneration: 1,
      conditions: [completed],
      startTime: createdAt,
      ...(completedAt === null ? {} : { completionTime: completedAt }),
      ...(succeeded === 0 ? {} : { succeededCount: succeeded }),
      ...(failed === 0 ? {} : { failedCount: failed }),
    },
  };
}

function task(
  { maxRetries, timeoutSeconds }: JobSpec,
  containers: JobSpec["containers"],
): Record<string, unknown> {
  return { spec: { containers, maxRetries, timeoutSeconds: String(timeoutSeconds) } };
}

function metadata(
  { project, region }: Place,
  name: string,
  creationTimestamp: string,
  labels: Record<string, string>,
): Record<string, unknown> {
  return {
    name,
    namespace: project,
    creationTimestamp,
    labels: { ...labels, "cloud.googleapis.com/location": region },
  };
}
