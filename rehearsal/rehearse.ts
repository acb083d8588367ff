import { type Inventory, type StackName, evaluateStack } from "../inventory";
import { announce, findDeviations } from "./announcements";
import { endProcesses } from "./cloud/processList";
import type { ContextSource } from "./contextSource";
import { describeRun } from "./describeRun";
import { type Environment, startEnvironment } from "./environment";
import type { RehearsalEvent } from "./events";
import { withForeignService } from "./foreignService";
import { type Hearing, createHearing } from "./hearing";
import { type Traces, countLeftovers } from "./leftovers";
import { playRelease } from "./playRelease";
import { type PostgresServer, startPostgres } from "../migrate";
import { type ReleaseDocument, readDocument, renderedDocument } from "./releaseDocument";
import { createRequestCounter } from "./requestCounter";
import type { Rehearsal, RequestCounts } from "./result";
import type { AnnouncedRelease, Run } from "./run";
import { openSite } from "./site";
import { chooseTarget } from "./target";
import { type Workspace, createWorkspaces } from "./workspace";

export interface RehearseOptions {
  /** What is released, by `findContext`. */
  source: ContextSource;

  /**
   * The stack that is released.
   *
   * @default - dev; with `document` and without `args` changed so that the document reaches its database
   */
  stack?: StackName | null;

  /**
   * File with the arguments of a `MigratedService`, in the stack's place.
   *
   * @default - the stack
   */
  args?: string | null;

  /**
   * File with a Cloud Build document to play.
   *
   * @default - the document that `render` prints
   */
  document?: string | null;

  /**
   * Hears everything as it happens, process numbers included.
   *
   * @default - nobody does
   */
  onEvent?: (event: RehearsalEvent) => void;

  /**
   * Ends the rehearsal early: it cleans up, then rejects with the signal's reason.
   *
   * @default - it runs to its end
   */
  signal?: AbortSignal;

  /**
   * Requests that the client sends at least.
   *
   * @default 500
   */
  minimumRequests?: number;
}

/** Plays three releases against a real database, and tells whether they ended as announced. */
export async function rehearse(options: RehearseOptions): Promise<Rehearsal> {
  const started = performance.now();
  // Before anything is started: a file that is no document is said at once.
  const given = options.document ? await readDocument(options.document) : null;
  options.onEvent?.({ type: "starting" });
  const site = await openSite();
  const traces: Traces = { folders: [site.folder], pids: [] };
  // Side by side, for each takes a second or more.
  const starting = startPostgres({ folder: site.folder });
  const copying = createWorkspaces(options.source, site.folder);
  // One may fail while the stack is still evaluated, before anybody waits for it.
  for (const promise of [starting, copying]) promise.catch(() => undefined);
  let run: Run;
  try {
    const target = chooseTarget(options, given);
    const stack = await evaluateStack(target);
    const [postgres, workspaces] = await Promise.all([starting, copying]);
    run = prepareRun(options, given, stack, workspaces);
    run.notes.push(...target.notes);
    await playRun(run, postgres, site.folder, traces);
  } finally {
    await Promise.allSettled([copying, starting.then((postgres) => postgres.stop())]);
    await endProcesses(site.folder); // what gave up its environment and only has its place here
    await site.close();
  }
  const rehearsal = describeRun(run, countLeftovers(traces), performance.now() - started);
  run.onEvent({ type: "finished", ok: rehearsal.result.ok });
  return rehearsal;
}

function prepareRun(
  { source, args, minimumRequests = 500, onEvent, signal }: RehearseOptions,
  given: ReleaseDocument | null,
  stack: Inventory,
  workspaces: Workspace[],
): Run {
  const rendered = renderedDocument(stack);
  // Arguments describe their own service; the stack describes the sample.
  const isDescribed = source.kind === "own" || (args && source.startupPath === null);
  const versions = { first: versionOf(workspaces, 0), last: versionOf(workspaces, -1) };
  return {
    source,
    inventory: isDescribed ? stack : withForeignService(stack, source.startupPath),
    document: given ?? rendered,
    ownProperties: given === null ? [] : rendered.properties,
    workspaces,
    releases: announce(versions).map((announcement) => ({
      ...announcement,
      deviations: [],
      played: null,
    })),
    requests: createRequestCounter(),
    minimumRequests,
    rewrites: [],
    notes: [...source.notes],
    onEvent: onEvent ?? (() => undefined),
    signal: signal ?? new AbortController().signal,
  };
}

function versionOf(workspaces: Workspace[], index: number): string {
  return workspaces.at(index)?.version ?? "";
}

async function playRun(
  run: Run,
  postgres: PostgresServer,
  folder: string,
  traces: Traces,
): Promise<void> {
  const { onEvent, signal } = run;
  onEvent({ type: "preparing", releases: run.releases, steps: run.document.ids });
  traces.folders.push(postgres.folder);
  traces.pids.push(postgres.pid);
  try {
    signal.throwIfAborted();
    const hearing = createHearing(run);
    const environment = await startEnvironment(run.inventory, postgres, folder, hearing.hear);
    hearing.environment = environment;
    try {
      await playReleases(run, environment, hearing);
    } finally {
      onEvent({ type: "cleaning-up" });
      traces.pids.push(...environment.cloud.processes());
      await run.requests.kill();
      await environment.cloud.close();
      run.rewrites.push(...environment.cloud.rewrites);
      run.notes.push(...environment.cloud.notes);
    }
  } finally {
    await postgres.stop();
  }
}

async function playReleases(run: Run, environment: Environment, hearing: Hearing): Promise<void> {
  for (const [index, release] of run.releases.entries()) {
    const workspace = run.workspaces[index];
    if (workspace === undefined) throw new Error(`release ${release.number} has no workspace`);
    const { number } = release;
    run.onEvent({ type: "release-started", release: number, workspace: workspace.folder });
    const played = await playRelease({ run, number, environment, workspace, hearing });
    release.played = { ...played, requests: await run.requests.since() };
    judge(run, release);
    // The next release is announced on the ground that this one should have left.
    const isLast = index === run.releases.length - 1 || release.deviations.length > 0;
    if (isLast) await finishRequests(run, release);
    run.onEvent({
      type: "release-ended",
      release: { ...played.release, requests: release.played.requests },
      deviations: release.deviations,
    });
    if (isLast) return;
  }
}

function judge({ document }: Run, release: AnnouncedRelease): void {
  if (release.played === null) return;
  const { release: result, requests } = release.played;
  release.deviations = [
    ...findDeviations(release, { ...result, requests }, document.migrateStep),
    ...(release.played.promotion?.deviations ?? []),
  ];
}

/** The client goes on until it has sent enough; what it sends then belongs to the last release. */
async function finishRequests(run: Run, release: AnnouncedRelease): Promise<void> {
  const enough = release.deviations.length === 0 ? run.minimumRequests : 0;
  await run.requests.finish(enough, run.signal);
  if (release.played === null) return;
  release.played.requests = add(release.played.requests, await run.requests.since());
  judge(run, release);
}

function add(a: RequestCounts, b: RequestCounts): RequestCounts {
  return { served: a.served + b.served, failed: a.failed + b.failed };
}
