import { describe, expect, it } from "vitest";

import { deployStep } from "../../components/build/deploy";
import { type Answer, linesOf, runScript } from "./helpers/bash";
import { BUILD_ID, COMMIT_SHA, DIGEST } from "./helpers/cloudBuild";
import { releaseOptions } from "./helpers/options";

const step = deployStep(releaseOptions());
const files = { ".release/image": `${DIGEST}\n` };

const TARGETS = "csv[no-heading](status.traffic.revisionName,status.traffic.percent)";
const traffic = (lines: string): Answer => ({ to: TARGETS, stdout: lines });
const update: Answer = { to: "gcloud run services update shop" };
const latest: Answer = {
  to: "status.latestCreatedRevisionName",
  stdout: "shop-00001-xyz\n",
  times: 1,
};
const created: Answer = { to: "status.latestCreatedRevisionName", stdout: "shop-00002-abc\n" };
const label = (build: string): Answer => ({ to: "metadata.labels.build-id", stdout: `${build}\n` });
const containers = (lines: string): Answer => ({ to: "spec.containers[]", stdout: lines });
const conditions = (ready: string, times?: number): Answer => ({
  to: "status.conditions[]",
  stdout: `Active,Unknown\nReady,${ready}\nContainerHealthy,True\n`,
  ...(times === undefined ? {} : { times }),
});

const before = [latest, traffic("shop-00001-xyz,100\n")];
const ours = [created, label(BUILD_ID), containers(`app,${DIGEST}\ncloud-sql-proxy,p:1\n`)];
const updates = (lines: string[]): string[] =>
  lines.filter((line) => line.startsWith("run services update "));

