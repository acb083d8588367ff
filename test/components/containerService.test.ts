import { describe, expect, it } from "vitest";

import { ContainerService, type ContainerServiceArgs } from "../../components";
import { evaluate, type InventoryResource } from "../../inventory";

const ARGS: ContainerServiceArgs = {
  region: "europe-west1",
  serviceAccount: "run@p.iam.gserviceaccount.com",
  connection: {
    connectionName: "p:europe-west1:i",
    database: "app",
    user: "shop_runtime",
    password: { secret: "password", version: "7" },
  },
};

const DIRECT = {
  network: "n",
  subnetwork: "s",
  connection: { ...ARGS.connection, host: "10.8.0.3" },
};

interface Container {
  name: string;
  args?: string[];
  ports?: unknown;
  dependsOns?: string[];
  envs?: unknown[];
  startupProbe?: unknown;
  livenessProbe?: unknown;
}

interface Template {
  containers: Container[];
  vpcAccess?: unknown;
  revision?: string;
}

async function resourcesFor(
  args: Partial<ContainerServiceArgs> = {},
): Promise<InventoryResource[]> {
  const { resources } = await evaluate(() => {
    new ContainerService("shop", { ...ARGS, ...args });
  });
  return resources;
}

async function serviceFor(args: Partial<ContainerServiceArgs> = {}): Promise<{
  inputs: Record<string, unknown>;
  template: Template;
  app: Container;
  proxy: Container;
  resource: InventoryResource;
}> {
  const resources = await resourcesFor(args);
  const resource = resources.find(({ type }) => type === "gcp:cloudrunv2/service:Service")!;
  const template = resource.inputs["template"] as Template;
  const [app, proxy] = template.containers;
  return { inputs: resource.inputs, template, app: app!, proxy: proxy!, resource };
}

