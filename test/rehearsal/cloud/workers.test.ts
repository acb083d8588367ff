import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EnvironmentResource } from "../../../rehearsal/cloud";
import { type Shell, openShell } from "./shell";
import { IMAGE, JOB, REST, SERVICE, type Site, openSite } from "./site";

const FLAGS = "--region europe-west1";
const POOLS = "gcloud beta run worker-pools";
const UPDATE = `${POOLS} update shop-mailer ${FLAGS} --quiet --container app`;

const POOL: EnvironmentResource = {
  type: "gcp:cloudrunv2/workerPool:WorkerPool",
  name: "shop-mailer",
  inputs: {
    name: "shop-mailer",
    location: "europe-west1",
    scaling: { manualInstanceCount: 2 },
    template: {
      containers: [
        {
          name: "app",
          image: "us-docker.pkg.dev/cloudrun/container/worker-pool",
          envs: [{ name: "QUEUE", value: "mail" }],
        },
      ],
    },
  },
};

// Says who it is, and lives until it is asked to end, or dies soon where its words say so.
const WORKER = `
console.log(JSON.stringify([process.env.QUEUE, process.env.CLOUD_RUN_WORKER_POOL, process.argv.slice(2)]));
if (process.argv.includes("--broken")) { console.error("no queue"); process.exit(7); }
if (process.argv.includes("--once")) process.exit(0);
setInterval(() => undefined, 1000);
`;

let site: Site;
let shell: Shell;
let image: string;
beforeAll(async () => {
  site = await openSite([SERVICE, JOB, POOL, ...REST]);
  shell = openShell(site, ["gcloud"]);
  await site.write("worker.js", WORKER);
  image = await site.image("one");
});
afterAll(() => site.close());

function linesOf(source: string): string[] {
  return site.events.flatMap((event) =>
    event.type === "log" && event.source === source ? [event.line] : [],
  );
}

async function value(key: string): Promise<string> {
  const { out } = await shell(`${POOLS} describe shop-mailer ${FLAGS} --format 'value(${key})'`);
  return out.trim();
}

