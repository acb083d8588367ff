import { describe, expect, it } from "vitest";

import type { ReleaseWorker } from "../../components/build/options";
import { deployWorkersStep } from "../../components/build/workers";
import { type Answer, linesOf, type Outcome, runScript } from "./helpers/bash";
import { DIGEST } from "./helpers/cloudBuild";
import { mailWorker, releaseOptions, reportWorker } from "./helpers/options";

const files = { ".release/image": `${DIGEST}\n`, ".release/revision": "shop-00002-abc\n" };
const OTHER = "host/shop@sha256:old";

const latestOf = (revision: string, times?: number): Answer => ({
  to: /worker-pools describe shop-mail .*value\(status.latestCreatedRevisionName\)/,
  stdout: `${revision}\n`,
  ...(times === undefined ? {} : { times }),
});
const exists = latestOf("shop-mail-00001-abc");
const split = (...lines: string[]): Answer => ({
  to: /worker-pools describe shop-mail .*--flatten status.instanceSplits/,
  stdout: lines.map((line) => `${line}\n`).join(""),
});
const revisions = (created: string, ready: string, times?: number): Answer => ({
  to: "(status.latestCreatedRevisionName,status.latestReadyRevisionName)",
  stdout: `${created},${ready}\n`,
  ...(times === undefined ? {} : { times }),
});
const ready = revisions("shop-mail-00002-def", "shop-mail-00002-def");
const notReady = revisions("shop-mail-00002-def", "shop-mail-00001-abc");
const allOnLatest = split("shop-mail-00002-def,True,100");
const updatePool: Answer = { to: "gcloud beta run worker-pools update shop-mail" };
const poolRuns = (image: string): Answer => ({
  to: /worker-pools describe shop-mail .*spec.template.spec.containers/,
  stdout: `app,${image}\ncloud-sql-proxy,host/proxy:2\n`,
});
const updateJob: Answer = { to: "gcloud run jobs update shop-report" };
const jobRuns = (image: string): Answer => ({
  to: "gcloud run jobs describe shop-report",
  stdout: `app,${image}\n`,
});

function deploy(workers: ReleaseWorker[], answers: Answer[]): Promise<Outcome> {
  return runScript(deployWorkersStep(releaseOptions({ workers })), answers, { files });
}

const updates = (outcome: Outcome): string[] =>
  linesOf(outcome, "gcloud").filter((line) => line.includes(" update "));

const failed = (names: string): string =>
  `error: workers that are not proven to run this release: ${names}; why is said above; the service has it, revision shop-00002-abc serves and stays\n`;
const SEE_POOL = "gcloud beta run worker-pools describe shop-mail --region europe-west1";

