import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { MigratedService, type MigratedServiceArgs } from "../../components";
import { evaluate, reveal, type Inventory, type InventoryResource } from "../../inventory";

const REPOSITORY =
  "projects/example-project/locations/europe-west1/connections/github/repositories/shop";

const ARGS: MigratedServiceArgs = {
  region: "europe-west1",
  source: { repository: REPOSITORY },
};

const BUILD_STEP: MigratedServiceArgs = {
  ...ARGS,
  network: { publicIp: true },
  migration: { connectivity: "BuildStep" },
};

const create = (args: MigratedServiceArgs, options = {}): Promise<Inventory> =>
  evaluate(() => {
    new MigratedService("shop", args);
  }, options);

function only({ resources }: Inventory, type: string): InventoryResource {
  const found = resources.filter((resource) => resource.type.endsWith(`:${type}`));
  expect(found.map(({ name }) => name)).toHaveLength(1);
  return found[0]!;
}

describe("MigratedService", () => {
  it("protects nothing in Development, nor when deletionProtection is off", async () => {
    for (const args of [
      { ...ARGS, preset: "Development" as const },
      { ...ARGS, database: { deletionProtection: false } },
    ]) {
      const { resources } = await create(args);
      expect(resources.filter(({ protect }) => protect)).toEqual([]);
      const flags = resources.flatMap(({ inputs }) => inputs["deletionProtection"] ?? []);
      expect(flags).toEqual([false, false, false]);
    }
  });

  it("lets explicit arguments win over the preset", async () => {
    const inventory = await create({
      ...ARGS,
      preset: "Development",
      database: { deletionProtection: true, tier: "db-custom-2-7680" },
    });
    const { inputs, protect } = only(inventory, "DatabaseInstance");
    expect(protect).toBe(true);
    expect(inputs["settings"]).toMatchObject({ tier: "db-custom-2-7680" });
  });

  it("makes no API when they are enabled elsewhere", async () => {
    const { resources } = await create({ ...ARGS, enableApis: false });
    expect(resources.filter(({ type }) => type.startsWith("gcp:projects/service"))).toEqual([]);
  });

  it("takes a network that is there already", async () => {
    const network = "projects/net/global/networks/shared";
    const subnetwork = "projects/net/regions/europe-west1/subnetworks/shared";
    const inventory = await create({ ...ARGS, network: { network, subnetwork } });
    expect(inventory.resources.filter(({ type }) => type.startsWith("gcp:compute/"))).toEqual([]);
    expect(only(inventory, "DatabaseInstance").inputs["settings"]).toMatchObject({
      ipConfiguration: { privateNetwork: network, ipv4Enabled: false },
    });
    expect(only(inventory, "Job").inputs["template"]).toMatchObject({
      template: { vpcAccess: { networkInterfaces: [{ network, subnetwork }] } },
    });
  });

  it("keeps the private address when the build migrates by the public one", async () => {
    const inventory = await create(BUILD_STEP);
    expect(only(inventory, "DatabaseInstance").inputs["settings"]).toMatchObject({
      connectorEnforcement: "REQUIRED",
      ipConfiguration: {
        ipv4Enabled: true,
        sslMode: "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
        privateNetwork: "projects/example-project/global/networks/shop-dev",
      },
    });
    const { inputs } = only(inventory, "DatabaseInstance");
    expect(JSON.stringify(inputs)).not.toContain("authorizedNetworks");
  });

  it("puts labels on everything that can have some", async () => {
    const { resources } = await create({ ...ARGS, labels: { team: "shop" } });
    const labelled = resources.filter(({ inputs }) =>
      JSON.stringify(inputs).includes('"team":"shop"'),
    );
    const types = new Set(labelled.map(({ type }) => type.split(":").at(-1)));
    expect([...types].sort()).toEqual([
      "DatabaseInstance",
      "Job",
      "Repository",
      "Secret",
      "Service",
    ]);
  });

  it("makes everything in the project that it is given", async () => {
    const inventory = await create({ ...ARGS, project: "another-project" });
    for (const { name, type, inputs } of inventory.resources.filter(({ custom }) => custom)) {
      const text = JSON.stringify(inputs);
      expect(text, `${type} ${name}`).not.toContain("example-project/global");
      if (type.endsWith(":Connection") || type.endsWith(":SecretVersion")) continue;
      if (type.startsWith("gcp:serviceaccount/iAM")) continue; // its account's name has the project
      expect(inputs["project"], `${type} ${name}`).toBe("another-project");
    }
  });

  it("gives each environment's secrets to those who need them and to nobody else", async () => {
    const { resources } = await create({
      ...ARGS,
      secrets: {
        BOTH: { value: "b", toMigration: true },
        RUNTIME: { value: "r" },
        MIGRATION: { value: "m", toRuntime: false, toMigration: true },
      },
    });
    const readers = resources
      .filter(({ type }) => type.endsWith(":SecretIamMember"))
      .map(({ inputs }) => [
        String(inputs["secretId"]).replace("shop-dev-", ""),
        String(inputs["member"]).replace(/.*-(\w+)@.*/, "$1"),
      ]);
    expect(readers.sort()).toEqual([
      ["BOTH", "migrator"],
      ["BOTH", "runtime"],
      ["MIGRATION", "migrator"],
      ["RUNTIME", "runtime"],
      ["migrator_password", "migrator"],
      ["runtime_password", "runtime"],
    ]);
  });

  it("shows no secret in any input, output or error text", async () => {
    const canary = "canary-5d0f7b";
    const inventory = await create({ ...ARGS, secrets: { KEY: { value: canary } } });
    expect(JSON.stringify(inventory)).not.toContain(canary);
    expect(JSON.stringify(reveal(inventory))).toContain(canary);
    const failing = create({
      ...ARGS,
      region: "nowhere",
      secrets: { KEY: { value: canary, version: "1" } },
    });
    await expect(failing).rejects.not.toThrow(canary);
  });

  it("has two in one stack that do not meet", async () => {
    const inventory = await evaluate(() => {
      new MigratedService("shop", ARGS);
      new MigratedService("shop-two", { ...ARGS, secrets: { A: { value: "a" } } });
    });
    const urns = inventory.resources.map(({ urn }) => urn);
    expect(new Set(urns).size).toBe(urns.length);
    const named = inventory.resources.flatMap(({ type, inputs }) => {
      const name =
        inputs["name"] ?? inputs["accountId"] ?? inputs["secretId"] ?? inputs["repositoryId"];
      const isThing = !/iammember$/i.test(type) && !/sql\/(user|database):/.test(type);
      return typeof name === "string" && isThing ? [`${type} ${name}`] : [];
    });
    expect(named.length).toBeGreaterThan(20);
    expect(new Set(named).size).toBe(named.length);
  });

  it("lets the build read the migrator's password only where the build migrates", async () => {
    const reader = async (args: MigratedServiceArgs): Promise<unknown> =>
      (await create(args)).resources.find(
        ({ type, inputs }) =>
          type.endsWith(":SecretIamMember") && inputs["secretId"] === "shop-dev-migrator_password",
      )?.inputs["member"];
    const account = (role: string): string =>
      `serviceAccount:shop-dev-${role}@example-project.iam.gserviceaccount.com`;
    expect(await reader(ARGS)).toBe(account("migrator"));
    expect(await reader(BUILD_STEP)).toBe(account("build"));
  });

  it("registers each of its outputs", async () => {
    let outputs: string[] = [];
    const { resources } = await evaluate(() => {
      const service = new MigratedService("shop", ARGS);
      outputs = Object.entries(service)
        .filter(([name, value]) => name !== "urn" && pulumi.Output.isInstance(value))
        .map(([name]) => name);
    });
    const { registeredOutputs } = resources.find(({ name, custom }) => name === "shop" && !custom)!;
    expect(outputs).toHaveLength(15);
    expect(Object.keys(registeredOutputs ?? {}).sort()).toEqual(outputs.sort());
  });

  it("has a rollback command in which only the revision is missing", async () => {
    const { outputs } = await evaluate(() => {
      const { rollbackCommand } = new MigratedService("shop", ARGS);
      return { rollbackCommand };
    });
    expect(outputs["rollbackCommand"]).toBe(
      "gcloud run services update-traffic shop-dev --region europe-west1 --project example-project " +
        "--to-revisions REVISION=100",
    );
  });

  it("never throws for values that a preview does not know", async () => {
    const unknownAtPreview = (): pulumi.Output<string> =>
      new MigratedService("first", ARGS).serviceUrl.apply((url) => url.slice(8));
    const inventory = await evaluate(
      () => {
        const value = unknownAtPreview();
        new MigratedService("second", {
          region: value,
          project: value,
          labels: { team: value },
          source: { repository: value },
          build: { buildArgs: { A: value } },
          secrets: { B: { value }, C: { existingSecret: value, version: value } },
          service: { env: { D: value }, placeholderImage: value },
          network: { network: value, subnetwork: value },
        });
      },
      { preview: true },
    );
    expect(inventory.resources.filter(({ name }) => name === "second-release")).toHaveLength(2);
  });
});
