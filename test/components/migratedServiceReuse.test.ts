import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { MigratedService, type MigratedServiceArgs } from "../../components";
import { evaluate, reveal, type Inventory } from "../../inventory";

const ARGS: MigratedServiceArgs = {
  region: "europe-west1",
  source: { github: { owner: "example", name: "shop" } },
};

const EXISTING = {
  database: { existingInstance: "data-project:europe-west1:shared" },
  network: {
    network: "projects/net-project/global/networks/shared",
    subnetwork: "projects/net-project/regions/europe-west1/subnetworks/shared",
  },
};

const create = (args: MigratedServiceArgs): Promise<Inventory> =>
  evaluate(() => {
    new MigratedService("shop", args);
  });

function inputsOf({ resources }: Inventory, type: string): Record<string, unknown>[] {
  return resources.filter((one) => one.type.endsWith(`:${type}`)).map(({ inputs }) => inputs);
}

/** The one document of an environment, as text. */
function documentOf(inventory: Inventory): string {
  return JSON.stringify(reveal(inputsOf(inventory, "Trigger")[0]?.["build"]));
}

describe("an instance that is there already", () => {
  it("gets database, users and grants, in its own project, and nothing else of Cloud SQL", async () => {
    const inventory = await create({ ...ARGS, ...EXISTING });
    expect(inputsOf(inventory, "DatabaseInstance")).toEqual([]);
    const sql = [...inputsOf(inventory, "Database"), ...inputsOf(inventory, "User")];
    expect(sql.map((inputs) => inputs["name"])).toEqual([
      "shop__dev",
      "shop__dev_migrator",
      "shop__dev_runtime",
    ]);
    for (const inputs of sql) {
      expect(inputs).toMatchObject({
        instance: "shared",
        project: "data-project",
        deletionPolicy: "ABANDON",
      });
    }
    const grants = inputsOf(inventory, "IAMMember").filter((inputs) =>
      /cloudsql|Backup/.test(String(inputs["role"])),
    );
    expect(grants).toHaveLength(4);
    for (const grant of grants) {
      expect(grant["project"]).toBe("data-project");
      expect(JSON.stringify(grant["condition"])).toContain(
        "projects/data-project/instances/shared",
      );
    }
  });

  it("is given whole, with the address that a direct service and a command connect to", async () => {
    const inventory = await create({
      ...ARGS,
      ...EXISTING,
      service: { databaseAccess: "Direct" },
      migration: { command: ["alembic", "upgrade", "head"] },
    });
    for (const type of ["Service", "Job"]) {
      const [one] = inputsOf(inventory, type).filter(({ template }) => template);
      expect(JSON.stringify(one)).toContain('{"name":"PGHOST","value":"10.30.0.3"}');
    }
  });

  it.each([
    ["known", (path: string) => path],
    ["not known yet", (path: string) => pulumi.output(Promise.resolve(path))],
  ])("must stand in the network that is given, and is %s", async (_, make) => {
    const { network, subnetwork } = EXISTING.network;
    const inNetwork = (privateNetwork: string) =>
      evaluate(
        () => {
          new MigratedService("shop", {
            ...ARGS,
            ...EXISTING,
            network: { network: make(network), subnetwork },
          });
        },
        {
          answer: (token) =>
            token.includes("getDatabaseInstance")
              ? {
                  databaseVersion: "POSTGRES_17",
                  privateIpAddress: "10.1.0.3",
                  settings: [{ ipConfigurations: [{ privateNetwork }] }],
                }
              : {},
        },
      );
    await inNetwork(`https://www.googleapis.com/compute/v1/${network}`);
    await inNetwork(network.replace("net-project", "123456789012"));
    await expect(inNetwork(network.replace("shared", "other"))).rejects.toThrow(
      "expected an instance in the service's network, got one in",
    );
  });

  it("keeps owner roles apart, unless one is named", async () => {
    const own = documentOf(await create({ ...ARGS, migration: IN_BUILD, network: PUBLIC }));
    expect(own).toContain('"--role","app_owner"');
    const shared = { ...ARGS, ...EXISTING, migration: { connectivity: "PrivatePool" as const } };
    expect(documentOf(await create(shared))).toContain('"--role","shop__dev_owner"');
    const named = { ...shared, migration: { ...shared.migration, ownerRole: "keeper" } };
    expect(documentOf(await create(named))).toContain('"--role","keeper"');
  });

  it("is reached by its public address without any network", async () => {
    const { database } = EXISTING;
    const inventory = await create({ ...ARGS, database, migration: IN_BUILD });
    expect(inventory.resources.filter(({ type }) => type.startsWith("gcp:compute/"))).toEqual([]);
    const text = JSON.stringify(inputsOf(inventory, "Service"));
    expect(text).not.toContain("vpcAccess");
    expect(text).not.toContain("--private-ip");
    expect(documentOf(inventory)).toContain('"--ip-type","PUBLIC"');
  });
});

const IN_BUILD = { connectivity: "BuildStep" as const };
const PUBLIC = { publicIp: true };

