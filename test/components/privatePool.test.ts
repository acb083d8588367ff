import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { PrivateNetwork } from "../../components/privateNetwork";
import { PrivatePool, type PrivatePoolArgs } from "../../components/privatePool";
import { evaluate } from "../../inventory";
import { Probe, record, resource } from "./recording";

const NETWORK = "projects/p/global/networks/shared";

const ARGS: PrivatePoolArgs = {
  region: "europe-west1",
  namePrefix: "shop",
  network: NETWORK,
};

describe("PrivatePool", () => {
  it("makes a pool that is peered with the network", async () => {
    const recorded = await record(() => {
      new PrivatePool("pool", ARGS);
    });
    expect(resource(recorded, "pool").inputs).toEqual({
      location: "europe-west1",
      name: "shop-dev",
      networkConfig: {
        peeredNetwork: NETWORK,
        peeredNetworkIpRange: "/28",
      },
      workerConfig: { machineType: "e2-standard-2", diskSizeGb: 100, noExternalIp: false },
    });
  });

  it("takes every size, and the project", async () => {
    const recorded = await record(() => {
      new PrivatePool("pool", {
        ...ARGS,
        project: "another-project",
        workersPrefixLength: 24,
        machineType: "n2d-standard-4",
        diskSizeGb: 500,
        externalIp: false,
      });
    });
    expect(resource(recorded, "pool").inputs).toMatchObject({
      project: "another-project",
      networkConfig: { peeredNetworkIpRange: "/24" },
      workerConfig: { machineType: "n2d-standard-4", diskSizeGb: 500, noExternalIp: true },
    });
  });

  it("names the network as Cloud Build wants it", async () => {
    const recorded = await record(() => {
      const selfLink = `https://www.googleapis.com/compute/v1/${NETWORK}`;
      new PrivatePool("pool", { ...ARGS, network: selfLink });
    });
    expect(resource(recorded, "pool").inputs["networkConfig"]).toMatchObject({
      peeredNetwork: NETWORK,
    });
  });

  it("is made after private services access, and given when it is there", async () => {
    const recorded = await record(() => {
      const { networkId } = new PrivateNetwork("net", {
        region: "europe-west1",
        exportCustomRoutes: true,
      });
      new Probe("probe", new PrivatePool("pool", { ...ARGS, network: networkId }).poolId);
    });
    expect(resource(recorded, "pool").dependsOn).toEqual([
      "net",
      "net-services-connection",
      "net-services-routes",
    ]);
    expect(resource(recorded, "probe").dependsOn).toEqual(["pool"]);
  });

  it("gives the name that a build is told", async () => {
    const { outputs } = await evaluate(() => ({ id: new PrivatePool("pool", ARGS).poolId }));
    expect(outputs["id"]).toBe(
      "projects/example-project/locations/europe-west1/workerPools/shop-dev",
    );
  });

  it("is protected with its parent", async () => {
    const recorded = await record(() => {
      const parent = new pulumi.ComponentResource(
        "test:index:Outer",
        "outer",
        {},
        { protect: true },
      );
      new PrivatePool("pool", ARGS, { parent });
    });
    expect(resource(recorded, "pool").protect).toBe(true);
  });

  it("takes a network that a preview does not know", async () => {
    const { resources } = await evaluate(
      () => {
        const { id } = new gcp.compute.Network("later");
        new PrivatePool("pool", { ...ARGS, network: id });
      },
      { preview: true },
    );
    expect(resources.map(({ type }) => type)).toContain("gcp:cloudbuild/workerPool:WorkerPool");
  });

  it("fails with all that is wrong in one error", async () => {
    await record(() => {
      const args = {
        region: "europe-west1-b",
        workersPrefixLength: 30,
        machineType: "E2_HIGHCPU_8",
        diskSizeGb: 50,
        externalIp: "no",
        existing: "projects/p/locations/europe-west1/workerPools/w",
      } as unknown as PrivatePoolArgs;
      expect(() => new PrivatePool("pool", args)).toThrow(
        [
          "invalid args",
          "  existing: expected a known argument, got an unknown one; known are project, region, namePrefix, network, workersPrefixLength, machineType, diskSizeGb, externalIp",
          '  region: expected a region such as europe-west1, got "europe-west1-b"',
          "  network: expected a text that is not empty, got nothing",
          "  workersPrefixLength: expected a whole number from 16 to 29, got 30",
          '  machineType: expected a machine such as e2-standard-2, got "E2_HIGHCPU_8"',
          "  diskSizeGb: expected a whole number from 100 to 4000, got 50",
          '  externalIp: expected true or false, got "no"',
        ].join("\n"),
      );
    });
  });
});
