import { describe, expect, it } from "vitest";

import type { ReleaseOptions, ReleasePromotion } from "../../components/build/options";
import { promoteStep } from "../../components/build/promote";
import { type Answer, linesOf, type Outcome, runScript } from "./helpers/bash";
import { BUILD_ID, COMMIT_SHA, DIGEST } from "./helpers/cloudBuild";
import {
  afterProbe,
  backup,
  mailWorker,
  nodePgMigrate,
  releaseOptions,
  reportWorker,
} from "./helpers/options";

const files = {
  ".release/image": `${DIGEST}\n`,
  ".release/revision": "shop-00002-abc\n",
  ".release/serving": "shop-00001-xyz=100\n",
};
const latest = (revision: string): Answer => ({
  to: "status.latestCreatedRevisionName",
  stdout: `${revision}\n`,
});
const toLatest: Answer = { to: "--to-latest" };
const pin: Answer = { to: "--to-revisions" };
const serving = (lines: string): Answer => ({ to: "status.traffic[]", stdout: lines });

function promote(
  promotion: ReleasePromotion,
  answers: Answer[],
  options: { substitutions?: Record<string, string>; files?: Record<string, string> } = {},
): Promise<Outcome> {
  return runScript(promoteStep(releaseOptions({ promotion })), answers, { files, ...options });
}

const moves = (outcome: Outcome): string[] =>
  linesOf(outcome, "gcloud").filter((line) => line.startsWith("run services update-traffic"));

const record = (outcome: Outcome): unknown => JSON.parse(outcome.stdout.trim().split("\n").at(-1)!);

describe("promote after the probe", () => {
  it("routes to the latest revision, proves what serves and prints the release", async () => {
    const outcome = await promote(afterProbe, [
      latest("shop-00002-abc"),
      toLatest,
      serving("shop-00002-abc,100\nshop-00001-xyz,\n"),
    ]);
    expect(outcome.stderr).toBe("");
    expect(outcome.status).toBe(0);
    expect(moves(outcome)).toEqual([
      "run services update-traffic shop --region europe-west1 --to-latest --quiet",
    ]);
    expect(outcome.stdout.split("\n")).toHaveLength(2);
    expect(record(outcome)).toEqual({
      formatVersion: 1,
      command: "release",
      outcome: "released",
      service: "shop",
      region: "europe-west1",
      revision: "shop-00002-abc",
      image: DIGEST,
      commit: COMMIT_SHA,
      buildId: BUILD_ID,
      servingBefore: "shop-00001-xyz=100",
      serving: "shop-00002-abc=100",
      backupId: null,
      recoveryTime: null,
    });
  });

  it("writes null for a commit that is not known", async () => {
    const answers = [latest("shop-00002-abc"), toLatest, serving("shop-00002-abc,100\n")];
    const outcome = await promote(afterProbe, answers, { substitutions: { COMMIT_SHA: "" } });
    expect(record(outcome)).toMatchObject({ commit: null });
  });

  it("leaves traffic alone when another writer created the latest revision", async () => {
    const outcome = await promote(afterProbe, [latest("shop-00003-new")]);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toBe(
      "error: another writer created shop-00003-new after shop-00002-abc; traffic is untouched: shop-00001-xyz=100\n",
    );
    expect(moves(outcome)).toEqual([]);
  });

  it.each([
    ["another revision serves", "shop-00003-new,100\n", "shop-00003-new=100"],
    [
      "traffic is split",
      "shop-00002-abc,50\nshop-00003-new,50\n",
      "shop-00002-abc=50,shop-00003-new=50",
    ],
    ["nothing serves", "\n", "unknown"],
  ])("pins the revision that served before, by name, when %s", async (_, lines, now) => {
    const outcome = await promote(afterProbe, [
      latest("shop-00002-abc"),
      toLatest,
      pin,
      serving(lines),
    ]);
    expect(outcome.status).toBe(1);
    expect(moves(outcome)).toEqual([
      "run services update-traffic shop --region europe-west1 --to-latest --quiet",
      "run services update-traffic shop --region europe-west1 --to-revisions shop-00001-xyz=100 --quiet",
    ]);
    expect(outcome.stderr).toContain(
      `error: serving ${now}, expected shop-00002-abc=100; pinned shop-00001-xyz=100`,
    );
    expect(outcome.stdout).toBe("");
  });

  it("puts a split back as it was", async () => {
    const outcome = await promote(
      afterProbe,
      [latest("shop-00002-abc"), toLatest, pin, serving("shop-00003-new,100\n")],
      { files: { ...files, ".release/serving": "shop-00001-xyz=90,shop-00000-old=10\n" } },
    );
    expect(moves(outcome)[1]).toContain(
      "--to-revisions shop-00001-xyz=90,shop-00000-old=10 --quiet",
    );
  });

  it("pins also when routing fails or what serves cannot be read", async () => {
    for (const answers of [
      [{ ...toLatest, status: 1, stderr: "ERROR: conflict\n" }, serving("shop-00001-xyz,100\n")],
      [toLatest, { to: "status.traffic[]", status: 1, stderr: "ERROR: unavailable\n" }],
    ]) {
      const outcome = await promote(afterProbe, [latest("shop-00002-abc"), ...answers, pin]);
      expect(outcome.status).toBe(1);
      expect(moves(outcome)).toHaveLength(2);
      expect(moves(outcome)[1]).toContain("--to-revisions shop-00001-xyz=100");
    }
  });

  it("says that it could not put back what it does not know", async () => {
    const outcome = await promote(
      afterProbe,
      [latest("shop-00002-abc"), toLatest, serving("shop-00003-new,100\n")],
      { files: { ...files, ".release/serving": "\n" } },
    );
    expect(outcome.status).toBe(1);
    expect(moves(outcome)).toHaveLength(1);
    expect(outcome.stderr).toContain("nothing served before, so traffic was not put back");
  });

  it("fails without the revision of this release", async () => {
    const outcome = await promote(afterProbe, [], {
      files: { ...files, ".release/revision": "\n" },
    });
    expect(outcome.status).toBe(1);
    expect(outcome.calls).toEqual([]);
  });
});

