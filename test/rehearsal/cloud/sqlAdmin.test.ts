import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EnvironmentResource } from "../../../rehearsal/cloud";
import { SqlAdmin } from "../../../rehearsal/cloud/sqlAdmin";
import { type Shell, openShell } from "./shell";
import { JOB, REST, SERVICE, type Site, openSite } from "./site";

const GRANT: EnvironmentResource = {
  type: "gcp:projects/iAMMember:IAMMember",
  name: "backup",
  inputs: { role: "roles/cloudsql.editor", member: "serviceAccount:m@p.iam.gserviceaccount.com" },
};
const RUNS = "/v1/projects/example-project/instances/shop/backupRuns";

let site: Site;
let shell: Shell;
beforeAll(async () => {
  site = await openSite([SERVICE, JOB, GRANT, ...REST]);
  shell = openShell(site, ["gcloud"]);
});
afterAll(() => site.close());

async function call(path: string, body?: string): Promise<{ status: number; answer: unknown }> {
  const response = await fetch(`http://${site.cloud.platform.sqlAdmin.host}${path}`, {
    method: body === undefined ? "GET" : "POST",
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, answer: await response.json() };
}

async function take(build: string): Promise<string> {
  const description = `cloud-run-migrations build ${build}`;
  const { status, answer } = await call(RUNS, JSON.stringify({ description }));
  expect(status).toBe(200);
  return (answer as { backupContext: { backupId: string } }).backupContext.backupId;
}

describe("the Admin API's stand-in", () => {
  it("takes note of a backup, and gcloud lists it", async () => {
    const [first, second] = [await take("b-1"), await take("b-2")];
    expect(first).not.toBe(second);
    const { answer } = await call(`${RUNS}/${first}`);
    expect(answer).toMatchObject({
      id: first,
      instance: "shop",
      type: "ON_DEMAND",
      status: "SUCCESSFUL",
      description: "cloud-run-migrations build b-1",
    });
    const { endTime } = answer as { endTime: string };
    expect(Math.abs(Date.parse(endTime) - Date.now())).toBeLessThan(10_000);
    const list = "gcloud sql backups list --instance shop --project example-project";
    const { code, out } = await shell(
      `${list} --filter 'description="cloud-run-migrations build b-1" AND status="SUCCESSFUL"' --sort-by '~endTime' --limit 1 --format 'csv[no-heading](id,endTime)'`,
    );
    expect([code, out]).toEqual([0, `${first},${endTime}\n`]);
    expect((await shell(`${list} --format 'value(id)'`)).out).toBe(`${second}\n${first}\n`);
  });

  it("lists none of another instance or project", async () => {
    const list = "gcloud sql backups list --format 'value(id)'";
    expect((await shell(`${list} --instance other`)).out).toBe("");
    expect((await shell(`${list} --instance shop --project other`)).out).toBe("");
  });

  it.each([
    ["no JSON", RUNS, "{", 400],
    ["no object", RUNS, "1", 400],
    ["an unknown backup", `${RUNS}/1`, undefined, 404],
    ["another place", "/v1/projects/p/instances/i", undefined, 404],
  ])("refuses %s", async (_, path, body, status) => {
    expect((await call(path, body)).status).toBe(status);
  });

  it("refuses when nobody in the environment may take backups", async () => {
    const admin = new SqlAdmin(() => undefined, false);
    await admin.listen();
    const response = await fetch(`http://${admin.host}${RUNS}`, { method: "POST", body: "{}" });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ error: { status: "PERMISSION_DENIED" } });
    expect(admin.list("example-project", "shop")).toEqual([]);
    await admin.close();
  });
});
