import type { SchemaState } from "../migrate";

/** How one step of a build ended. */
export interface StepResult {
  id: string;
  status: "succeeded" | "failed" | "timed-out" | "not-run";
  /** Null when the step did not run or was stopped. */
  exitCode: number | null;
  durationMs: number;
}

/** A worker pool before and after a release. */
export interface WorkerResult {
  name: string;
  /** Instances that it is to have. */
  instances: number;
  /** Instances that run. */
  alive: { before: number; after: number };
  /** `sha256:…` of its image; null while it has none of ours. */
  imageDigest: { before: string | null; after: string | null };
}

/** Answers that the client counted. */
export interface RequestCounts {
  /** Answered with 2xx. */
  served: number;
  /** Another status, a broken connection or no answer in time. */
  failed: number;
}

/** One release, from its build's first step to its last. */
export interface ReleaseResult {
  number: number;
  /** Hash of the workspace, 40 hexadecimal digits. */
  commit: string;
  /**
   * Where the build leaves traffic to somebody, `released` says that what it printed for them has
   * succeeded; `serving`, `workers` and `requests` are those after it.
   */
  outcome: "released" | "failed" | "superseded";
  failedStep: string | null;
  error: string | null;
  /** `sha256:…` of the image that was pushed. */
  imageDigest: string | null;
  /** The revision that this release made. */
  revision: string | null;
  /** The revisions that received traffic. */
  serving: { before: string | null; after: string | null };
  schema: { before: SchemaState; after: SchemaState };
  /** Worker pools of the environment; a worker that is a job runs when somebody executes it. */
  workers: WorkerResult[];
  /** The backup that was taken before the migration; null when none was. */
  backup: { id: string; recoveryTime: string } | null;
  steps: StepResult[];
  /** From this release's start to the next one's. */
  requests: RequestCounts;
}

/** The document that `npm start -- --json` prints: a stable contract. */
export interface RehearsalResult {
  formatVersion: 1;
  command: "start";
  releases: ReleaseResult[];
  requests: RequestCounts;
  /** The whole rehearsal, clean-up included. */
  durationMs: number;
  /** What was still there after the clean-up. */
  leftovers: { processes: number; folders: number };
  /** Every release ended as announced, no request failed, nothing is left. */
  ok: boolean;
}

/** A property of a release document, and whether it has it. */
export interface ReleaseProperty {
  id: string;
  holds: boolean;
  why: string;
}

/** A place where a step ran, relative to the release's start, for the timeline. */
export interface StepSpan {
  id: string;
  startMs: number;
  endMs: number;
}

/** A variable or name that was given another value because things listen elsewhere here. */
export interface Rewrite {
  /** Where it was set: a step's ID, a job or a revision. */
  where: string;
  name: string;
  from: string;
  to: string;
}

/** What was done by hand after a build that leaves traffic alone. */
export interface Promotion {
  /** The command lines that the build had printed, in their order. */
  lines: string[];
  /** Why one of them failed. */
  error: string | null;
  /** Where the build did not leave things as a release without traffic should. */
  deviations: string[];
}

/** What people read besides the result: never part of the JSON contract. */
export interface RehearsalDetails {
  /** `render` or the file's name. */
  documentSource: string;
  /** The text of the document that ran. */
  documentText: string;
  endpoint: string;
  /** What each release was announced to do, and where it did not. */
  announcements: { number: number; title: string; deviations: string[] }[];
  /** Deviations of the run as a whole. */
  deviations: string[];
  /** Violations of the release rules in the document. */
  findings: string[];
  properties: ReleaseProperty[];
  /** Properties of our own document, for comparison; empty when ours is the one that ran. */
  ownProperties: ReleaseProperty[];
  rewrites: Rewrite[];
  /** What is emulated, not executed, or chosen for the caller. */
  notes: string[];
  /** Per release, in order. */
  timelines: StepSpan[][];
  /** Per release, in order; null where the build itself routed traffic or failed. */
  promotions: (Promotion | null)[];
  /** The first failed requests, for a person to read. */
  failedRequests: string[];
  /** Requests a second, over the time that the client ran; null when it did not. */
  requestRate: number | null;
}

/** A finished rehearsal. */
export interface Rehearsal {
  result: RehearsalResult;
  details: RehearsalDetails;
}
