import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Way } from "../../../rehearsal/cloud/instance";
import { type Shell, openShell } from "./shell";
import { IMAGE, SECRET, SERVER, type Site, openSite } from "./site";

const BY_PROXY: Way = { by: "connector", address: "PUBLIC", inNetwork: false };
const FLAGS = "--region europe-west1";
const UPDATE = `gcloud run services update shop ${FLAGS} --no-traffic --quiet --container app --image`;

let site: Site;
let shell: Shell;
beforeAll(async () => {
  site = await openSite();
  shell = openShell(site);
});
afterAll(() => site.close());

async function get(path = "/"): Promise<string> {
  const response = await fetch(`${site.cloud.routerUrl}${path}`);
  return `${response.status} ${await response.text()}`;
}

async function value(key: string): Promise<string> {
  const { out } = await shell(
    `gcloud run services describe shop ${FLAGS} --format 'value(${key})'`,
  );
  return out.trim();
}

/** Counts answers while something happens. */
async function during(action: () => Promise<unknown>): Promise<{ ok: number; failed: number }> {
  const counts = { ok: 0, failed: 0 };
  const stop = new AbortController();
  const client = (async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const ok = await fetch(site.cloud.routerUrl).then(
        (response) => response.ok,
        () => false,
      );
      counts[ok ? "ok" : "failed"]++;
      await sleep(5);
    }
  })();
  await action();
  await sleep(300);
  stop.abort();
  await client;
  return counts;
}

describe("a service, from its placeholder on", () => {
  it("answers with the placeholder", async () => {
    expect(await get()).toBe("200 placeholder\n");
    expect(await value("status.latestReadyRevisionName")).toMatch(/^shop-00001-[a-z]{3}$/);
  });

  it("makes a revision without traffic, which runs the image with the service's environment", async () => {
    const image = await site.image("one");
    expect(await shell(`${UPDATE} ${image}`)).toMatchObject({ code: 0, out: "" });
    expect(await get()).toBe("200 placeholder\n");
    const { out } = await shell(
      `gcloud run services describe shop ${FLAGS} --flatten 'status.traffic[]' --format 'csv[no-heading](status.traffic.revisionName,status.traffic.percent)'`,
    );
    expect(out).toMatch(/^shop-00001-[a-z]{3},100\n$/);
    expect(await value("status.latestCreatedRevisionName")).toMatch(/^shop-00002-/);
    const revision = await value("status.latestReadyRevisionName");
    const described = await shell(
      `gcloud run revisions describe ${revision} ${FLAGS} --flatten 'spec.containers[]' --format 'csv[no-heading](spec.containers.name,spec.containers.image)'`,
    );
    expect(described.out.split("\n")[0]).toBe(`app,${image}`);
  });

  it("routes to it without a failed request, and ends the old process after its last answer", async () => {
    const placeholder = site.cloud.serving("shop");
    const counts = await during(() =>
      shell(`gcloud run services update-traffic shop ${FLAGS} --to-latest --quiet`),
    );
    expect(counts.failed).toBe(0);
    expect(counts.ok).toBeGreaterThan(10);
    expect(await get()).toBe("200 one");
    const ended = (): boolean =>
      site.events.some(
        (event) => event.type === "revision-stopped" && event.revision === placeholder,
      );
    await expect.poll(ended, { timeout: 5000 }).toBe(true);
    expect(site.events.filter(({ type }) => type === "traffic-changed")).toHaveLength(2);
  });

  it("gives the process where things listen, secrets and nothing of the caller's environment", async () => {
    const env = JSON.parse((await get("/env")).slice(4)) as Record<string, string>;
    // The Auth Proxy beside it is its own way to the database.
    const { port } = site.cloud.platform.doors.find(BY_PROXY);
    expect(env).toMatchObject({
      PGHOST: "127.0.0.1",
      PGPORT: String(port),
      GREETING: "hello",
      PASSWORD: SECRET,
      FROM_IMAGE: "yes",
      K_SERVICE: "shop",
      K_REVISION: site.cloud.serving("shop"),
    });
    expect(Object.keys(env).filter((name) => /^(npm_|VITEST|NODE_ENV)/i.test(name))).toEqual([]);
    expect(site.cloud.rewrites).toContainEqual({
      where: "service shop",
      name: "PGHOST",
      from: "localhost",
      to: "127.0.0.1",
    });
  });

  it("runs from the image: what is in the source folder afterwards changes nothing", async () => {
    await site.write("server.js", "process.exit(1)");
    const [pid] = site.events.flatMap((event) =>
      event.type === "revision-started" && event.revision === site.cloud.serving("shop")
        ? [event.pid]
        : [],
    );
    process.kill(pid!, "SIGKILL");
    await expect.poll(() => get().catch(String), { timeout: 5000 }).toBe("200 one");
  });

  it("shows failed requests while the serving process is gone", async () => {
    const counts = await during(async () => {
      await fetch(`${site.cloud.routerUrl}/crash`).catch(() => undefined);
      await sleep(500);
    });
    expect(counts.failed).toBeGreaterThan(0);
    expect(site.cloud.requests("shop").failed).toBeGreaterThanOrEqual(counts.failed);
    await expect.poll(() => get().catch(String), { timeout: 8000 }).toBe("200 one");
  });
});