describe("promote immediately", () => {
  const immediately: ReleasePromotion = { promotion: "Immediately" };

  it("routes to the latest revision, as the seed does, and says what serves", async () => {
    const outcome = await promote(immediately, [
      latest("shop-00002-abc"),
      toLatest,
      serving("shop-00002-abc,100\n"),
    ]);
    expect(outcome.status).toBe(0);
    expect(moves(outcome)).toEqual([
      "run services update-traffic shop --region europe-west1 --to-latest --quiet",
    ]);
    expect(record(outcome)).toMatchObject({ outcome: "released", serving: "shop-00002-abc=100" });
  });

  it("routes nothing to a revision that another writer made", async () => {
    const outcome = await promote(immediately, [latest("shop-00003-new")]);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toBe(
      "error: another writer created shop-00003-new after shop-00002-abc; serving before: shop-00001-xyz=100\n",
    );
    expect(moves(outcome)).toEqual([]);
  });

  it("pins the revision that served before when another one serves", async () => {
    const outcome = await promote(immediately, [
      latest("shop-00002-abc"),
      toLatest,
      pin,
      serving("shop-00003-new,100\n"),
    ]);
    expect(outcome.status).toBe(1);
    expect(moves(outcome)).toHaveLength(2);
    expect(moves(outcome)[1]).toContain("--to-revisions shop-00001-xyz=100");
  });
});

describe("promote by hand", () => {
  it("moves no traffic and says how", async () => {
    const manual: ReleasePromotion = { promotion: "Manual", verifyCommand: null };
    const outcome = await promote(manual, [latest("shop-00002-abc")]);
    expect(outcome.status).toBe(0);
    expect(moves(outcome)).toEqual([]);
    expect(outcome.stdout).toContain(
      "gcloud run services update-traffic shop --region europe-west1 --to-latest\n",
    );
    expect(record(outcome)).toMatchObject({ outcome: "ready", serving: "shop-00001-xyz=100" });
  });
});

describe("the release record", () => {
  it.each(['a"b', "a\\b", 'a\\"b', "a\nb", "tab\there", "café"])(
    "is JSON whatever stands in it (%j)",
    async (text) => {
      const outcome = await promote(
        afterProbe,
        [latest("shop-00002-abc"), toLatest, pin, serving("shop-00002-abc,100\n")],
        { files: { ...files, ".release/serving": text } },
      );
      expect(record(outcome)).toMatchObject({
        servingBefore: text.replaceAll(/[\n\t]/g, " "),
      });
    },
  );
});

