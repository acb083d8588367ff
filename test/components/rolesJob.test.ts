import { describe, expect, it } from "vitest";

import * as pulumi from "@pulumi/pulumi";

import { RolesJob, type RolesJobArgs } from "../../components";
import { rolesJobScript } from "../../components/build/roles";
import { evaluate, type InventoryResource } from "../../inventory";

const ARGS: RolesJobArgs = {
  region: "europe-west1",
  serviceAccount: "migrator@p.iam.gserviceaccount.com",
  runtimeRole: "shop_runtime",
  network: "n",
  subnetwork: "s",
  connection: {
    connectionName: "p:europe-west1:i",
    database: "app",
    user: "shop_migrator",
    password: { secret: "password", version: "4" },
    host: "10.8.0.3",
  },
};

async function resourcesFor(args: Partial<RolesJobArgs> = {}): Promise<InventoryResource[]> {
  const { resources } = await evaluate(() => {
    new RolesJob("shop", { ...ARGS, ...args });
  });
  return resources;
}

interface Task {
  containers: { image: string; commands: string[]; args: string[]; envs: unknown[] }[];
}

async function jobFor(args: Partial<RolesJobArgs> = {}): Promise<InventoryResource> {
  return (await resourcesFor(args)).find(({ type }) => type.endsWith(":Job"))!;
}

async function containerFor(args: Partial<RolesJobArgs> = {}): Promise<Task["containers"][0]> {
  const { inputs } = await jobFor(args);
  const [container] = (inputs["template"] as { template: Task }).template.containers;
  return container!;
}

describe("RolesJob", () => {
  it("runs the script of the roles once, in an image that Cloud Run finds on Docker Hub", async () => {
    const container = await containerFor({ extensions: ["citext"], ownerRole: "owner" });
    expect(container.image).toBe("docker.io/library/postgres:18");
    const script = rolesJobScript({
      ownerRole: "owner",
      runtimeRole: "shop_runtime",
      extensions: ["citext"],
      lockTimeout: "5s",
      statementTimeout: "15min",
      secrets: {},
    });
    expect(container.commands).toEqual(["bash"]);
    expect(container.args).toEqual(["-c", script]);
  });

  it("has no word that Cloud Run would expand or unescape in a container's arguments", async () => {
    const [, script = ""] = (await containerFor({ extensions: ["citext"] })).args;
    expect(script).toContain("psql");
    expect(script).not.toMatch(/\$\$|\$\(\w+\)/);
  });

  it("logs in as the migrator, by TCP", async () => {
    expect((await containerFor()).envs).toEqual([
      { name: "PGUSER", value: "shop_migrator" },
      { name: "PGPASSWORD", valueSource: { secretKeyRef: { secret: "password", version: "4" } } },
      { name: "PGHOST", value: "10.8.0.3" },
      { name: "PGPORT", value: "5432" },
      { name: "PGDATABASE", value: "app" },
      { name: "PGSSLMODE", value: "require" },
      { name: "PGAPPNAME", value: "cloud-run-migrations" },
    ]);
  });

  it("stands beside the migration's job, and is protected like it", async () => {
    const job = await jobFor({ labels: { team: "shop" }, project: "other-project" });
    expect(job.inputs).toMatchObject({
      name: "shop-dev-roles",
      project: "other-project",
      labels: { team: "shop" },
      deletionProtection: true,
      template: {
        taskCount: 1,
        template: {
          serviceAccount: "migrator@p.iam.gserviceaccount.com",
          maxRetries: 0,
          timeout: "480s",
          vpcAccess: {
            egress: "PRIVATE_RANGES_ONLY",
            networkInterfaces: [{ network: "n", subnetwork: "s" }],
          },
        },
      },
    });
    expect(job.protect).toBe(true);
    const open = await jobFor({ deletionProtection: false });
    expect([open.protect, open.inputs["deletionProtection"]]).toEqual([false, false]);
  });

  it("asks for no live image: no release changes its own", async () => {
    const asked: string[] = [];
    await evaluate(
      () => {
        new RolesJob("shop", ARGS);
      },
      { answer: (token) => (asked.push(token), {}) },
    );
    expect(asked).toEqual([]);
  });

  it("may be run by whoever releases, and by nobody else", async () => {
    const grants = async (args: Partial<RolesJobArgs>): Promise<unknown[]> =>
      (await resourcesFor(args))
        .filter(({ type }) => type.endsWith(":JobIamMember"))
        .map(({ inputs }) => [inputs["role"], inputs["member"], inputs["name"]]);
    expect(await grants({})).toEqual([]);
    expect(await grants({ releasedBy: "build@p.iam.gserviceaccount.com" })).toEqual([
      ["roles/run.developer", "serviceAccount:build@p.iam.gserviceaccount.com", "shop-dev-roles"],
    ]);
  });
});

it("refuses what could not connect", async () => {
  const { connectionName, database, user } = ARGS.connection;
  const failing = resourcesFor({ connection: { connectionName, database, user } });
  await expect(failing).rejects.toThrow(
    [
      "invalid args",
      "  connection.host: expected the instance's private address: psql connects by TCP, got nothing",
      "  connection.password: expected a secret's version: psql cannot log in by token, got nothing",
    ].join("\n"),
  );
});

it("refuses an owner's role that turns out to be a login", async () => {
  const failing = resourcesFor({ ownerRole: "owner", runtimeRole: pulumi.output("owner") });
  await expect(failing).rejects.toThrow(
    'ownerRole: expected a role of its own, got "owner"; the service logs in as that',
  );
});
