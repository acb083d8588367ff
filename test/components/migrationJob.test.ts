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

const COMMAND = {
  command: ["alembic", "upgrade", "head"],
  connection: { ...ARGS.connection, host: "10.8.0.3" },
  network: "n",
  subnetwork: "s",
  secrets: { KEY: { secret: "k", version: "2" } },
};

async function resourcesFor(args: Partial<MigrationJobArgs> = {}): Promise<InventoryResource[]> {
  const { resources } = await evaluate(() => {
    new MigrationJob("shop", { ...ARGS, ...args });
  });
  return resources;
}

interface Task {
  containers: { commands: string[]; args?: string[]; envs: unknown[] }[];
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
    expect(container?.args?.slice(-1)).toEqual(["--iam"]);
    expect(JSON.stringify(container?.envs)).not.toContain("PGPASSWORD");
  });

  it("reaches a private address through the network", async () => {
    const task = await taskFor({ network: "n", subnetwork: "s" });
    expect(task.containers[0]?.args?.slice(-2)).toEqual(["--ip-type", "PRIVATE"]);
    expect(task.vpcAccess).toEqual({
      egress: "PRIVATE_RANGES_ONLY",
      networkInterfaces: [{ network: "n", subnetwork: "s" }],
    });
  });

  it("takes a backup before a destructive migration when it is told to", async () => {
    const argsFor = async (backupBefore: boolean) =>
      (await taskFor({ backupBefore })).containers[0]?.args;
    expect(await argsFor(true)).toContain("--backup-before");
    expect(await argsFor(false)).not.toContain("--backup-before");
    expect((await taskFor()).containers[0]?.args).not.toContain("--backup-before");
  });

  it("runs a command as it is given, by TCP and with what our tool would have set", async () => {
    const [container] = (await taskFor(COMMAND)).containers;
    expect(container?.commands).toEqual(["alembic"]);
    expect(container?.args).toEqual(["upgrade", "head"]);
    expect(container?.envs).toEqual([
      { name: "PGUSER", value: "shop_migrator" },
      { name: "PGPASSWORD", valueSource: { secretKeyRef: { secret: "password", version: "4" } } },
      { name: "PGHOST", value: "10.8.0.3" },
      { name: "PGPORT", value: "5432" },
      { name: "PGDATABASE", value: "app" },
      { name: "PGSSLMODE", value: "require" },
      {
        name: "PGOPTIONS",
        value: "-c role=app_owner -c lock_timeout=5s -c statement_timeout=15min",
      },
      { name: "KEY", valueSource: { secretKeyRef: { secret: "k", version: "2" } } },
    ]);
  });

  it("tells a command its connection by other names, and by secrets", async () => {
    const secret = (name: string) => ({ secret: name, version: "1" });
    const [container] = (
      await taskFor({
        ...COMMAND,
        command: ["./migrate"],
        ownerRole: "owner_two",
        environmentNames: { host: "DB_HOST", password: "DB_PASSWORD" },
        connectionSecrets: {
          user: secret("u"),
          host: secret("h"),
          port: secret("p"),
          database: secret("d"),
        },
      })
    ).containers;
    // An empty list would differ for ever from the nothing that Google gives back.
    expect(container).not.toHaveProperty("args");
    expect(container?.envs.slice(0, 7)).toEqual([
      { name: "PGUSER", valueSource: { secretKeyRef: secret("u") } },
      { name: "DB_PASSWORD", valueSource: { secretKeyRef: { secret: "password", version: "4" } } },
      { name: "DB_HOST", valueSource: { secretKeyRef: secret("h") } },
      { name: "PGPORT", valueSource: { secretKeyRef: secret("p") } },
      { name: "PGDATABASE", valueSource: { secretKeyRef: secret("d") } },
      { name: "PGSSLMODE", value: "require" },
      {
        name: "PGOPTIONS",
        value: "-c role=owner_two -c lock_timeout=5s -c statement_timeout=15min",
      },
    ]);
  });

  it("takes an empty command for none", async () => {
    expect((await taskFor({ command: [] })).containers[0]?.commands).toEqual(["node"]);
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

it("refuses a command that could not connect, or of which nobody knows what is pending", async () => {
  const { connectionName, database, user } = ARGS.connection;
  const failing = resourcesFor({
    command: ["alembic"],
    connection: { connectionName, database, user },
    backupBefore: true,
    environmentNames: { host: "PGOPTIONS" },
    secrets: { PGSSLMODE: { secret: "s", version: "1" } },
  });
  await expect(failing).rejects.toThrow(
    [
      "invalid args",
      "  connection.host: expected the instance's private address: a command connects by TCP, got nothing",
      "  connection.password: expected a secret's version: a command cannot log in by token, got nothing",
      "  backupBefore: expected false with command, got true; nobody knows what is pending of a command",
      '  environmentNames.host: expected a name that a release does not set, got "PGOPTIONS"',
      '  secrets.PGSSLMODE: expected a name that the direct connection does not set, got "PGSSLMODE"',
    ].join("\n"),
  );
});

it("refuses for our tool what only a command would hear", async () => {
  const secret = { secret: "s", version: "1" };
  const failing = resourcesFor({
    ...COMMAND,
    command: [],
    environmentNames: {},
    connectionSecrets: { user: secret, host: secret, port: secret, database: secret },
  });
  const remedy = "our tool finds the instance by connection.connectionName";
  await expect(failing).rejects.toThrow(
    [
      "invalid args",
      `  connection.host: expected nothing without command, got a value; ${remedy}`,
      `  environmentNames: expected nothing without command, got a value; ${remedy}`,
      `  connectionSecrets: expected nothing without command, got a value; ${remedy}`,
    ].join("\n"),
  );
});
