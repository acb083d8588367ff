import { mkdir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BuildRecord, BuildStatus, Cloud, CloudEvent } from "../cloud";
import type { Emit } from "../cloud/events";
import { excerpt } from "../cloud/excerpt";
import { BuildNetwork } from "../cloud/network";
import type { Build, Step } from "./build";
import { Mounts } from "./mounts";
import { parseBuild } from "./parseBuild";
import { type StepOutcome, type StopReason, isPassed, runSteps } from "./runSteps";
import { type BuildSite, containerNames, makeFolders } from "./stepPlan";
import { builtInValues, substitute } from "./substitute";

export interface PlayOptions {
  /** YAML or JSON text. */
  document: string;

  /** Folder of the sources: it is `/workspace`, and steps write into it. */
  workspace: string;

  cloud: Cloud;

  /**
   * What the trigger knows: COMMIT_SHA, BRANCH_NAME, …, and `_NAME`s, which win over the document's.
   *
   * @default - none
   */
  substitutions?: Record<string, string>;

  /** @default - the cloud's own listener */
  onEvent?: (event: CloudEvent) => void;

  /** Cancels the build: every process of it is ended. */
  signal?: AbortSignal;
}

/** How a build ended. */
export interface BuildOutcome {
  buildId: string;
  status: "succeeded" | "failed" | "timed-out" | "cancelled";
  /** The step that ended the build. */
  failedStep: string | null;
  /** Why it did not succeed, with the last lines of the step's log. */
  error: string | null;
  durationMs: number;
  steps: StepOutcome[];
  /** Digest of the image that serves: the first of `images`, else the last that was pushed. */
  imageDigest: string | null;
  /** Everything that the build pushed, in order. */
  images: { name: string; digest: string }[];
  /** What a person should know: names without value. */
  warnings: string[];
}

const STATUS: Record<BuildOutcome["status"], BuildStatus> = {
  succeeded: "SUCCESS",
  failed: "FAILURE",
  "timed-out": "TIMEOUT",
  cancelled: "CANCELLED",
};

/**
 * Plays a Cloud Build document. Throws a DocumentError for one that Cloud Build would refuse;
 * everything that fails later is in the outcome.
 */
export async function playBuild(options: PlayOptions): Promise<BuildOutcome> {
  const { cloud } = options;
  const { platform, builds } = cloud;
  const parsed = parseBuild(options.document);
  const record = builds.create([], [], {});
  const given = { ...parsed.substitutions, ...options.substitutions };
  const place = { id: record.id, project: platform.project, region: platform.region };
  const values = builtInValues(place, given);
  const { build, missing } = substitute(parsed, values);
  Object.assign(record, { tags: build.tags, images: build.images, substitutions: values });
  const emit: Emit = (event) => {
    if (options.onEvent === undefined) platform.emit(event);
    else options.onEvent({ at: Date.now(), ...event });
  };
  const started = Date.now();
  const pushed = platform.registry.pushes.length;
  builds.start(record);
  emit({ type: "build-started", build: record.id });
  const result = await playSteps(options, build, values, record, emit);
  const pushes = platform.registry.pushes.slice(pushed);
  record.results = { images: pushes };
  builds.finish(record, STATUS[result.status]);
  emit({ type: "build-ended", build: record.id, status: result.status });
  return {
    buildId: record.id,
    ...result,
    durationMs: Date.now() - started,
    imageDigest: servingDigest(build, pushes),
    images: pushes,
    warnings: missing.map((name) => `$${name} has no value and is empty`),
  };
}

/** A second image, which only migrates, is pushed beside it. */
function servingDigest(
  { images: [first] }: Build,
  pushes: readonly { name: string; digest: string }[],
): string | null {
  const own = pushes.filter(({ name }) => name === first);
  return (own.at(-1) ?? pushes.at(-1))?.digest ?? null;
}

/** A pool that is not the environment's own is somebody's who has peered it. */
function isInNetwork({ platform }: Cloud, { workerPool }: Build): boolean {
  return workerPool !== null && (platform.pools.get(workerPool) ?? true);
}