describe("a revision that does not become ready", () => {
  it.each([
    ["exits", "Container called exit(3).", "cannot start: [secret]"],
    ["unhealthy", "GET /healthz was not answered with 2xx or 3xx within", null],
    ["silent", "Nothing listened on PORT, which was ", null],
  ])("fails the update when the service %s, and traffic stays", async (version, reason, log) => {
    await site.write("server.js", SERVER);
    const serving = site.cloud.serving("shop");
    const image = await site.image(version);
    const { code, err } = await shell(`${UPDATE} ${image}`);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^ERROR: \(gcloud\.run\.services\.update\) Revision 'shop-0000\d-[a-z]{3}' is not ready and cannot serve traffic\./m,
    );
    expect(err).toContain(reason);
    if (log !== null) expect(err).toContain(log);
    expect(err).not.toContain(SECRET);
    expect(site.cloud.serving("shop")).toBe(serving);
    const failed = await value("status.latestCreatedRevisionName");
    expect(await value("status.latestReadyRevisionName")).toBe(serving);
    const traffic = await shell(
      `gcloud run services update-traffic shop ${FLAGS} --to-revisions ${failed}=100`,
    );
    expect(traffic).toMatchObject({ code: 1 });
    expect(traffic.err).toContain(`Revision '${failed}' is not ready and cannot serve traffic.`);
    expect(await get()).toBe("200 one");
  });
});

describe("traffic", () => {
  it("splits by percent, goes back to a revision that was scaled down, and answers under tags", async () => {
    const old = site.cloud.serving("shop")!;
    const image = await site.image("two");
    await shell(`${UPDATE} ${image}`);
    const latest = await value("status.latestReadyRevisionName");
    await shell(
      `gcloud run services update-traffic shop ${FLAGS} --to-revisions ${latest}=50,${old}=50`,
    );
    const answers = new Set<string>();
    for (let index = 0; index < 40; index++) answers.add(await get());
    expect([...answers].sort()).toEqual(["200 one", "200 two"]);

    await shell(`gcloud run services update-traffic shop ${FLAGS} --to-latest`);
    await sleep(1500);
    expect(site.cloud.serving("shop")).toBe(latest);
    const counts = await during(() =>
      shell(`gcloud run services update-traffic shop ${FLAGS} --to-revisions ${old}=100`),
    );
    expect(counts.failed).toBe(0);
    expect(await get()).toBe("200 one");

    await shell(
      `gcloud run services update-traffic shop ${FLAGS} --update-tags candidate=${latest}`,
    );
    const { out } = await shell(
      `gcloud run services describe shop ${FLAGS} --flatten 'status.traffic[]' --format 'csv[no-heading](status.traffic.tag,status.traffic.url)'`,
    );
    const url = /^candidate,(.*)$/m.exec(out)?.[1] ?? "";
    expect(await (await fetch(url)).text()).toBe("two");
    expect(await get()).toBe("200 one");
  });

  it("lets a slow answer end on the revision where it began", async () => {
    const slow = get("/slow");
    await sleep(100);
    await shell(`gcloud run services update-traffic shop ${FLAGS} --to-latest`);
    expect(await get()).toBe("200 two");
    expect(await slow).toBe("200 one");
  });

  it("moves with an update of a service that serves the latest revision", async () => {
    const image = await site.image("three");
    await shell(
      `gcloud run services update shop ${FLAGS} --quiet --container app --image ${image}`,
    );
    expect(await get()).toBe("200 three");
  });
});