describe("two services on one instance and network", () => {
  it.each([
    [undefined, "TRUSTED_CLIENT_CERTIFICATE_REQUIRED", "REQUIRED"],
    [true, "ENCRYPTED_ONLY", "NOT_REQUIRED"],
  ])(
    "connect without a connector when the owner says plainConnections %s",
    async (plainConnections, sslMode, connectorEnforcement) => {
      const inventory = await create({
        ...ARGS,
        database: plainConnections === undefined ? {} : { plainConnections },
      });
      const [instance] = inputsOf(inventory, "DatabaseInstance");
      expect(instance?.["settings"]).toMatchObject({
        connectorEnforcement,
        ipConfiguration: { sslMode },
      });
    },
  );

  it("share nothing else", async () => {
    const inventory = await evaluate(() => {
      const shop = new MigratedService("shop", ARGS);
      new MigratedService("blog", {
        ...ARGS,
        database: { existingInstance: shop.connectionName },
        network: { network: shop.networkId!, subnetwork: shop.subnetworkId! },
      });
    });
    expect(inputsOf(inventory, "DatabaseInstance")).toHaveLength(1);
    expect(inputsOf(inventory, "Network")).toHaveLength(1);
    const named = [...inputsOf(inventory, "Database"), ...inputsOf(inventory, "User")];
    expect(named.map(({ name }) => name).sort()).toEqual([
      "app",
      "blog__dev",
      "blog__dev_migrator",
      "blog__dev_runtime",
      "shop_migrator",
      "shop_runtime",
    ]);
    expect(new Set(named.map(({ instance }) => instance)).size).toBe(1);
    const jobs = inputsOf(inventory, "Job").map((job) => JSON.stringify(job));
    expect(jobs.map((job) => /"--role","(\w+)"/.exec(job)?.[1]).sort()).toEqual([
      "app_owner",
      "blog__dev_owner",
    ]);
    const urns = inventory.resources.map(({ urn }) => urn);
    expect(new Set(urns).size).toBe(urns.length);
  });
});

describe("what is there already", () => {
  const account = (id: string): string => `${id}@accounts.iam.gserviceaccount.com`;
  const imageRepository = "europe-west1-docker.pkg.dev/images/team";

  it("is used by name: accounts, repository, secrets", async () => {
    const inventory = await create({
      ...ARGS,
      project: "example-project",
      build: { serviceAccount: account("builder"), imageRepository },
      migration: { serviceAccount: account("migrator") },
      service: { serviceAccount: account("service") },
      secrets: { API_KEY: { existingSecret: "projects/vault/secrets/api-key", version: "4" } },
    });
    expect(inputsOf(inventory, "Account")).toEqual([]);
    expect(inputsOf(inventory, "Repository")).toEqual([]);
    const secretIds = inputsOf(inventory, "Secret").map(({ secretId }) => String(secretId));
    expect(secretIds.filter((id) => id.includes("API_KEY"))).toEqual([]);

    expect(inputsOf(inventory, "Trigger")[0]?.["serviceAccount"]).toBe(
      `projects/accounts/serviceAccounts/${account("builder")}`,
    );
    const [service] = inputsOf(inventory, "Service").filter(({ template }) => template);
    expect(service?.["template"]).toMatchObject({ serviceAccount: account("service") });
    const [job] = inputsOf(inventory, "Job");
    expect(job?.["template"]).toMatchObject({ template: { serviceAccount: account("migrator") } });
    expect(documentOf(inventory)).toContain(`${imageRepository}/app:$BUILD_ID`);
    expect(inputsOf(inventory, "RepositoryIamMember")).toMatchObject([
      {
        project: "images",
        location: "europe-west1",
        repository: "team",
        role: "roles/artifactregistry.writer",
        member: `serviceAccount:${account("builder")}`,
      },
    ]);
    const readers = inputsOf(inventory, "SecretIamMember");
    expect(readers).toContainEqual(
      expect.objectContaining({
        project: "vault",
        secretId: "api-key",
        member: `serviceAccount:${account("service")}`,
      }),
    );
  });

  it("lets the build into a pool of another project", async () => {
    const inventory = await create({
      ...ARGS,
      project: "example-project",
      migration: { connectivity: "PrivatePool" },
      build: {
        workerPool: { existing: "projects/pools/locations/europe-west1/workerPools/builds" },
      },
    });
    const grants = inputsOf(inventory, "IAMMember").filter(
      ({ role }) => role === "roles/cloudbuild.workerPoolUser",
    );
    expect(grants.map(({ project }) => project)).toEqual(["pools"]);
  });

  it("logs in to the database as an account that is there, by its own user", async () => {
    const inventory = await create({
      ...ARGS,
      database: { login: "Iam" },
      migration: { serviceAccount: account("migrator") },
      service: { serviceAccount: account("service") },
    });
    expect(inputsOf(inventory, "User").map(({ name }) => name)).toEqual([
      "migrator@accounts.iam",
      "service@accounts.iam",
    ]);
  });
});
