import type { Environment } from "./environment";
import type { Hearing } from "./hearing";
import { type BuildOutcome, playBuild } from "./player";
import { promote } from "./promotion";
import type { Promotion, ReleaseResult, StepResult, StepSpan } from "./result";
import type { Run } from "./run";
import { type WorkerState, compareWorkers, readWorkers } from "./workers";
import type { Workspace } from "./workspace";

/** What one release needs to be played. */
export interface ReleaseOptions {
  run: Run;
  number: number;
  environment: Environment;
  workspace: Workspace;
  hearing: Hearing;
}

/** A release that was played; its requests are counted by the caller. */
export interface PlayedRelease {
  release: Omit<ReleaseResult, "requests">;
  timeline: StepSpan[];
  warnings: string[];
  /** Null where the build routed traffic itself, or failed. */
  promotion: Promotion | null;
}

/** Plays one build in its workspace and compares the environment before and after. */
export async function playRelease(options: ReleaseOptions): Promise<PlayedRelease> {
  const { run, environment, workspace } = options;
  const { document, signal } = run;
  const { cloud, service } = environment;
  const before = {
    serving: cloud.serving(service),
    schema: await environment.readSchema(),
    workers: readWorkers(cloud),
  };
  const observed = observe(options);

  const outcome = await playBuild({
    document: document.text,
    workspace: workspace.folder,
    cloud,
    substitutions: {
      COMMIT_SHA: workspace.commit,
      BRANCH_NAME: "main",
      REF_NAME: "main",
      TAG_NAME: "",
      REPO_NAME: service,
      REPO_FULL_NAME: `example/${service}`,
      TRIGGER_NAME: `${service}-release`,
    },
    signal,
  });
  signal.throwIfAborted();
  const promotion = await promoteByHand(options, outcome, before);
  signal.throwIfAborted();
  const error = promotion?.error ?? outcome.error;

  return {
    release: {
      number: options.number,
      commit: workspace.commit,
      outcome: outcomeOf(outcome, promotion),
      failedStep: outcome.failedStep,
      error: error === null ? null : cloud.redact(error),
      imageDigest: outcome.imageDigest,
      revision: observed.revision(),
      serving: { before: before.serving, after: cloud.serving(service) },
      schema: { before: before.schema, after: await environment.readSchema() },
      workers: compareWorkers(before.workers, readWorkers(cloud)),
      backup: observed.backup(),
      steps: outcome.steps.length > 0 ? outcome.steps.map(stepResult) : document.ids.map(notRun),
    },
    timeline: observed.timeline,
    warnings: outcome.warnings,
    promotion,
  };
}

/** What a person does when the build has left it to them. */
async function promoteByHand(
  { run, number, environment: { cloud, service } }: ReleaseOptions,
  { status, steps }: BuildOutcome,
  before: { serving: string | null; workers: WorkerState[] },
): Promise<Promotion | null> {
  const isLeft = run.document.leavesTraffic && cloud.serving(service) === before.serving;
  if (status !== "succeeded" || !isLeft) return null;
  run.onEvent({ type: "promoting", release: number });
  const log = steps.flatMap((step) => step.log);
  return promote(cloud, log, before.workers);
}

/** Follows the environment's events for as long as the release runs. */
function observe({ run, number, environment, hearing }: ReleaseOptions): {
  timeline: StepSpan[];
  revision(): string | null;
  backup(): ReleaseResult["backup"];
} {
  const { onEvent } = run;
  const began = Date.now();
  const starts = new Map<string, number>();
  const timeline: StepSpan[] = [];
  let revision: string | null = null;
  let backup: ReleaseResult["backup"] = null;
  hearing.release = (event) => {
    if (event.type === "step-started") {
      starts.set(event.id, event.at - began);
      onEvent({ type: "step-started", release: number, id: event.id });
    } else if (event.type === "step-ended") {
      const endMs = event.at - began;
      timeline.push({ id: event.id, startMs: starts.get(event.id) ?? endMs, endMs });
      onEvent({ ...stepResult(event), type: "step-ended", release: number });
    } else if (event.type === "backup-taken") {
      backup = { id: event.id, recoveryTime: event.recoveryTime };
    } else if (
      event.type === "revision-started" &&
      event.service === environment.service &&
      !hearing.known.has(event.revision)
    ) {
      hearing.known.add(event.revision);
      revision = event.revision;
    }
  };
  return { timeline, revision: () => revision, backup: () => backup };
}

function outcomeOf(
  { status, steps }: BuildOutcome,
  promotion: Promotion | null,
): ReleaseResult["outcome"] {
  if (status === "succeeded") return (promotion?.error ?? null) === null ? "released" : "failed";
  const superseded = steps.some(
    (step) => step.status !== "succeeded" && step.log.some((line) => /^superseded by /.test(line)),
  );
  return superseded ? "superseded" : "failed";
}

/** A build that could not begin has no steps to tell of. */
function notRun(id: string): StepResult {
  return { id, status: "not-run", exitCode: null, durationMs: 0 };
}

const STATUSES: readonly string[] = ["succeeded", "failed", "timed-out", "not-run"];

/** A step that was stopped because another one failed did not do its work: that is a failure too. */
function stepResult(step: {
  id: string;
  status: string;
  exitCode: number | null;
  durationMs: number;
}): StepResult {
  const { id, exitCode, durationMs } = step;
  const status = STATUSES.includes(step.status) ? step.status : "failed";
  return {
    id,
    status: status as StepResult["status"],
    exitCode,
    durationMs: Math.round(durationMs),
  };
}