describe("deploy", () => {
  it("makes a revision without traffic and proves that it is this release's", async () => {
    const outcome = await runScript(step, [...before, update, ...ours, conditions("True")], {
      files,
    });
    expect(outcome.stderr).toBe("");
    expect(outcome.status).toBe(0);
    expect(updates(linesOf(outcome, "gcloud"))).toEqual([
      `run services update shop --region europe-west1 --no-traffic --update-labels build-id=${BUILD_ID},commit=${COMMIT_SHA} --quiet --container app --image ${DIGEST}`,
    ]);
    expect(outcome.file(".release/revision")).toBe("shop-00002-abc\n");
    expect(outcome.file(".release/serving")).toBe("shop-00001-xyz=100\n");
  });

  it("takes the last commit's label away when this build has no commit", async () => {
    const outcome = await runScript(step, [...before, update, ...ours, conditions("True")], {
      files,
      substitutions: { COMMIT_SHA: "" },
    });
    expect(outcome.status).toBe(0);
    expect(updates(linesOf(outcome, "gcloud"))).toEqual([
      `run services update shop --region europe-west1 --no-traffic --update-labels build-id=${BUILD_ID} --remove-labels commit --quiet --container app --image ${DIGEST}`,
    ]);
  });

  it("adds up the targets of one revision, and leaves out those without traffic", async () => {
    const lines =
      "shop-00001-xyz,60\nshop-00000-old,30\nshop-00001-xyz,10\nshop-00009-tag,\nshop-00008-nil,0\n";
    const outcome = await runScript(
      step,
      [latest, traffic(lines), update, ...ours, conditions("True")],
      { files },
    );
    expect(outcome.file(".release/serving")).toBe("shop-00001-xyz=70,shop-00000-old=30\n");
  });

  it("waits until the revision is ready", async () => {
    const outcome = await runScript(
      step,
      [...before, update, ...ours, conditions("Unknown", 3), conditions("True")],
      { files },
    );
    expect(outcome.status).toBe(0);
    expect(linesOf(outcome, "gcloud").filter((line) => line.includes("conditions"))).toHaveLength(
      4,
    );
  });

  it("moves traffic at once when told to", async () => {
    const immediately = deployStep(releaseOptions({ promotion: { promotion: "Immediately" } }));
    const outcome = await runScript(immediately, [...before, update, ...ours, conditions("True")], {
      files,
    });
    expect(outcome.status).toBe(0);
    expect(updates(linesOf(outcome, "gcloud"))[0]).not.toContain("--no-traffic");
  });

  it("gives the revision an address for the user's own verification", async () => {
    const verified = deployStep(
      releaseOptions({ promotion: { promotion: "AfterProbe", verifyCommand: ["verify"] } }),
    );
    const outcome = await runScript(
      verified,
      [
        ...before,
        update,
        ...ours,
        conditions("True"),
        { to: "gcloud run services update-traffic" },
        {
          to: "status.traffic.tag",
          stdout: ",\ncandidate,https://candidate---shop-x.a.run.app\n",
        },
      ],
      { files },
    );
    expect(outcome.stderr).toBe("");
    expect(outcome.status).toBe(0);
    expect(linesOf(outcome, "gcloud")).toContain(
      "run services update-traffic shop --region europe-west1 --update-tags candidate=shop-00002-abc --quiet",
    );
    expect(outcome.file(".release/url")).toBe("https://candidate---shop-x.a.run.app\n");
  });

  describe("when a permission is missing", () => {
    const denied: Answer = { ...update, status: 1, stderr: "ERROR: PERMISSION_DENIED: 403\n" };
    const unchanged: Answer = { ...latest, times: 4 };

    it("retries while no revision has been made", async () => {
      const outcome = await runScript(
        step,
        [unchanged, traffic("shop-00001-xyz,100\n"), { ...denied, times: 3 }, update]
          .concat(ours)
          .concat(conditions("True")),
        { files },
      );
      expect(outcome.status).toBe(0);
      expect(updates(linesOf(outcome, "gcloud"))).toHaveLength(4);
    });

    it.each<[string, Answer]>([
      ["a revision was made", created],
      ["it cannot be known", { ...created, stdout: "", stderr: "unavailable\n", status: 1 }],
    ])("does not make a second revision when %s", async (_, answer) => {
      const outcome = await runScript(step, [...before, denied, answer], { files });
      expect(outcome.status).toBe(1);
      expect(updates(linesOf(outcome, "gcloud"))).toHaveLength(1);
    });
  });

  it("does not say that traffic is as it was when it moves with the deployment", async () => {
    const immediately = deployStep(releaseOptions({ promotion: { promotion: "Immediately" } }));
    const outcome = await runScript(
      immediately,
      [...before, update, created, label("another-build")],
      { files },
    );
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toBe(
      "error: another writer created shop-00002-abc; serving before: shop-00001-xyz=100\n",
    );
  });

  describe("fails", () => {
    const unchanged = "traffic is as it was: shop-00001-xyz=100\n";

    it.each<[string, Answer[], string]>([
      [
        "when another writer made the latest revision",
        [created, label("another-build")],
        `error: another writer created shop-00002-abc; ${unchanged}`,
      ],
      [
        "when the revision runs another image",
        [created, label(BUILD_ID), containers(`app,other@sha256:1\ncloud-sql-proxy,${DIGEST}\n`)],
        `error: revision shop-00002-abc does not run ${DIGEST}; ${unchanged}`,
      ],
      [
        "when the revision never becomes ready",
        [...ours, conditions("False")],
        `error: revision shop-00002-abc is not ready; ${unchanged}`,
      ],
      [
        "when no revision is named",
        [{ ...created, stdout: "\n" }],
        "error: service shop names no latest revision\n",
      ],
    ])("%s", async (_, answers, message) => {
      const outcome = await runScript(step, [...before, update, ...answers], { files });
      expect(outcome.status).toBe(1);
      expect(outcome.stderr).toBe(message);
      expect(outcome.file(".release/revision")).toBeNull();
    });

    it("when the update fails", async () => {
      const outcome = await runScript(
        step,
        [...before, { ...update, status: 1, stderr: "ERROR: Revision is not ready\n" }],
        { files },
      );
      expect(outcome.status).toBe(1);
      expect(updates(linesOf(outcome, "gcloud"))).toHaveLength(1);
    });

    it("when what serves cannot be read, before anything is changed", async () => {
      const outcome = await runScript(
        step,
        [latest, { to: TARGETS, status: 1, stderr: "unavailable\n" }],
        { files },
      );
      expect(outcome.status).toBe(1);
      expect(updates(linesOf(outcome, "gcloud"))).toEqual([]);
    });

    it("when the service does not exist", async () => {
      const outcome = await runScript(
        step,
        [{ to: "gcloud run services describe", status: 1, stderr: "Cannot find service [shop]\n" }],
        { files },
      );
      expect(outcome.status).toBe(1);
      expect(outcome.calls).toHaveLength(1);
    });
  });
});
