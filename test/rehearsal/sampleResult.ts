import type { Rehearsal, ReleaseResult } from "../../rehearsal/result";

const step = (id: string, durationMs: number) =>
  ({ id, status: "succeeded", exitCode: 0, durationMs }) as const;

const empty = { version: null, digest: "sha256:0" };
const first = { version: "2_orders", digest: "sha256:1" };
const last = { version: "3_notes", digest: "sha256:2" };

export const firstRelease: ReleaseResult = {
  number: 1,
  commit: "1".repeat(40),
  outcome: "released",
  failedStep: null,
  error: null,
  imageDigest: `sha256:${"a".repeat(64)}`,
  revision: "shop-00002-abc",
  serving: { before: null, after: "shop-00002-abc" },
  schema: { before: empty, after: first },
  workers: [],
  backup: null,
  steps: [step("build", 1200), step("migrate", 2300), step("promote", 400)],
  requests: { served: 40, failed: 0 },
};

export const failedRelease: ReleaseResult = {
  number: 2,
  commit: "2".repeat(40),
  outcome: "failed",
  failedStep: "migrate",
  error: 'could not create unique index "notes_key"\nKey (release)=(1) is duplicated.',
  imageDigest: `sha256:${"b".repeat(64)}`,
  revision: null,
  serving: { before: "shop-00002-abc", after: "shop-00002-abc" },
  schema: { before: first, after: first },
  workers: [],
  backup: null,
  steps: [
    step("build", 900),
    { id: "migrate", status: "failed", exitCode: 1, durationMs: 1100 },
    { id: "promote", status: "not-run", exitCode: null, durationMs: 0 },
  ],
  requests: { served: 230, failed: 0 },
};

export const lastRelease: ReleaseResult = {
  ...firstRelease,
  number: 3,
  commit: "3".repeat(40),
  imageDigest: `sha256:${"c".repeat(64)}`,
  revision: "shop-00004-def",
  serving: { before: "shop-00002-abc", after: "shop-00004-def" },
  schema: { before: first, after: last },
  requests: { served: 330, failed: 0 },
};

/** A rehearsal that went as announced. */
export const sample: Rehearsal = {
  result: {
    formatVersion: 1,
    command: "start",
    releases: [firstRelease, failedRelease, lastRelease],
    requests: { served: 600, failed: 0 },
    durationMs: 15_400,
    leftovers: { processes: 0, folders: 0 },
    ok: true,
  },
  details: {
    documentSource: "the rendered document",
    documentText: "steps:\n  - id: build\n",
    endpoint: "/products",
    announcements: [
      { number: 1, title: "from zero", deviations: [] },
      { number: 2, title: "a migration fails", deviations: [] },
      { number: 3, title: "corrected", deviations: [] },
    ],
    deviations: [],
    findings: [],
    properties: [{ id: "pinned-secrets", holds: true, why: "latest changes under a revision" }],
    ownProperties: [],
    rewrites: [{ where: "revision", name: "PORT", from: "8080", to: "40001" }],
    notes: ["RUN lines are not executed"],
    timelines: [
      [
        { id: "build", startMs: 0, endMs: 1200 },
        { id: "migrate", startMs: 1200, endMs: 3500 },
        { id: "promote", startMs: 3500, endMs: 3900 },
      ],
      [
        { id: "build", startMs: 0, endMs: 900 },
        { id: "migrate", startMs: 900, endMs: 2000 },
      ],
      [],
    ],
    promotions: [null, null, null],
    failedRequests: [],
    requestRate: 99,
  },
};
