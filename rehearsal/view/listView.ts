import {
  type DefaultRenderer,
  Listr,
  type ListrDefaultRendererLogLevels,
  ListrLogger,
  type ListrTask,
  type ListrTaskWrapper,
  ProcessOutput,
  type SimpleRenderer,
} from "listr2";
import type { RehearsalEvent, View } from "../events";
import type { StepResult } from "../result";
import { seconds } from "./durations";
import { STARTING } from "./plainView";

type Task = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>;

/** A promise that somebody else settles. */
interface Signal<T> {
  promise: Promise<T>;
  send(value: T): void;
}

/** The signals of one release. `null` means that the rehearsal ended before. */
interface ReleaseSignals {
  started: Signal<true | null>;
  steps: Map<string, { started: Signal<unknown>; ended: Signal<StepResult | null> }>;
  ended: Signal<{ said: string; ok: boolean } | null>;
}

/** Whether a list fits on `stream`: some terminals report no width, and it would wrap each letter. */
export function canRedraw({ isTTY, columns }: { isTTY?: boolean; columns?: number }): boolean {
  return isTTY === true && (columns ?? 0) > 0;
}

/** A list that is redrawn in place on `stream`, with elapsed times. */
export function listView(stream: NodeJS.WriteStream): View {
  const releases = new Map<number, ReleaseSignals>();
  const finished = signal<unknown>();
  let running: Promise<unknown> = Promise.resolve();

  function prepare(event: Extract<RehearsalEvent, { type: "preparing" }>): void {
    for (const { number } of event.releases) releases.set(number, releaseSignals(event.steps));
    const tasks: ListrTask[] = event.releases.map(({ number, title }) => ({
      title: `release ${number}: ${title}`,
      task: releaseTask(number, releases.get(number) as ReleaseSignals, event.steps),
    }));
    tasks.push({ title: "clean up", task: () => finished.promise });
    running = list(stream, tasks).run();
    running.catch(() => undefined); // a failed task is shown; the result says it to the caller
  }

  function show(event: RehearsalEvent): void {
    if (event.type === "starting") stream.write(`${STARTING}\n`);
    if (event.type === "preparing") prepare(event);
    if (event.type === "release-started") releases.get(event.release)?.started.send(true);
    if (event.type === "step-started") {
      releases.get(event.release)?.steps.get(event.id)?.started.send(null);
    }
    if (event.type === "step-ended") {
      releases.get(event.release)?.steps.get(event.id)?.ended.send(event);
    }
    if (event.type === "release-ended") {
      const { release, deviations } = event;
      const { served, failed } = release.requests;
      const ok = deviations.length === 0;
      const said = ok
        ? `${release.outcome}, as announced; ${served} requests served, ${failed} failed`
        : deviations.join("; ");
      releases.get(release.number)?.ended.send({ said, ok });
    }
    if (event.type === "cleaning-up" || event.type === "finished") endAll(releases);
    if (event.type === "finished") finished.send(null);
  }

  return {
    show,
    async close() {
      endAll(releases);
      finished.send(null);
      await running.catch(() => undefined);
    },
  };
}

function list(stream: NodeJS.WriteStream, tasks: ListrTask[]): Listr<unknown> {
  const logger = new ListrLogger<ListrDefaultRendererLogLevels>({
    processOutput: new ProcessOutput(stream, stream),
  });
  return new Listr<unknown>(tasks, {
    exitOnError: false,
    // Ctrl-C is the rehearsal's own: it cleans up first.
    registerSignalListeners: false,
    forceTTY: true,
    // Ended releases shrink to one line: the list must fit into the terminal to be redrawn.
    rendererOptions: { collapseSubtasks: true, showErrorMessage: false, logger },
  });
}

function releaseTask(number: number, { started, steps, ended }: ReleaseSignals, ids: string[]) {
  return async (_: unknown, task: Task): Promise<Listr | undefined> => {
    if ((await started.promise) === null) {
      task.skip();
      return undefined;
    }
    const children: ListrTask[] = ids.map((id) => ({ title: id, task: stepTask(id, steps) }));
    children.push({
      title: "ended",
      task: async (_context, child) => {
        const end = await ended.promise;
        if (end === null) {
          child.title = "did not end";
          throw new Error(child.title);
        }
        child.title = end.said;
        task.title = `release ${number}: ${end.said}`;
        if (!end.ok) throw new Error(end.said);
      },
    });
    return task.newListr(children, { concurrent: true, exitOnError: false });
  };
}

function stepTask(id: string, steps: ReleaseSignals["steps"]) {
  return async (_: unknown, task: Task): Promise<void> => {
    const signals = steps.get(id);
    await Promise.race([signals?.started.promise, signals?.ended.promise]);
    const began = performance.now();
    const timer = setInterval(() => {
      task.title = `${id}  ${seconds(performance.now() - began)}`;
    }, 100);
    const end = await signals?.ended.promise;
    clearInterval(timer);
    if (!end || end.status === "not-run") {
      task.title = id;
      task.skip();
      return;
    }
    task.title = `${id}  ${seconds(end.durationMs)}`;
    if (end.status !== "succeeded") throw new Error(`${id} ${end.status}`);
  };
}

function releaseSignals(ids: string[]): ReleaseSignals {
  const steps: ReleaseSignals["steps"] = new Map();
  for (const id of ids) steps.set(id, { started: signal(), ended: signal() });
  return { started: signal(), steps, ended: signal() };
}

/** Lets everything end that has not been told yet. */
function endAll(releases: Map<number, ReleaseSignals>): void {
  for (const { started, steps, ended } of releases.values()) {
    started.send(null);
    for (const step of steps.values()) step.ended.send(null);
    ended.send(null);
  }
}

function signal<T>(): Signal<T> {
  let send: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    send = resolve;
  });
  return { promise, send };
}
