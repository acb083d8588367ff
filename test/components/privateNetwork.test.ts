import { describe, expect, it } from "vitest";
import { PrivateNetwork } from "../../components/privateNetwork";
import { Probe, record, resource } from "./recording";

describe("PrivateNetwork", () => {
  it("makes a network, a subnet and private services access", async () => {
    const recorded = await record(() => {
      new PrivateNetwork("net", { region: "europe-west1", namePrefix: "shop" });
    });
    expect(resource(recorded, "net").inputs).toEqual({
      name: "shop-dev",
      autoCreateSubnetworks: false,
      routingMode: "REGIONAL",
    });
    expect(resource(recorded, "net-subnet").inputs).toMatchObject({
      name: "shop-dev",
      network: "net-id",
      region: "europe-west1",
      ipCidrRange: "10.8.0.0/24",
      privateIpGoogleAccess: true,
    });
    expect(resource(recorded, "net-services-range").inputs).toEqual({
      name: "shop-dev-services",
      purpose: "VPC_PEERING",
      addressType: "INTERNAL",
      prefixLength: 20,
      network: "net-id",
    });
    expect(resource(recorded, "net-services-connection").inputs).toEqual({
      network: "net-id",
      service: "servicenetworking.googleapis.com",
      reservedPeeringRanges: ["shop-dev-services"],
      deletionPolicy: "ABANDON",
    });
  });

  it("gives the network's ID only once an instance can get an address in it", async () => {
    const recorded = await record(() => {
      const network = new PrivateNetwork("net", { region: "europe-west1" });
      new Probe("probe", network.networkId);
    });
    const probe = resource(recorded, "probe");
    expect(probe.inputs["value"]).toBe("net-id");
    expect(probe.dependsOn).toEqual(["net", "net-services-connection"]);
  });

  it("makes nothing in a network that is there already", async () => {
    const recorded = await record(() => {
      const network = new PrivateNetwork("net", {
        region: "europe-west1",
        network: "projects/host/global/networks/shared",
        subnetwork: "projects/host/regions/europe-west1/subnetworks/run",
      });
      new Probe("probe", [network.networkId, network.subnetworkId]);
    });
    expect([...recorded.keys()]).toEqual(["component net", "probe"]);
    expect(resource(recorded, "probe").inputs["value"]).toEqual([
      "projects/host/global/networks/shared",
      "projects/host/regions/europe-west1/subnetworks/run",
    ]);
  });

  it("adds private services access to an existing network when asked", async () => {
    const recorded = await record(() => {
      new PrivateNetwork("net", {
        region: "europe-west1",
        network: "shared",
        subnetwork: "run",
        privateServicesAccess: true,
      });
    });
    expect([...recorded.keys()]).toEqual([
      "component net",
      "net-services-range",
      "net-services-connection",
    ]);
  });

  it("exchanges routes with Google's services when asked, before the network is given", async () => {
    const recorded = await record(() => {
      const network = new PrivateNetwork("net", {
        region: "europe-west1",
        namePrefix: "shop",
        project: "another-project",
        exportCustomRoutes: true,
      });
      new Probe("probe", network.networkId);
    });
    expect(resource(recorded, "net-services-routes").inputs).toEqual({
      project: "another-project",
      network: "shop-dev",
      peering: "servicenetworking-googleapis-com",
      exportCustomRoutes: true,
      importCustomRoutes: true,
    });
    expect(resource(recorded, "probe").dependsOn).toEqual([
      "net",
      "net-services-connection",
      "net-services-routes",
    ]);
  });

  it("makes everything in the project that is named", async () => {
    const recorded = await record(() => {
      new PrivateNetwork("net", { region: "europe-west1", project: "another-project" });
    });
    for (const name of ["net", "net-subnet", "net-services-range"]) {
      expect(resource(recorded, name).inputs["project"]).toBe("another-project");
    }
  });

  it("fails with all that is wrong in one error", async () => {
    await record(() => {
      const args = {
        region: "europe-west1-b",
        network: "shared",
        subnetRange: "10.8.0.0/28",
        servicesPrefixLength: 28,
      };
      expect(() => new PrivateNetwork("net", args)).toThrow(
        [
          "invalid args",
          '  region: expected a region such as europe-west1, got "europe-west1-b"',
          '  subnetRange: expected an IPv4 range such as 10.8.0.0/24, /8 to /26, got "10.8.0.0/28"',
          "  servicesPrefixLength: expected a whole number from 16 to 24, got 28",
          "  subnetwork: expected network and subnetwork together, or neither, got nothing",
        ].join("\n"),
      );
    });
  });

  it.each([
    ["10.8.0.0/8", true],
    ["192.168.255.0/26", true],
    ["10.8.0.0/27", false],
    ["10.8.0.0/7", false],
    ["10.8.256.0/24", false],
    ["10.8.0/24", false],
    ["10.8.0.0", false],
  ])("takes the range %s: %s", async (subnetRange, isLegal) => {
    await record(() => {
      const make = () => new PrivateNetwork("net", { region: "europe-west1", subnetRange });
      if (isLegal) expect(make).not.toThrow();
      else expect(make).toThrow(/^invalid args\n {2}subnetRange: [^\n]+$/);
    });
  });

  it.each([
    [
      { exportRoutes: true },
      "exportRoutes: expected a known argument, got an unknown one; did you mean exportCustomRoutes?",
    ],
    [
      { privateServicesAccess: false },
      "privateServicesAccess: expected true for a network of its own, got false",
    ],
    [
      { network: "n", subnetwork: "s", exportCustomRoutes: true },
      "exportCustomRoutes: expected nothing with network, got true; set it on the peering where that network is made",
    ],
  ])("fails on %j", async (args, line) => {
    await record(() => {
      expect(() => new PrivateNetwork("net", { region: "europe-west1", ...args })).toThrow(
        `invalid args\n  ${line}`,
      );
    });
  });
});
