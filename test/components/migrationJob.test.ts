import { describe, expect, it } from "vitest";

import { MigrationJob, type MigrationJobArgs } from "../../components";
import { evaluate, type InventoryResource } from "../../inventory";

const ARGS: MigrationJobArgs = {
  region: "europe-west1",
  serviceAccount: "migrator@p.iam.gserviceaccount.com",
  runtimeRole: "shop_runtime",
  connection: {
    connectionName: "p:europe-west1:i",
    database: "app",
    user: "shop_migrator",
    password: { secret: "password", version: "4" },
  },
};

async function resourcesFor(args: Partial<MigrationJobArgs> = {}): Promise<InventoryResource[]> {
  const { resources } = await evaluate(() => {
    new MigrationJob("shop", { ...ARGS, ...args });
  });
  return resources;
}

interface Task {
  containers: { commands: string[]; args: string[]; envs: unknown[] }[];
  maxRetries: number;
  timeout: string;
  vpcAccess?: unknown;
}

async function taskFor(args: Partial<MigrationJobArgs> = {}): Promise<Task> {
  const job = (await resourcesFor(args)).find(({ type }) => type.endsWith(":Job"))!;
  return (job.inputs["template"] as { template: Task }).template;
}

describe("MigrationJob", () => {
  it("runs one task once", async () => {
    const job = (await resourcesFor()).find(({ type }) => type.endsWith(":Job"))!;
    expect(job.inputs).toMatchObject({
      name: "shop-dev-migrate",
      template: { taskCount: 1, parallelism: 1, template: { maxRetries: 0, timeout: "1200s" } },
    });
    expect(job.ignoreChanges).toEqual([
      "client",
      "clientVersion",
      "template.labels",
      "template.annotations",
    ]);
  });

  it("runs the migration tool of the image", async () => {
    const [container] = (await taskFor({ extensions: ["citext", "pg_trgm"] })).containers;
    expect(container?.commands).toEqual(["node"]);
    expect(container?.args).toEqual([
      "node_modules/cloud-run-migrations/dist/migrate/cli.js",
      "up",
      "--migrations-dir",
      "migrations",
      "--role",
      "app_owner",
      "--runtime-role",
      "shop_runtime",
      "--extensions",
      "citext,pg_trgm",
      "--lock-timeout",
      "5s",
      "--statement-timeout",
      "15min",
      "--lock-wait",
      "10min",
      "--ip-type",
      "PUBLIC",
    ]);
  });

  it("logs in with its password's pinned version", async () => {
    const [container] = (await taskFor({ secrets: { KEY: { secret: "k", version: "2" } } }))
      .containers;
    expect(container?.envs).toEqual([
      { name: "INSTANCE_CONNECTION_NAME", value: "p:europe-west1:i" },
      { name: "PGDATABASE", value: "app" },
      { name: "PGUSER", value: "shop_migrator" },
      { name: "PGPASSWORD", valueSource: { secretKeyRef: { secret: "password", version: "4" } } },
      { name: "KEY", valueSource: { secretKeyRef: { secret: "k", version: "2" } } },
    ]);
    expect(container?.args).not.toContain("--iam");
  });

  it("logs in by token when there is no password", async () => {
    const { connectionName, database, user } = ARGS.connection;
    const [container] = (await taskFor({ connection: { connectionName, database, user } }))
      .containers;
    expect(container?.args.slice(-1)).toEqual(["--iam"]);
    expect(JSON.stringify(container?.envs)).not.toContain("PGPASSWORD");
  });

  it("reaches a private address through the network", async () => {
    const task = await taskFor({ network: "n", subnetwork: "s" });
    expect(task.containers[0]?.args.slice(-2)).toEqual(["--ip-type", "PRIVATE"]);
    expect(task.vpcAccess).toEqual({
      egress: "PRIVATE_RANGES_ONLY",
      networkInterfaces: [{ network: "n", subnetwork: "s" }],
    });
  });

  it("may be run by whoever releases, and by nobody else", async () => {
    const grants = async (args: Partial<MigrationJobArgs>): Promise<unknown[]> =>
      (await resourcesFor(args))
        .filter(({ type }) => type.endsWith(":JobIamMember"))
        .map(({ inputs }) => [inputs["role"], inputs["member"], inputs["name"]]);
    expect(await grants({})).toEqual([]);
    expect(await grants({ releasedBy: "build@p.iam.gserviceaccount.com" })).toEqual([
      ["roles/run.developer", "serviceAccount:build@p.iam.gserviceaccount.com", "shop-dev-migrate"],
    ]);
  });
});

it("refuses wrong arguments in one error", async () => {
  await expect(resourcesFor({ network: "n", taskTimeoutSeconds: 0 })).rejects.toThrow(
    [
      "invalid args",
      "  taskTimeoutSeconds: expected a whole number from 1 to 86400, got 0",
      "  subnetwork: expected network and subnetwork together, or neither, got nothing",
    ].join("\n"),
  );
});
