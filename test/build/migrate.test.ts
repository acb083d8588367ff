import { describe, expect, it } from "vitest";

import { migrateJobStep } from "../../components/build/migrate";
import type { CloudRunJobReach } from "../../components/build/options";
import { rolesExecutionStep } from "../../components/build/roles";
import { type Answer, linesOf, runScript } from "./helpers/bash";
import { BUILD_ID, COMMIT_SHA, DIGEST } from "./helpers/cloudBuild";
import { backup, jobReach, migrationImage, nodePgMigrate, releaseOptions } from "./helpers/options";

const options = releaseOptions();
const step = migrateJobStep(options, jobReach as CloudRunJobReach, "check");
const files = { ".release/image": `${DIGEST}\n` };
const other = DIGEST.replace(/5/g, "6");

const left = (line: string, times?: number): Answer => ({
  to: "status.latestCreatedExecution.completionTimestamp",
  stdout: `${line}\n`,
  ...(times === undefined ? {} : { times }),
});
const ENDED = "shop-migrate-a1,2026-11-22T10:00:00Z";
const update: Answer = { to: "gcloud run jobs update" };
const configured = (image: string): Answer => ({
  to: "spec.template.spec.template.spec.containers[0].image",
  stdout: `${image}\n`,
});
const latest = (name: string, times?: number): Answer => ({
  to: "value(status.latestCreatedExecution.name)",
  stdout: `${name}\n`,
  ...(times === undefined ? {} : { times }),
});
const execute: Answer = { to: "gcloud run jobs execute", stdout: "shop-migrate-b2\n" };
const executed = (image: string): Answer => ({
  to: "gcloud run jobs executions describe shop-migrate-b2",
  stdout: `${image}\n`,
});
const executions = (calls: string[]): string[] =>
  calls.filter((line) => line.startsWith("run jobs execute "));

