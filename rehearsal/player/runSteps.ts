import { setMaxListeners } from "node:events";
import { delimiter } from "node:path";
import type { Emit } from "../cloud/events";
import { logTo } from "../cloud/platform";
import { endProcesses } from "../cloud/processList";
import type { RunningProcess } from "../cloud/processes";
import type { Step } from "./build";
import { type BuildSite, planStep } from "./stepPlan";

export type StepStatus = "succeeded" | "failed" | "timed-out" | "cancelled" | "not-run";

/** How a step ended. */
export interface StepOutcome {
  id: string;
  status: StepStatus;
  exitCode: number | null;
  durationMs: number;
  /** Output, secrets redacted; the last 200 lines. */
  log: string[];
}

/** How long a step that is ended may finish what it does. */
const GRACE_MS = 3000;

/** Why all running steps are ended. */
export type StopReason = "failed" | "timed-out" | "cancelled";

/**
 * Runs the steps, each as soon as those it waits for have succeeded. The first failure ends the steps
 * that run; those that did not begin are "not-run".
 */
export async function runSteps(
  site: BuildSite,
  emit: Emit,
  stop: AbortController,
  build: string,
): Promise<StepOutcome[]> {
  const outcomes = new Map<Step, StepOutcome>();
  const running = new Map<Step, Promise<void>>();
  const { steps } = site.build;
  setMaxListeners(0, stop.signal); // one for each step
  const start = (step: Step): void => {
    emit({ type: "step-started", build, id: step.id });
    const run = runStep(site, step, stop.signal).then((outcome) => {
      const { id, status, exitCode, durationMs } = outcome;
      emit({ type: "step-ended", build, id, status, exitCode, durationMs });
      outcomes.set(step, outcome);
      running.delete(step);
      if (!isPassed(step, outcome) && !stop.signal.aborted) {
        stop.abort(status === "timed-out" ? "timed-out" : "failed");
      }
    });
    running.set(step, run);
  };
  for (;;) {
    for (const step of steps) {
      const isNew = !outcomes.has(step) && !running.has(step);
      if (isNew && !stop.signal.aborted && isReady(steps, step, outcomes)) start(step);
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  return steps.map((step) => outcomes.get(step) ?? notRun(step));
}

function notRun({ id }: Step): StepOutcome {
  return { id, status: "not-run", exitCode: null, durationMs: 0, log: [] };
}

/** Steps that must have ended before this one starts. */
export function predecessors(steps: readonly Step[], step: Step): Step[] {
  const before = steps.slice(0, steps.indexOf(step));
  if (step.waitFor === null) return before;
  const ids = step.waitFor;
  return before.filter(({ id }) => ids.includes(id));
}

function isReady(
  steps: readonly Step[],
  step: Step,
  outcomes: ReadonlyMap<Step, StepOutcome>,
): boolean {
  return predecessors(steps, step).every((other) => {
    const outcome = outcomes.get(other);
    return outcome !== undefined && isPassed(other, outcome);
  });
}

/** True when the build goes on after the step. */
export function isPassed(step: Step, { status, exitCode }: StepOutcome): boolean {
  if (status === "succeeded") return true;
  if (status !== "failed") return false;
  return step.allowFailure || (exitCode !== null && step.allowExitCodes.includes(exitCode));
}

async function runStep(site: BuildSite, step: Step, signal: AbortSignal): Promise<StepOutcome> {
  const { platform } = site.cloud;
  const started = Date.now();
  const log: string[] = [];
  const onLine = logTo(platform, `step ${step.id}`, log);
  const outcome = (status: StepStatus, exitCode: number | null): StepOutcome => ({
    id: step.id,
    status,
    exitCode,
    durationMs: Date.now() - started,
    log,
  });
  let process: RunningProcess;
  let tools: string;
  try {
    const plan = await planStep(site, step, onLine);
    [tools = ""] = (plan.env.PATH ?? "").split(delimiter);
    process = await platform.processes.start({ ...plan, onLine });
  } catch (error) {
    onLine(error instanceof Error ? error.message : String(error));
    return outcome("failed", null);
  }
  const ended = new AbortController();
  const limit = AbortSignal.any([signal, ...timeoutOf(step, ended.signal)]);
  const stopNow = (): void => void process.stop(GRACE_MS);
  limit.addEventListener("abort", stopNow, { once: true });
  if (limit.aborted) stopNow();
  const exitCode = await process.exited;
  limit.removeEventListener("abort", stopNow);
  ended.abort();
  // The container ends with the step, and daemons with it: this step's tools are in their PATH only.
  if (tools !== "") await endProcesses(`${tools}${delimiter}`);
  if (limit.aborted) {
    const reason = signal.aborted ? (signal.reason as StopReason) : "timed-out";
    if (reason === "timed-out") {
      onLine(`timeout: the step was ended after ${Date.now() - started} ms`);
      return outcome("timed-out", null);
    }
    return outcome("cancelled", null);
  }
  return outcome(exitCode === 0 ? "succeeded" : "failed", exitCode);
}

/** Aborts when the step's own time is over; keeps nothing alive once the step has ended. */
function timeoutOf({ timeoutMs }: Step, ended: AbortSignal): AbortSignal[] {
  if (timeoutMs === null) return [];
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort();
  }, timeoutMs);
  ended.addEventListener("abort", () => {
    clearTimeout(timer);
  });
  return [controller.signal];
}