describe("ContainerService", () => {
  it("has the application first and the proxy second, and only the application has a port", async () => {
    const { template, app, proxy } = await serviceFor({ port: 3000 });
    expect(template.containers.map(({ name }) => name)).toEqual(["app", "cloud-sql-proxy"]);
    expect(app.ports).toEqual({ containerPort: 3000 });
    expect(proxy.ports).toBeUndefined();
    expect(app.dependsOns).toEqual(["cloud-sql-proxy"]);
  });

  it("gives the application the connection, the password from its pinned version", async () => {
    const { app } = await serviceFor({
      env: { FEATURE: "on" },
      secrets: { KEY: { secret: "k", version: "2" } },
    });
    expect(app.envs).toEqual([
      { name: "PGUSER", value: "shop_runtime" },
      { name: "PGPASSWORD", valueSource: { secretKeyRef: { secret: "password", version: "7" } } },
      { name: "PGHOST", value: "localhost" },
      { name: "PGPORT", value: "5432" },
      { name: "PGDATABASE", value: "app" },
      { name: "FEATURE", value: "on" },
      { name: "KEY", valueSource: { secretKeyRef: { secret: "k", version: "2" } } },
    ]);
  });

  it("renames the connection's variables and takes all of them from secrets", async () => {
    const secret = (name: string) => ({ secret: name, version: "1" });
    const { app } = await serviceFor({
      connection: {
        ...ARGS.connection,
        environmentNames: { host: "POSTGRES_HOST", password: "POSTGRES_PASSWORD" },
        secrets: { user: secret("u"), host: secret("h"), port: secret("p"), database: secret("d") },
      },
    });
    expect(app.envs).toEqual([
      { name: "PGUSER", valueSource: { secretKeyRef: secret("u") } },
      {
        name: "POSTGRES_PASSWORD",
        valueSource: { secretKeyRef: { secret: "password", version: "7" } },
      },
      { name: "POSTGRES_HOST", valueSource: { secretKeyRef: secret("h") } },
      { name: "PGPORT", valueSource: { secretKeyRef: secret("p") } },
      { name: "PGDATABASE", valueSource: { secretKeyRef: secret("d") } },
    ]);
  });

  it("lets the proxy log in by token when there is no password", async () => {
    const { connectionName, database, user } = ARGS.connection;
    const { app, proxy, inputs } = await serviceFor({
      connection: { connectionName, database, user },
    });
    expect(proxy.args).toContain("--auto-iam-authn");
    expect(JSON.stringify(app.envs)).not.toContain("PGPASSWORD");
    expect(inputs["annotations"]).not.toHaveProperty("cloud-run-migrations/password-generation");
    expect((await serviceFor()).proxy.args).not.toContain("--auto-iam-authn");
  });

  it("checks the proxy on a port of its own before the application starts", async () => {
    const { proxy } = await serviceFor();
    expect(proxy.args).toEqual([
      "--structured-logs",
      "--lazy-refresh",
      "--health-check",
      "--http-address",
      "0.0.0.0",
      "--http-port",
      "9090",
      "--port",
      "5432",
      "p:europe-west1:i",
    ]);
    expect(proxy.startupProbe).toMatchObject({ httpGet: { path: "/startup", port: 9090 } });
  });

  it("reaches a private address through the network, and nothing else", async () => {
    const { proxy, template } = await serviceFor({ network: "n", subnetwork: "s" });
    expect(proxy.args).toContain("--private-ip");
    expect(template.vpcAccess).toEqual({
      egress: "PRIVATE_RANGES_ONLY",
      networkInterfaces: [{ network: "n", subnetwork: "s" }],
    });
    expect((await serviceFor()).template.vpcAccess).toBeUndefined();
  });

  it("connects directly to a host: without the proxy, with TLS", async () => {
    const { template, app } = await serviceFor(DIRECT);
    expect(template.containers.map(({ name }) => name)).toEqual(["app"]);
    expect(app).not.toHaveProperty("dependsOns");
    expect(app.envs).toEqual([
      { name: "PGUSER", value: "shop_runtime" },
      { name: "PGPASSWORD", valueSource: { secretKeyRef: { secret: "password", version: "7" } } },
      { name: "PGHOST", value: "10.8.0.3" },
      { name: "PGPORT", value: "5432" },
      { name: "PGDATABASE", value: "app" },
      { name: "PGSSLMODE", value: "require" },
    ]);
    expect(app.startupProbe).toMatchObject({ tcpSocket: { port: 8080 } });
    expect(template.vpcAccess).toMatchObject({ networkInterfaces: [{ network: "n" }] });
  });

  it("renames what a direct connection sets, but for the TLS mode", async () => {
    const environmentNames = { user: "A", password: "B", host: "C", port: "D", database: "E" };
    const { app } = await serviceFor({
      ...DIRECT,
      connection: { ...DIRECT.connection, environmentNames },
    });
    const names = (app.envs as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(["A", "B", "C", "D", "E", "PGSSLMODE"]);
  });

  it("leaves the TLS mode to the application when the proxy is there", async () => {
    const { app } = await serviceFor({ env: { PGSSLMODE: "disable" } });
    expect(app.envs).toContainEqual({ name: "PGSSLMODE", value: "disable" });
  });

  it("probes a path when there is one, else the port", async () => {
    const { app } = await serviceFor({ startupPath: "/health", livenessPath: "/live" });
    expect(app.startupProbe).toMatchObject({ httpGet: { path: "/health", port: 8080 } });
    expect(app.livenessProbe).toMatchObject({ httpGet: { path: "/live", port: 8080 } });
    const plain = await serviceFor();
    expect(plain.app.startupProbe).toMatchObject({ tcpSocket: { port: 8080 } });
    expect(plain.app.livenessProbe).toBeUndefined();
  });

  it("never names a revision, and leaves to releases what they write", async () => {
    const { template, resource } = await serviceFor();
    expect(template.revision).toBeUndefined();
    expect(resource.ignoreChanges).toEqual([
      "client",
      "clientVersion",
      "template.labels",
      "template.annotations",
    ]);
  });

  it("keeps instances for the service, not for each tagged revision", async () => {
    const { inputs, template } = await serviceFor({ minInstances: 2, maxInstances: 6 });
    expect(inputs["scaling"]).toEqual({ minInstanceCount: 2 });
    expect(template).toMatchObject({ scaling: { maxInstanceCount: 6 } });
    // Left out, the provider would keep the number of before.
    expect((await serviceFor()).inputs["scaling"]).toEqual({ minInstanceCount: 0 });
  });

  it.each([
    ["All", "INGRESS_TRAFFIC_ALL"],
    ["Internal", "INGRESS_TRAFFIC_INTERNAL_ONLY"],
    ["InternalAndLoadBalancer", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"],
  ] as const)("takes requests from %s", async (ingress, expected) => {
    expect((await serviceFor({ ingress })).inputs["ingress"]).toBe(expected);
  });

  it("lets nobody in, unless everybody may or somebody releases", async () => {
    const grants = async (args: Partial<ContainerServiceArgs>): Promise<unknown[]> =>
      (await resourcesFor(args))
        .filter(({ type }) => type.endsWith(":ServiceIamMember"))
        .map(({ inputs }) => [inputs["role"], inputs["member"]]);
    expect(await grants({})).toEqual([]);
    expect(await grants({ publiclyAccessible: true })).toEqual([["roles/run.invoker", "allUsers"]]);
    expect(await grants({ releasedBy: "build@p.iam.gserviceaccount.com" })).toEqual([
      ["roles/run.developer", "serviceAccount:build@p.iam.gserviceaccount.com"],
    ]);
  });

  it("is protected unless told otherwise", async () => {
    const { resource, inputs } = await serviceFor();
    expect([resource.protect, inputs["deletionProtection"]]).toEqual([true, true]);
    const open = await serviceFor({ deletionProtection: false });
    expect([open.resource.protect, open.inputs["deletionProtection"]]).toEqual([false, false]);
  });
});

it("refuses three wrong arguments in one error", async () => {
  const failing = resourcesFor({
    region: "europe",
    port: 5432,
    subnetwork: "s",
    env: { PORT: "1" },
  });
  await expect(failing).rejects.toThrow(
    [
      "invalid args",
      '  region: expected a region such as europe-west1, got "europe"',
      "  port: expected a port that cloud-sql-proxy does not use, got 5432",
      "  env.PORT: expected 1 to 128 letters, digits or _, not beginning with a digit, " +
        'and not PORT, K_…, CLOUD_RUN_… or X_GOOGLE_…, got "PORT"',
      "  network: expected network and subnetwork together, or neither, got nothing",
    ].join("\n"),
  );
});

it("refuses a direct connection that leads nowhere, or whose TLS mode is set again", async () => {
  const failing = resourcesFor({
    connection: {
      ...DIRECT.connection,
      environmentNames: { database: "PGSSLMODE" },
    },
    env: { PGHOST: "elsewhere" },
  });
  await expect(failing).rejects.toThrow(
    [
      "invalid args",
      "  network: expected the network of connection.host, with a subnet of it, got nothing",
      "  connection.environmentNames.database: expected a name that the direct connection does not set, " +
        'got "PGSSLMODE"',
      "  env.PGHOST: expected a name that connection.environmentNames.host does not set, " +
        'got "PGHOST"',
    ].join("\n"),
  );
});