describe("migrate by a job", () => {
  it("gives the job the image that only migrates, when there is one", async () => {
    const ours = `${migrationImage.image}@sha256:${"7".repeat(64)}`;
    const outcome = await runScript(
      migrateJobStep(releaseOptions({ migrationImage }), jobReach as CloudRunJobReach, "check"),
      [left(ENDED), update, configured(ours), latest("shop-migrate-a1"), execute, executed(ours)],
      { files: { ...files, ".release/migration-image": `${ours}\n` } },
    );
    expect(outcome.stderr).toBe("");
    expect(outcome.stdout).toBe(`migrated by shop-migrate-b2 with ${ours}\n`);
    const lines = linesOf(outcome, "gcloud");
    expect(lines.filter((line) => line.includes("--image"))).toEqual([
      `run jobs update shop-migrate --region europe-west1 --image ${ours} --quiet`,
    ]);
    expect(executions(lines)[0]).toContain(`IMAGE=${ours}`);
  });

  it("gives the job this build's image, runs it once and proves what ran", async () => {
    const outcome = await runScript(
      step,
      [
        left(ENDED),
        update,
        configured(DIGEST),
        latest("shop-migrate-a1"),
        execute,
        executed(DIGEST),
      ],
      { files },
    );
    expect(outcome.stderr).toBe("");
    expect(outcome.status).toBe(0);
    expect(outcome.stdout).toBe(`migrated by shop-migrate-b2 with ${DIGEST}\n`);
    expect(linesOf(outcome, "gcloud")).toEqual([
      "run jobs describe shop-migrate --region europe-west1 --format csv[no-heading](status.latestCreatedExecution.name,status.latestCreatedExecution.completionTimestamp)",
      `run jobs update shop-migrate --region europe-west1 --image ${DIGEST} --quiet`,
      "run jobs describe shop-migrate --region europe-west1 --format value(spec.template.spec.template.spec.containers[0].image)",
      "run jobs describe shop-migrate --region europe-west1 --format value(status.latestCreatedExecution.name)",
      `run jobs execute shop-migrate --region europe-west1 --wait --update-env-vars BUILD_ID=${BUILD_ID},COMMIT_SHA=${COMMIT_SHA},IMAGE=${DIGEST} --format value(metadata.name)`,
      "run jobs executions describe shop-migrate-b2 --region europe-west1 --format value(spec.template.spec.containers[0].image)",
    ]);
  });

  it("runs without a commit, as in a build started by hand", async () => {
    const outcome = await runScript(
      step,
      [left(ENDED), update, configured(DIGEST), latest(""), execute, executed(DIGEST)],
      { files, substitutions: { COMMIT_SHA: "" } },
    );
    expect(outcome.status).toBe(0);
    expect(executions(linesOf(outcome, "gcloud"))[0]).toContain(`,COMMIT_SHA=,IMAGE=${DIGEST}`);
  });

  it("runs nothing when another writer changed the job's image", async () => {
    const outcome = await runScript(step, [left(ENDED), update, configured(other)], { files });
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toBe(
      `error: another writer gave job shop-migrate the image ${other}; nothing was run\n`,
    );
    expect(executions(linesOf(outcome, "gcloud"))).toEqual([]);
  });

  it("fails when another image was executed", async () => {
    const outcome = await runScript(
      step,
      [
        left(ENDED),
        update,
        configured(DIGEST),
        latest("shop-migrate-a1"),
        execute,
        executed(other),
      ],
      { files },
    );
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain(`error: execution shop-migrate-b2 ran ${other}, expected`);
  });

  it("fails when the migration fails, and does not run it again", async () => {
    const outcome = await runScript(
      step,
      [
        left(ENDED),
        update,
        configured(DIGEST),
        latest("shop-migrate-a1", 1),
        latest("shop-migrate-b2"),
        { to: "gcloud run jobs execute", stderr: "ERROR: The execution failed.\n", status: 1 },
      ],
      { files },
    );
    expect(outcome.status).toBe(1);
    expect(executions(linesOf(outcome, "gcloud"))).toHaveLength(1);
    expect(outcome.stderr).toContain(
      "error: job shop-migrate failed; see: gcloud run jobs executions describe shop-migrate-b2 --region europe-west1\n",
    );
  });

  describe("when a cancelled build left an execution behind", () => {
    const rest = [update, configured(DIGEST), latest("shop-migrate-a1"), execute, executed(DIGEST)];

    it("waits for its end before it changes the job", async () => {
      const answers = [left("shop-migrate-a1,", 2), left(ENDED), ...rest];
      const outcome = await runScript(step, answers, { files });
      expect(outcome.status).toBe(0);
      expect(outcome.stdout.split("waiting for execution shop-migrate-a1,")).toHaveLength(3);
      expect(outcome.stdout).toContain(
        "gcloud run jobs executions cancel shop-migrate-a1 --region europe-west1\n",
      );
      expect(linesOf(outcome, "gcloud").findIndex((line) => line.includes("jobs update"))).toBe(3);
    });

    it("waits for nothing where the job has never run", async () => {
      const outcome = await runScript(step, [left(","), ...rest], { files });
      expect(outcome.status).toBe(0);
      expect(outcome.stdout).not.toContain("waiting");
    });

    it("goes on after the time that a migration may take", async () => {
      const outcome = await runScript(step, [left("shop-migrate-a1,"), ...rest], {
        files,
        env: { WAIT_SECONDS: "1" },
      });
      expect(outcome.status).toBe(0);
      expect(outcome.stderr).toBe(
        "warning: execution shop-migrate-a1 has not ended after 1 s; going on beside it\n",
      );
    });

    it("changes nothing when it cannot be known", async () => {
      const answers = [{ ...left(""), status: 1, stderr: "unavailable\n" }];
      const outcome = await runScript(step, answers, { files });
      expect(outcome.status).toBe(1);
      expect(outcome.calls).toHaveLength(1);
    });

    it("has time for it beside its own migration, for an hour at most", () => {
      const timeout = (migrationSeconds: number): string | undefined => {
        const timeouts = { ...options.timeouts, migrationSeconds };
        const reach = jobReach as CloudRunJobReach;
        return migrateJobStep({ ...options, timeouts }, reach, "check").timeout;
      };
      expect(timeout(1200)).toBe("3000s");
      expect(timeout(43200)).toBe("47400s");
    });
  });

  describe("with a backup before destructive migrations", () => {
    const withBackup = migrateJobStep(
      releaseOptions({ migration: { ...nodePgMigrate, backup } }),
      jobReach as CloudRunJobReach,
      "check",
    );
    const list: Answer = { to: "gcloud sql backups list --instance shop-1a2b3c4d" };
    const taken: Answer = { ...list, stdout: "1763800000000,2026-11-22T10:00:00.123Z\n" };
    const before = [left(ENDED), update, configured(DIGEST)];
    const rest = [...before, latest("shop-migrate-a1"), execute];
    const said =
      "backup 1763800000000 was taken before this migration; it has the data of 2026-11-22T10:00:00.123Z\n";
    const hint =
      "; backup 1763800000000 has the data of 2026-11-22T10:00:00.123Z, before this migration\n";
    const failing = [
      ...before,
      latest("shop-migrate-a1", 1),
      latest("shop-migrate-b2"),
      { to: "gcloud run jobs execute", stderr: "ERROR: The execution failed.\n", status: 1 },
    ];

    it("names the backup and leaves it to later steps", async () => {
      const outcome = await runScript(withBackup, [...rest, executed(DIGEST), taken], { files });
      expect(outcome.stderr).toBe("");
      expect(outcome.stdout).toBe(`${said}migrated by shop-migrate-b2 with ${DIGEST}\n`);
      expect(outcome.file(".release/backup")).toBe("1763800000000,2026-11-22T10:00:00.123Z\n");
      expect(linesOf(outcome, "gcloud").at(-2)).toContain(
        `description="cloud-run-migrations build ${BUILD_ID}"`,
      );
    });

    it("names it when the migration fails", async () => {
      const outcome = await runScript(withBackup, [...failing, taken], { files });
      expect(outcome.status).toBe(1);
      expect(outcome.stdout).toBe(said);
      expect(outcome.stderr.endsWith(`shop-migrate-b2 --region europe-west1${hint}`)).toBe(true);
      expect(outcome.file(".release/backup")).toBe("1763800000000,2026-11-22T10:00:00.123Z\n");
    });

    it("names it when another image has migrated", async () => {
      const outcome = await runScript(withBackup, [...rest, executed(other), taken], { files });
      expect(outcome.stderr.endsWith(`by another image${hint}`)).toBe(true);
    });

    it("says nothing when none was taken", async () => {
      const outcome = await runScript(withBackup, [...rest, executed(DIGEST), list], { files });
      expect(outcome.stderr).toBe("");
      expect(outcome.stdout).toBe(`migrated by shop-migrate-b2 with ${DIGEST}\n`);
      expect(outcome.file(".release/backup")).toBeNull();
    });

    it("does not fail when it cannot be looked up, and hides no failure then", async () => {
      const unknown: Answer = { ...list, status: 1, stderr: "ERROR: unavailable\n" };
      const good = await runScript(withBackup, [...rest, executed(DIGEST), unknown], { files });
      expect(good.status).toBe(0);
      expect(good.stderr).toContain("warning: the backup of this build could not be read; see: ");
      const bad = await runScript(withBackup, [...failing, unknown], { files });
      expect(bad.status).toBe(1);
      expect(bad.stderr).toContain("error: job shop-migrate failed");
    });

    it("looks for none when nothing ran", async () => {
      const denied: Answer = { to: "jobs execute", stderr: "ERROR: quota\n", status: 1 };
      const outcome = await runScript(withBackup, [...before, latest("shop-migrate-a1"), denied], {
        files,
      });
      expect(outcome.stderr).toContain("did not start; nothing was run\n");
      expect(linesOf(outcome, "gcloud").filter((line) => line.startsWith("sql"))).toEqual([]);
    });
  });

  describe("when a permission is missing", () => {
    const denied: Answer = {
      to: "gcloud run jobs execute",
      stderr: "ERROR: (gcloud.run.jobs.execute) PERMISSION_DENIED: run.jobs.run\n",
      status: 1,
    };

    it("retries while nothing has started", async () => {
      const outcome = await runScript(
        step,
        [
          left(ENDED),
          update,
          configured(DIGEST),
          latest("shop-migrate-a1"),
          { ...denied, times: 3 },
          execute,
          executed(DIGEST),
        ],
        { files },
      );
      expect(outcome.status).toBe(0);
      expect(executions(linesOf(outcome, "gcloud"))).toHaveLength(4);
    });

    it("retries the first execution that the job ever has", async () => {
      const outcome = await runScript(
        step,
        [
          left(ENDED),
          update,
          configured(DIGEST),
          latest(""),
          { ...denied, times: 1 },
          execute,
          executed(DIGEST),
        ],
        { files },
      );
      expect(outcome.status).toBe(0);
      expect(executions(linesOf(outcome, "gcloud"))).toHaveLength(2);
    });

    it("never starts a second migration when one has started", async () => {
      const outcome = await runScript(
        step,
        [left(ENDED), update, configured(DIGEST), latest("", 1), latest("shop-migrate-b2"), denied],
        { files },
      );
      expect(outcome.status).toBe(1);
      expect(executions(linesOf(outcome, "gcloud"))).toHaveLength(1);
    });

    it("never starts a second migration when it cannot be known whether one has started", async () => {
      const outcome = await runScript(
        step,
        [
          left(ENDED),
          update,
          configured(DIGEST),
          latest("", 1),
          { to: "value(status.latestCreatedExecution.name)", status: 1, stderr: "unavailable\n" },
          denied,
        ],
        { files },
      );
      expect(outcome.status).toBe(1);
      expect(executions(linesOf(outcome, "gcloud"))).toHaveLength(1);
    });

    it("gives up after two minutes and says that nothing ran", async () => {
      const outcome = await runScript(
        step,
        [left(ENDED), update, configured(DIGEST), latest("shop-migrate-a1"), denied],
        { files },
      );
      expect(outcome.status).toBe(1);
      expect(executions(linesOf(outcome, "gcloud"))).toHaveLength(13);
      expect(outcome.stderr).toContain("error: job shop-migrate did not start; nothing was run\n");
    });
  });

  it.each([
    ["", "error: .release/image: expected {image}@sha256:{digest}\n"],
    ["shop:latest\n", "error: .release/image: expected {image}@sha256:{digest}\n"],
  ])("fails without a digest (%j)", async (text, message) => {
    const outcome = await runScript(step, [], { files: { ".release/image": text } });
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toBe(message);
    expect(outcome.calls).toEqual([]);
  });

  it("fails when the job cannot be updated", async () => {
    const outcome = await runScript(
      step,
      [left(ENDED), { ...update, status: 1, stderr: "ERROR: Cannot find job [shop-migrate]\n" }],
      { files },
    );
    expect(outcome.status).toBe(1);
    expect(outcome.calls).toHaveLength(2);
  });
});

describe("roles by a job", () => {
  it.each(["prepare", "verify"] as const)("tells the job to %s", async (phase) => {
    const place = { id: `${phase}-roles` as const, waitFor: ["push"] };
    const outcome = await runScript(rolesExecutionStep(options, "shop-roles", phase, place), [
      latest("shop-roles-a1"),
      { to: "gcloud run jobs execute", stdout: "shop-roles-b2\n" },
    ]);
    expect(outcome.status).toBe(0);
    expect(executions(linesOf(outcome, "gcloud"))).toEqual([
      `run jobs execute shop-roles --region europe-west1 --wait --update-env-vars BUILD_ID=${BUILD_ID},ROLES_PHASE=${phase} --format value(metadata.name)`,
    ]);
  });

  it("fails when the job fails", async () => {
    const place = { id: "verify-roles" as const, waitFor: ["migrate"] };
    const outcome = await runScript(rolesExecutionStep(options, "shop-roles", "verify", place), [
      latest("shop-roles-a1", 1),
      latest("shop-roles-b2"),
      { to: "gcloud run jobs execute", status: 1, stderr: "ERROR: The execution failed.\n" },
    ]);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain("error: job shop-roles failed");
  });
});
