import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AnyBuildDocument, parseDocument } from "../../components";
import { evaluateService, reveal } from "../../inventory";
import type { EnvironmentResource } from "../../rehearsal/cloud";
import { leavesTraffic, printedLines, promote } from "../../rehearsal/promotion";
import { readWorkers } from "../../rehearsal/workers";
import { JOB, REST, SERVICE, type Site, openSite } from "./cloud/site";
import { ARGS } from "./play";
import { start, startJson } from "./start";

const POOL: EnvironmentResource = {
  type: "gcp:cloudrunv2/workerPool:WorkerPool",
  name: "mail",
  inputs: {
    name: "mail",
    location: "europe-west1",
    template: {
      containers: [{ name: "app", image: "us-docker.pkg.dev/cloudrun/container/worker-pool" }],
    },
  },
};

const folder = mkdtempSync(join(tmpdir(), "promotion-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function document(promotion: "Manual" | "AfterProbe"): Promise<AnyBuildDocument> {
  const { outputs } = await evaluateService({ ...ARGS, release: { promotion } });
  return parseDocument(reveal(outputs["cloudBuildYaml"]) as string);
}

describe("leavesTraffic", () => {
  it("tells a release that somebody promotes from others", async () => {
    expect(leavesTraffic(await document("Manual"))).toBe(true);
    expect(leavesTraffic(await document("AfterProbe"))).toBe(false);
  });

  it.each([
    ["a deployment that moves traffic itself", "gcloud run deploy shop --image x", false],
    ["one that does not", "gcloud run deploy shop --no-traffic --image x", true],
    ["what another program does", "./release.sh", false],
  ])("reads %s", (_, script, expected) => {
    expect(leavesTraffic({ steps: [{ name: "gcloud", script }] })).toBe(expected);
  });
});

describe("printedLines", () => {
  it("takes what changes services, pools and jobs, and nothing else", () => {
    const traffic = "gcloud run services update-traffic shop --region r --to-latest";
    const pool = "gcloud beta run worker-pools update mailer --region r --args a\\,b";
    const log = [
      `revision shop-00002 is ready and has no traffic; to route it: ${traffic}`,
      `after that, for worker mailer: ${pool}`,
      "waiting; to stop it: gcloud run jobs executions cancel migrate --region r",
      "see: gcloud run services describe shop --region r",
      `+ ${traffic}`,
    ];
    expect(printedLines(log)).toEqual([traffic, pool]);
  });
});

describe("promote", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite([SERVICE, JOB, POOL, ...REST]);
  });
  afterAll(() => site.close());

  const TRAFFIC = "to route it: gcloud run services update-traffic shop --region europe-west1";
  const UPDATE = "gcloud beta run worker-pools update mail --region europe-west1 --container app";

  it("runs the lines in their order until one fails, and says why", async () => {
    const log = [`${TRAFFIC} --to-last`, `${TRAFFIC} --to-latest`];
    const { lines, error, deviations } = await promote(site.cloud, log, readWorkers(site.cloud));
    expect(lines).toHaveLength(2);
    expect(error).toContain("--to-last ended with exit code 2");
    expect(error).toContain("unrecognized arguments: --to-last");
    expect(deviations).toEqual([]);
  });

  it("does what a shell makes of a line, and finds a worker that changed before", async () => {
    const before = readWorkers(site.cloud);
    await site.write("worker.js", "console.log(process.argv[2]);setInterval(() => {}, 1000)");
    const words = "--command node --args \\^\\|\\^worker.js\\|two\\ words";
    const line = `after that: ${UPDATE} --image ${await site.image("one")} ${words}`;
    expect(await promote(site.cloud, [line], before)).toMatchObject({
      error: null,
      deviations: [],
    });
    const lines = site.events.flatMap((event) => (event.type === "log" ? [event.line] : []));
    expect(lines).toContain("two words");

    const { deviations } = await promote(site.cloud, [`${TRAFFIC} --to-latest`], before);
    expect(deviations).toEqual([
      "before its promotion, worker mail: expected it as before, got another image or 1 instances",
    ]);
  });

  it("misses a line that says how", async () => {
    const { lines, deviations } = await promote(site.cloud, ["ready"], readWorkers(site.cloud));
    expect(lines).toEqual([]);
    expect(deviations.join()).toContain("expected traffic on the new revision, or a line");
  });
});

function argsFile(name: string, more: string[]): string {
  const file = join(folder, name);
  const source = ["region: europe-west1", "source: { github: { owner: acme, name: shop } }"];
  const rest = ["database: { extensions: [citext] }", "release: { promotion: Manual }"];
  writeFileSync(file, [...source, ...rest, ...more, ""].join("\n"));
  return file;
}

describe("npm start of a release that somebody promotes", { timeout: 240_000 }, () => {
  it("promotes each by what it printed, workers too, and plays the next", async () => {
    const file = argsFile("manual.yaml", [
      "service: { workers: { mail: { command: [node, -e, 'setInterval(() => {}, 1000, `a,b`)'] } } }",
    ]);
    const { exitCode, result, stderr } = await startJson("--args", file);
    expect(stderr).toContain("release 1: ready, serving as before");
    expect(stderr).not.toContain("not as announced");
    expect(exitCode).toBe(0);
    expect(result.releases.map(({ outcome }) => outcome)).toEqual([
      "released",
      "failed",
      "released",
    ]);
    const [first, second, third] = result.releases;
    expect(first!.serving.after).toBe(first!.revision);
    expect(second!.serving).toEqual({ before: first!.revision, after: first!.revision });
    expect(third!.serving).toEqual({ before: first!.revision, after: third!.revision });
    for (const { workers, imageDigest } of [first!, third!]) {
      expect(workers).toMatchObject([{ alive: { after: 1 }, imageDigest: { after: imageDigest } }]);
    }
    expect(second!.workers[0]!.imageDigest.after).toBe(first!.imageDigest);
    expect(result.requests.served).toBeGreaterThanOrEqual(500);
    expect(result.requests.failed).toBe(0);
    expect(result.leftovers).toEqual({ processes: 0, folders: 0 });
  });

  it("fails where a release neither routes nor says how", async () => {
    const { outputs } = await evaluateService({ ...ARGS, release: { promotion: "Manual" } });
    const text = reveal(outputs["cloudBuildYaml"]) as string;
    const file = join(folder, "silent.yaml");
    writeFileSync(file, text.replace(/to route it: .*(?="$)/m, "find out how"));
    const run = start("--document", file);
    const { exitCode, stdout } = await run.ended;
    expect(exitCode).toBe(1);
    expect(stdout).toContain("  ready, serving as before; 0 requests served, 0 failed");
    expect(stdout).toMatch(/release 1: promotion: expected traffic on the new revision, or a line/);
  });
});