describe("the backup in the release record", () => {
  const withBackup: Partial<ReleaseOptions> = { migration: { ...nodePgMigrate, backup } };
  const list: Answer = { to: "gcloud sql backups list" };
  const found: Answer = { ...list, stdout: "1763800000000,2026-11-22T10:00:00.123Z\n" };
  const routed = [latest("shop-00002-abc"), toLatest, serving("shop-00002-abc,100\n")];
  const warning =
    "warning: the backup of this build could not be read; see: gcloud sql backups list --instance shop-1a2b3c4d --project example-project\n";

  function run(answers: Answer[], changes: Partial<ReleaseOptions> = withBackup): Promise<Outcome> {
    return runScript(promoteStep(releaseOptions(changes)), answers, { files });
  }

  it("is the one that was taken for this build, read after traffic has moved", async () => {
    const outcome = await run([...routed, found]);
    expect(outcome.stderr).toBe("");
    expect(outcome.status).toBe(0);
    expect(record(outcome)).toMatchObject({
      outcome: "released",
      backupId: "1763800000000",
      recoveryTime: "2026-11-22T10:00:00.123Z",
    });
    expect(linesOf(outcome, "gcloud").at(-1)).toBe(
      `sql backups list --instance shop-1a2b3c4d --project example-project --filter description="cloud-run-migrations build ${BUILD_ID}" AND status="SUCCESSFUL" --sort-by ~endTime --limit 1 --format csv[no-heading](id,endTime)`,
    );
  });

  it("is the one that the migrating step has named, without a question", async () => {
    const kept = { ...files, ".release/backup": "1763800000001,2026-11-22T09:00:00Z\n" };
    const outcome = await runScript(promoteStep(releaseOptions(withBackup)), routed, {
      files: kept,
    });
    expect(outcome.stderr).toBe("");
    expect(record(outcome)).toMatchObject({
      backupId: "1763800000001",
      recoveryTime: "2026-11-22T09:00:00Z",
    });
  });

  it("is null when nothing destructive was migrated", async () => {
    const outcome = await run([...routed, { ...list, stdout: "" }]);
    expect(outcome.stderr).toBe("");
    expect(record(outcome)).toMatchObject({ backupId: null, recoveryTime: null });
  });

  it("waits for a grant of a first release", async () => {
    const denied: Answer = { ...list, status: 1, stderr: "403: permission missing\n", times: 2 };
    const outcome = await run([...routed, denied, found]);
    expect(record(outcome)).toMatchObject({ backupId: "1763800000000" });
  });

  it.each<[string, Answer]>([
    ["cannot be read", { ...list, status: 1, stderr: "unavailable\n" }],
    ["is not what gcloud is known to print", { ...list, stdout: "$(touch PWNED),soon\n" }],
    ["has not ended", { ...list, stdout: "1763800000000,\n" }],
  ])("fails no release when it %s", async (_, answer) => {
    const outcome = await run([...routed, answer]);
    expect(outcome.status).toBe(0);
    expect(outcome.stderr.endsWith(warning)).toBe(true);
    expect(outcome.file("PWNED")).toBeNull();
    expect(record(outcome)).toMatchObject({
      outcome: "released",
      backupId: null,
      recoveryTime: null,
    });
  });

  it("is in the record of a release that somebody promotes by hand", async () => {
    const manual: ReleasePromotion = { promotion: "Manual", verifyCommand: null };
    const outcome = await run([latest("shop-00002-abc"), found], {
      ...withBackup,
      promotion: manual,
    });
    expect(record(outcome)).toMatchObject({ outcome: "ready", backupId: "1763800000000" });
  });
});

describe("workers of a release that somebody promotes by hand", () => {
  it("get lines that a shell reads as they were meant, after the service's", async () => {
    const options = releaseOptions({
      promotion: { promotion: "Manual", verifyCommand: null },
      workers: [mailWorker, { ...reportWorker, command: ["sh", "-c", "echo $HOME; it's 'a,b'"] }],
    });
    const outcome = await runScript(promoteStep(options), [latest("shop-00002-abc")], { files });
    expect(outcome.stderr).toBe("");
    const [route, ...said] = outcome.stdout.trim().split("\n").slice(0, -1);
    expect(route).toContain("update-traffic shop");
    expect(said.map((line) => line.split(": ")[0])).toEqual([
      "after that, for worker shop-mail",
      "after that, for worker shop-report",
    ]);
    const script = said.map((line) => line.replace(/^[^:]*: /, "")).join("\n");
    const typed = await runScript({ id: "x", name: "x", script }, [{ to: "gcloud " }]);
    expect(typed.calls).toEqual([
      `gcloud beta run worker-pools update shop-mail --region europe-west1 --quiet --container app --image ${DIGEST} --command node --args mail.js`.split(
        " ",
      ),
      [
        ...`gcloud run jobs update shop-report --region europe-west1 --quiet --container app --image ${DIGEST} --command sh --args`.split(
          " ",
        ),
        "^|^-c|echo $HOME; it's 'a,b'",
      ],
    ]);
  });
});