describe("deploy-workers", () => {
  it("gives a pool and a job the image and their command, and proves what they run", async () => {
    const outcome = await deploy(
      [mailWorker, reportWorker],
      [exists, updatePool, poolRuns(DIGEST), ready, allOnLatest, updateJob, jobRuns(DIGEST)],
    );
    expect(outcome.stderr).toBe("");
    expect(outcome.status).toBe(0);
    expect(updates(outcome)).toEqual([
      `beta run worker-pools update shop-mail --region europe-west1 --quiet --container app --image ${DIGEST} --command node --args mail.js`,
      `run jobs update shop-report --region europe-west1 --quiet --container app --image ${DIGEST} --command node --args ^|^report.js|--columns=a,b|$1`,
    ]);
    expect(outcome.stdout).toContain(`worker shop-mail runs ${DIGEST}\n`);
    expect(outcome.stdout).toContain(`worker shop-report runs ${DIGEST} from its next run on\n`);
  });

  it("takes the last arguments away from a worker that has none", async () => {
    const outcome = await deploy(
      [{ ...mailWorker, command: ["/mail"] }],
      [exists, updatePool, poolRuns(DIGEST), ready, allOnLatest],
    );
    expect(outcome.status).toBe(0);
    expect(outcome.calls[1]!.slice(-4)).toEqual(["--command", "/mail", "--args", "^,^"]);
  });

  it("waits for the promotion, and as long as its workers may take", () => {
    const step = deployWorkersStep(releaseOptions({ workers: [mailWorker, reportWorker] }));
    expect(step.waitFor).toEqual(["promote"]);
    expect(step.timeout).toBe("1200s");
  });

  it("makes no pool that is not there", async () => {
    const outcome = await deploy(
      [mailWorker],
      [{ ...exists, stdout: "", status: 1, stderr: "Cannot find worker pool [shop-mail]\n" }],
    );
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toBe(`Cannot find worker pool [shop-mail]\n${failed("shop-mail")}`);
    expect(outcome.calls).toHaveLength(1);
  });

  it("waits for a grant of a first release", async () => {
    const denied: Answer = { ...updatePool, status: 1, stderr: "PERMISSION_DENIED\n", times: 2 };
    const outcome = await deploy(
      [mailWorker],
      [exists, denied, updatePool, poolRuns(DIGEST), ready, allOnLatest],
    );
    expect(outcome.status).toBe(0);
    expect(updates(outcome)).toHaveLength(3);
  });

  it("sends no update again that has made a revision", async () => {
    const denied: Answer = { ...updatePool, status: 1, stderr: "PERMISSION_DENIED\n" };
    const answers = [latestOf("shop-mail-00001-abc", 1), latestOf("shop-mail-00002-def"), denied];
    const outcome = await deploy([mailWorker], answers);
    expect(outcome.status).toBe(1);
    expect(updates(outcome)).toHaveLength(1);
  });

  it("sends no update again when it cannot be known whether it has made a revision", async () => {
    const denied: Answer = { ...updatePool, status: 1, stderr: "PERMISSION_DENIED\n" };
    const unknown: Answer = { ...latestOf(""), status: 1, stderr: "unavailable\n" };
    const answers = [latestOf("shop-mail-00001-abc", 1), unknown, denied];
    const outcome = await deploy([mailWorker], answers);
    expect(updates(outcome)).toHaveLength(1);
  });

  it("waits until the pool's new revision is ready", async () => {
    const early = { ...notReady, times: 3 };
    const outcome = await deploy(
      [mailWorker],
      [exists, updatePool, poolRuns(DIGEST), early, ready, allOnLatest],
    );
    expect(outcome.stderr).toBe("");
    expect(outcome.status).toBe(0);
  });

  it.each([
    ["by name", `shop-mail-00002-def,,100`],
    ["as the latest", `,True,100`],
    ["as the latest, seen a moment ago", `shop-mail-00001-abc,True,100`],
    ["by no split at all", `,,`],
    ["beside a split of nothing", `shop-mail-00001-abc,,0`],
  ])("accepts all instances on its revision %s", async (_, line) => {
    const answers = [exists, updatePool, poolRuns(DIGEST), ready, split(line)];
    expect((await deploy([mailWorker], answers)).status).toBe(0);
  });

  it.each<[string, Answer[], string]>([
    [
      "the update fails",
      [exists, { ...updatePool, status: 1, stderr: "ERROR: not ready\n" }],
      `ERROR: not ready\nworker shop-mail: the update failed, so it may or may not have the image, and its program may not start; see: ${SEE_POOL}\n`,
    ],
    [
      "another writer was faster",
      [exists, updatePool, poolRuns(OTHER)],
      `worker shop-mail: its image is app,${OTHER} cloud-sql-proxy,host/proxy:2, expected ${DIGEST}; find out who else changes it\n`,
    ],
    [
      "what it runs cannot be read",
      [exists, updatePool, { ...poolRuns(""), stdout: "", status: 1, stderr: "unavailable\n" }],
      "unavailable\n",
    ],
    [
      "its revision does not become ready",
      [exists, updatePool, poolRuns(DIGEST), notReady],
      `worker shop-mail: revision shop-mail-00002-def is not ready, shop-mail-00001-abc runs; see: ${SEE_POOL}\n`,
    ],
    [
      "its instances are pinned to another revision",
      [exists, updatePool, poolRuns(DIGEST), ready, split(`shop-mail-00001-abc,,100`)],
      "worker shop-mail: instances are pinned to shop-mail-00001-abc=100, expected all on shop-mail-00002-def; when nobody needs that any more: gcloud beta run worker-pools update-instance-split shop-mail --region europe-west1 --to-latest\n",
    ],
    [
      "some of its instances are",
      [exists, updatePool, poolRuns(DIGEST), ready, split(`,True,60`, `shop-mail-00001-abc,,40`)],
      "worker shop-mail: instances are pinned to shop-mail-00001-abc=40, expected all on shop-mail-00002-def; when nobody needs that any more: gcloud beta run worker-pools update-instance-split shop-mail --region europe-west1 --to-latest\n",
    ],
    [
      "whether its revision is ready cannot be read",
      [exists, updatePool, poolRuns(DIGEST), { ...ready, stdout: "", status: 1, stderr: "gone\n" }],
      "gone\n",
    ],
    [
      "which revision runs cannot be read",
      [
        exists,
        updatePool,
        poolRuns(DIGEST),
        ready,
        { ...split(), status: 1, stderr: "unavailable\n" },
      ],
      "unavailable\n",
    ],
  ])("goes on with the others, then fails when %s", async (_, answers, said) => {
    const outcome = await deploy(
      [mailWorker, reportWorker],
      [...answers, updateJob, jobRuns(DIGEST)],
    );
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toBe(said + failed("shop-mail"));
    expect(outcome.stdout).toContain(`worker shop-report runs ${DIGEST} from its next run on\n`);
  });

  it("is not misled by another container that has the image", async () => {
    const outcome = await deploy(
      [reportWorker],
      [updateJob, { ...jobRuns(""), stdout: `app,${OTHER}\nnot-app,${DIGEST}\n` }],
    );
    expect(outcome.status).toBe(1);
  });

  it("names every worker that failed", async () => {
    const outcome = await deploy(
      [mailWorker, reportWorker],
      [exists, updatePool, poolRuns(OTHER), updateJob, jobRuns(OTHER)],
    );
    expect(outcome.stderr.endsWith(failed("shop-mail shop-report"))).toBe(true);
  });

  it("changes nothing without the image or the revision of this release", async () => {
    for (const file of Object.keys(files)) {
      const step = deployWorkersStep(releaseOptions({ workers: [mailWorker] }));
      const outcome = await runScript(step, [], { files: { ...files, [file]: "\n" } });
      expect(outcome.status).toBe(1);
      expect(outcome.calls).toEqual([]);
    }
  });
});