describe("what gcloud refuses", () => {
  it.each([
    [
      "run services describe nope",
      1,
      "ERROR: (gcloud.run.services.describe) Cannot find service [nope]",
    ],
    [
      "run services update nope --image x",
      1,
      "ERROR: (gcloud.run.services.update) Service [nope] could not be found.",
    ],
    [
      `run services update shop --image ${IMAGE}:never`,
      1,
      `ERROR: (gcloud.run.services.update) Image '${IMAGE}:never' not found.`,
    ],
    [
      `run deploy other --no-traffic --image ${IMAGE}:one`,
      1,
      "ERROR: (gcloud.run.deploy) --no-traffic not supported when creating a new service.",
    ],
    [
      "run services update-traffic shop --to-revisions shop-00009-abc=100",
      1,
      "ERROR: (gcloud.run.services.update-traffic) Revision 'shop-00009-abc' not found.",
    ],
    [
      "run services update-traffic shop --to-revisions shop-00009-abc=120",
      1,
      "ERROR: (gcloud.run.services.update-traffic) New traffic for target shop-00009-abc is 120, not between 0 and 100",
    ],
    [
      "run revisions describe nope",
      1,
      "ERROR: (gcloud.run.revisions.describe) Cannot find revision [nope]",
    ],
    [
      "run services update shop --update-labels commit=ABC --image x",
      1,
      "ERROR: (gcloud.run.services.update) Image 'x' not found.",
    ],
    [
      `run services update shop --update-labels commit=ABC --image ${IMAGE}:one`,
      2,
      "Bad value [ABC]",
    ],
  ])("%s", async (command, code, message) => {
    const serving = site.cloud.serving("shop");
    const ran = await shell(`gcloud ${command} ${FLAGS}`);
    expect(ran.err).toContain(message);
    expect(ran.code).toBe(code);
    expect(site.cloud.serving("shop")).toBe(serving);
  });

  it("finds nothing in another region, and asks for one", async () => {
    expect((await shell("gcloud run services describe shop --region us-east1")).err).toContain(
      "Cannot find service [shop]",
    );
    expect((await shell("gcloud run services describe shop")).err).toContain(
      "You must specify a region.",
    );
  });
});

describe("gcloud run deploy", () => {
  it("makes a service that is not there, as the article does", async () => {
    const ran = await shell(
      `gcloud run deploy davidmuraya --image=${IMAGE}:one --set-env-vars=ENVIRONMENT=PRODUCTION ${FLAGS} --project=example-project`,
    );
    expect(ran.code).toBe(0);
    const url = site.cloud.url("davidmuraya");
    expect(await (await fetch(url)).text()).toBe("one");
    const { out } = await shell(
      `gcloud run services describe davidmuraya ${FLAGS} --flatten 'spec.template.spec.containers[0].env[]' --format 'csv[no-heading](spec.template.spec.containers[0].env.name,spec.template.spec.containers[0].env.value)'`,
    );
    expect(out).toContain("ENVIRONMENT,PRODUCTION");
  });
});
