import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RehearsalResult } from "../../rehearsal/result";
import { start, startJson } from "./start";

const STEPS = ["guard", "build", "push", "check", "migrate", "deploy", "promote"];

describe("npm start", () => {
  const folder = mkdtempSync(join(tmpdir(), "report-"));
  const page = join(folder, "page.html");
  let exitCode: number | null;
  let result: RehearsalResult;
  let stdout: string;
  let stderr: string;

  beforeAll(async () => {
    ({ exitCode, result, stdout, stderr } = await startJson("--report", page));
  }, 240_000);
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it("ends as announced, within a minute, and leaves nothing", () => {
    expect(stderr).not.toContain("not as announced");
    expect(exitCode).toBe(0);
    expect(result.ok).toBe(true);
    expect(result.durationMs).toBeLessThan(60_000);
    expect(result.leftovers).toEqual({ processes: 0, folders: 0 });
  });

  it("prints exactly the document of the contract", () => {
    expect(stdout).toBe(`${JSON.stringify(result, null, 2)}\n`);
    expect(Object.keys(result)).toEqual([
      "formatVersion",
      "command",
      "releases",
      "requests",
      "durationMs",
      "leftovers",
      "ok",
    ]);
    expect(result).toMatchObject({ formatVersion: 1, command: "start" });
    for (const release of result.releases) {
      expect(Object.keys(release)).toEqual([
        "number",
        "commit",
        "outcome",
        "failedStep",
        "error",
        "imageDigest",
        "revision",
        "serving",
        "schema",
        "workers",
        "backup",
        "steps",
        "requests",
      ]);
      expect(release.commit).toMatch(/^[0-9a-f]{40}$/);
      expect(release.imageDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(release.schema.after.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(release.steps.map(({ id }) => id)).toEqual(STEPS);
      for (const step of release.steps) {
        expect(Object.keys(step)).toEqual(["id", "status", "exitCode", "durationMs"]);
        expect(Number.isInteger(step.durationMs)).toBe(true);
      }
    }
  });

  it("releases from zero", () => {
    const [first] = result.releases;
    expect(first).toMatchObject({
      number: 1,
      outcome: "released",
      failedStep: null,
      error: null,
      schema: {
        before: { version: null },
        after: { version: "20260323090000000_validate_order_total" },
      },
    });
    expect(first!.serving.after).toBe(first!.revision);
    expect(
      first!.steps.every(({ status, exitCode }) => status === "succeeded" && exitCode === 0),
    ).toBe(true);
  });

  it("stops a release whose migration fails: nothing of the schema changed, the old one serves", () => {
    const [first, second] = result.releases;
    expect(second).toMatchObject({
      number: 2,
      outcome: "failed",
      failedStep: "migrate",
      revision: null,
      serving: { before: first!.revision, after: first!.revision },
      requests: { failed: 0 },
    });
    expect(second!.schema.before).toEqual(first!.schema.after);
    expect(second!.schema.after).toEqual(second!.schema.before);
    expect(second!.error).toContain("rehearsal_notes_release_key");
    expect(second!.steps.map(({ status }) => status)).toEqual([
      "succeeded",
      "succeeded",
      "succeeded",
      "succeeded",
      "failed",
      "not-run",
      "not-run",
    ]);
  });

  it("releases the corrected one", () => {
    const [first, second, third] = result.releases;
    expect(third).toMatchObject({
      number: 3,
      outcome: "released",
      failedStep: null,
      serving: { before: first!.revision, after: third!.revision },
      schema: { after: { version: "20260323090100000_rehearsal_notes" } },
    });
    expect(third!.schema.after.digest).not.toBe(second!.schema.after.digest);
    const digests = result.releases.map(({ imageDigest }) => imageDigest);
    expect(new Set(digests).size).toBe(3);
  });

  it("serves every request of a client that asks at least 50 times a second", () => {
    const { served, failed } = result.requests;
    expect(failed).toBe(0);
    expect(served).toBeGreaterThanOrEqual(500);
    const sum = result.releases.reduce((total, { requests }) => total + requests.served, 0);
    expect(sum).toBe(served);
    const second = result.releases[1]!;
    const durationMs = second.steps.reduce((total, step) => total + step.durationMs, 0);
    expect((second.requests.served * 1000) / durationMs).toBeGreaterThan(50);
  });

  it("tells its progress on stderr in plain lines", () => {
    expect(stderr).toMatch(
      /^\[ *\d+\.\d s\] steps: guard build push check migrate deploy promote$/m,
    );
    expect(stderr).toMatch(/release 2: migrate failed in \d+\.\d s$/m);
    expect(stderr).toMatch(/release 2: failed, as announced$/m);
    // eslint-disable-next-line no-control-regex
    expect(stderr).not.toMatch(/\u001B/);
  });

  it("writes a page that was drawn from what ran", () => {
    const html = readFileSync(page, "utf8");
    for (const id of STEPS) expect(html).toContain(`>${id}</text>`);
    for (const { revision } of result.releases) {
      if (revision !== null) expect(html).toContain(revision);
    }
    expect(html).toContain("failed, exit code");
    expect(html).not.toContain("[object Object]");
  });
});

describe("npm start with wrong flags", () => {
  it("says them all at once and does nothing", async () => {
    const run = start("--service", "/no/such/service", "--document", "/no/such.yaml", "--fast");
    const { exitCode, stdout } = await run.ended;
    expect(exitCode).toBe(1);
    expect(stdout).toBe("");
    expect(run.lines).toEqual([
      "invalid args",
      "  --fast: expected one of --json, --service, --migrations, --stack, --args, --document, --endpoint, --report, --help, got an unknown flag",
      '  --service: expected a folder, got "/no/such/service", which does not exist',
      '  --document: expected a file, got "/no/such.yaml", which does not exist',
    ]);
  });
});
