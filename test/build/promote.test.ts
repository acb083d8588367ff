import { describe, expect, it } from "vitest";

import type { ReleasePromotion } from "../../components/build/options";
import { promoteStep } from "../../components/build/promote";
import { type Answer, linesOf, type Outcome, runScript } from "./helpers/bash";
import { BUILD_ID, COMMIT_SHA, DIGEST } from "./helpers/cloudBuild";
import { afterProbe, releaseOptions } from "./helpers/options";

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