describe("gcloud beta run worker-pools", () => {
  const pool = () => site.cloud.workerPools.get("shop-mailer")!;

  it("is not there without its release track, as in gcloud 528", async () => {
    const { code, err } = await shell(`gcloud run worker-pools describe shop-mailer ${FLAGS}`);
    expect(code).toBe(2);
    expect(err).toContain("ERROR: (gcloud.run) Invalid choice: 'worker-pools'.");
    expect(err).toContain("gcloud beta run worker-pools");
  });

  it("starts nothing before the first release", () => {
    expect(pool().alive()).toBe(0);
  });

  it("runs the image's process in every instance, with the words of the command line", async () => {
    const command = `--image ${image} --command node --args '^|^worker.js|a,b'`;
    const { code, err } = await shell(`${UPDATE} ${command}`);
    expect(err).toContain("Worker pool [shop-mailer] revision [shop-mailer-00002-");
    expect(code).toBe(0);
    expect(pool().alive()).toBe(2);
    expect(linesOf("worker pool shop-mailer").slice(-2)).toEqual([
      '["mail","shop-mailer",["a,b"]]',
      '["mail","shop-mailer",["a,b"]]',
    ]);
    expect(await value("spec.template.spec.containers[0].image")).toBe(image);
    expect(await value("status.latestReadyRevisionName")).toMatch(/^shop-mailer-00002-/);
  });

  it("keeps the old processes when the new ones end at once", async () => {
    const before = site.cloud.platform.processes.alive();
    const broken = await shell(`${UPDATE} --image ${image} --args worker.js,--broken`);
    expect(broken.code).toBe(1);
    expect(broken.err).toContain("is not ready: the container exited with 7.");
    expect(broken.err).toContain("no queue");
    expect(pool().alive()).toBe(2);
    expect(before.every((pid) => site.cloud.platform.processes.alive().includes(pid))).toBe(true);
    expect(await value("status.conditions[0].status")).toBe("False");
  });

  it("replaces them by the next release's", async () => {
    const before = site.cloud.platform.processes.alive();
    expect((await shell(`${UPDATE} --image ${image} --args worker.js`)).code).toBe(0);
    expect(pool().alive()).toBe(2);
    const after = site.cloud.platform.processes.alive();
    expect(after.filter((pid) => before.includes(pid))).toHaveLength(before.length - 2);
  });

  it("says where the instances are, by revision, and moves them", async () => {
    const split = `${POOLS} update-instance-split shop-mailer ${FLAGS}`;
    const splits = async (): Promise<string[]> => {
      const keys = ["revisionName", "latestRevision", "percent"];
      const list = keys.map((key) => `status.instanceSplits.${key}`).join(",");
      const flags = `--flatten 'status.instanceSplits[]' --format 'csv[no-heading](${list})'`;
      return (await shell(`${POOLS} describe shop-mailer ${FLAGS} ${flags}`)).out
        .trim()
        .split("\n");
    };
    const first = await value("status.latestReadyRevisionName");
    expect(await splits()).toEqual([`${first},True,100`]);

    // Pinned: an update makes a revision that has no instance.
    const before = site.cloud.platform.processes.alive();
    expect((await shell(`${split} --to-revisions ${first}=100`)).code).toBe(0);
    expect((await shell(`${UPDATE} --image ${image} --args worker.js,late`)).code).toBe(0);
    const second = await value("status.latestReadyRevisionName");
    expect(second).not.toBe(first);
    expect(await value("status.latestCreatedRevisionName")).toBe(second);
    expect(await splits()).toEqual([`${first},,100`]);
    expect(site.cloud.platform.processes.alive()).toEqual(before);

    expect((await shell(`${split} --to-revisions LATEST=50`)).code).toBe(0);
    expect(await splits()).toEqual([`${second},True,50`, `${first},,50`]);
    expect(pool().alive()).toBe(2);
    const shared = site.cloud.platform.processes.alive();
    expect(shared.filter((pid) => before.includes(pid))).toHaveLength(before.length - 1);

    expect((await shell(`${split} --to-latest`)).code).toBe(0);
    expect(await splits()).toEqual([`${second},True,100`]);
    expect(pool().alive()).toBe(2);
    expect(linesOf("worker pool shop-mailer").at(-1)).toContain('["late"]');
  });

  it("leaves the instances where they are with --no-promote", async () => {
    const flags = `${FLAGS} --no-promote --quiet --container app --image ${image}`;
    const before = await value("status.latestReadyRevisionName");
    expect((await shell(`${POOLS} update shop-mailer ${flags}`)).code).toBe(0);
    expect(await value("status.latestReadyRevisionName")).not.toBe(before);
    expect(await value("status.instanceSplits[0].revisionName")).toBe(before);
    expect(pool().alive()).toBe(2);
    expect(
      (await shell(`${POOLS} update-instance-split shop-mailer ${FLAGS} --to-latest`)).code,
    ).toBe(0);
    expect(pool().alive()).toBe(2);
  });

  it.each([
    ["nothing to change", "", "No instance split configuration change requested.", 1],
    ["too much", "--to-revisions LATEST=101", "101 is not between 0 and 100.", 1],
    ["a revision that is not there", "--to-revisions other=100", "Revision 'other' not found.", 1],
    ["too little", "--to-revisions LATEST=40", "100% of total split has not been specified.", 1],
    ["two ways", "--to-latest --to-revisions LATEST=100", "At most one of", 2],
  ])("refuses to split by %s", async (_, flags, said, exitCode) => {
    const { code, err } = await shell(
      `${POOLS} update-instance-split shop-mailer ${FLAGS} ${flags}`,
    );
    expect(err).toContain(said);
    expect(code).toBe(exitCode);
    expect(pool().alive()).toBe(2);
  });

  it.each([
    ["an image that nobody pushed", `${UPDATE} --image ${IMAGE}:none`, "not found"],
    [
      "a pool that is not there",
      `${POOLS} update other ${FLAGS} --container app --image x`,
      "Cannot find worker pool [other]",
    ],
    ["another region", `${POOLS} describe shop-mailer --region us-east1`, "Cannot find"],
  ])("refuses %s", async (_, line, said) => {
    const { code, err } = await shell(line);
    expect(err).toContain(said);
    expect(code).toBe(1);
  });

  it("refuses a port, which a worker has not", async () => {
    const { code, err } = await shell(`${UPDATE} --image ${image} --port 80`);
    expect(err).toContain("unrecognized arguments");
    expect(code).toBe(2);
  });
});

describe("gcloud run jobs update", () => {
  it("sets a job's command with its image", async () => {
    const update = `gcloud run jobs update shop-migrate ${FLAGS} --quiet --container app`;
    const command = `--image ${image} --command node --args worker.js,--once,now`;
    expect((await shell(`${update} ${command}`)).code).toBe(0);
    const ran = await shell(`gcloud run jobs execute shop-migrate ${FLAGS} --wait`);
    expect(ran.code).toBe(0);
    expect(linesOf("job shop-migrate").at(-1)).toBe('[null,null,["--once","now"]]');
  });

  it("keeps the image when only something else changes", async () => {
    const update = `gcloud run jobs update shop-migrate ${FLAGS}`;
    expect((await shell(`${update} --update-env-vars QUEUE=late`)).code).toBe(0);
    expect((await shell(`gcloud run jobs execute shop-migrate ${FLAGS} --wait`)).code).toBe(0);
    expect(linesOf("job shop-migrate").at(-1)).toBe('["late",null,["--once","now"]]');
  });
});