type Result = Pick<BuildOutcome, "status" | "failedStep" | "error" | "steps">;

async function playSteps(
  options: PlayOptions,
  build: Build,
  values: Record<string, string>,
  record: BuildRecord,
  emit: Emit,
): Promise<Result> {
  const { platform } = options.cloud;
  const network = new BuildNetwork(isInNetwork(options.cloud, build));
  const folder = join(platform.folder, "builds", record.id);
  await mkdir(folder, { recursive: true });
  const stop = new AbortController();
  const cancel = (): void => {
    stop.abort("cancelled");
  };
  options.signal?.addEventListener("abort", cancel, { once: true });
  if (options.signal?.aborted === true) cancel();
  const timer = setTimeout(() => {
    stop.abort("timed-out");
  }, build.timeoutMs);
  try {
    const site = await openSite(options, build, values, folder, network);
    await makeFolders(site);
    const steps = await runSteps(site, emit, stop, record.id);
    return conclude(options.cloud, build, steps, stop.signal);
  } catch (error) {
    const message = platform.redactor.redact(
      error instanceof Error ? error.message : String(error),
    );
    const steps = build.steps.map(({ id }) => ({ id, ...NOT_RUN }));
    return { status: "failed", failedStep: null, error: message, steps };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", cancel);
    await network.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

const NOT_RUN = { status: "not-run" as const, exitCode: null, durationMs: 0, log: [] };

async function openSite(
  { cloud, workspace }: PlayOptions,
  build: Build,
  values: Record<string, string>,
  folder: string,
  network: BuildNetwork,
): Promise<BuildSite> {
  const real = await realpath(workspace);
  for (const name of containerNames(build)) await network.reserve(name);
  const used = new Set([...build.secretEnv, ...build.steps.flatMap((step) => step.secretEnv)]);
  const secrets = new Map(
    [...build.secrets]
      .filter(([name]) => used.has(name))
      .map(([name, version]) => [name, cloud.platform.secrets.accessByName(version)]),
  );
  return {
    cloud,
    build,
    workspace: real,
    folder,
    network,
    values,
    secrets,
    mountsOf: ({ volumes }) =>
      new Mounts({
        "/workspace": real,
        "/builder/home": cloud.platform.home,
        "/builder/outputs": join(folder, "outputs"),
        ...Object.fromEntries(
          [...build.volumes, ...volumes].map(({ name, path }) => [
            path,
            join(folder, "volumes", name),
          ]),
        ),
      }),
  };
}

/** Pushes `images`, as Cloud Build does after the last step, and says how the build ended. */
function conclude(cloud: Cloud, build: Build, steps: StepOutcome[], stopped: AbortSignal): Result {
  if (stopped.aborted) {
    const reason = stopped.reason as StopReason;
    const culprit = steps.find(
      (outcome, index) => outcome.status === reason && !isAllowed(build.steps[index], outcome),
    );
    return {
      status: reason,
      failedStep: culprit?.id ?? null,
      error: errorOf(culprit, reason),
      steps,
    };
  }
  for (const image of build.images) {
    if (cloud.platform.registry.push(image) !== null) continue;
    const error = `images: could not find image ${image}, which no step has built`;
    return { status: "failed", failedStep: null, error, steps };
  }
  return { status: "succeeded", failedStep: null, error: null, steps };
}

function isAllowed(step: Step | undefined, outcome: StepOutcome): boolean {
  return step !== undefined && isPassed(step, outcome);
}

function errorOf(step: StepOutcome | undefined, reason: StopReason): string {
  if (reason === "cancelled") return "the build was cancelled";
  if (step === undefined) return "the build took longer than its timeout";
  const how =
    reason === "timed-out"
      ? "took longer than its timeout"
      : step.exitCode === null
        ? "could not be started"
        : `ended with exit code ${step.exitCode}`;
  const log = excerpt(step.log, 15).map((line) => `\n  ${line}`);
  return `step ${step.id} ${how}${log.join("")}`;
}
