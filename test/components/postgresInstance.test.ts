import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type { PostgresInstanceArgs } from "../../components/args";
import { PostgresInstance } from "../../components/postgresInstance";
import { ofType, Probe, record, resource, SECRET, type Recorded } from "./recording";

const MIGRATOR = "shop-dev-migrator@my-project.iam.gserviceaccount.com";
const RUNTIME = "shop-dev-runtime@my-project.iam.gserviceaccount.com";
const args: PostgresInstanceArgs = {
  project: "my-project",
  region: "europe-west1",
  namePrefix: "shop",
  privateNetwork: "net-id",
  migrator: { serviceAccount: MIGRATOR, password: "canary-1" },
  runtime: { serviceAccount: RUNTIME, password: "canary-2" },
};

async function instanceWith(changes: Partial<PostgresInstanceArgs>): Promise<Recorded> {
  const recorded = await record(() => {
    new PostgresInstance("db", { ...args, ...changes });
  });
  return ofType(recorded, "gcp:sql/databaseInstance:DatabaseInstance")[0]!;
}

/** The text of the error that these args give. */
async function errorOf(changes: Partial<PostgresInstanceArgs>): Promise<string> {
  let message = "";
  await record(() => {
    try {
      new PostgresInstance("db", { ...args, ...changes });
    } catch (error) {
      message = (error as Error).message;
    }
  });
  return message;
}

describe("PostgresInstance", () => {
  it("is secure by default", async () => {
    const { name, inputs, ignoreChanges } = await instanceWith({});
    expect(name).toBe("shop-dev");
    // No name: Pulumi appends seven random characters to the logical one.
    expect(inputs).not.toHaveProperty("name");
    await expect(JSON.stringify(inputs, null, 2)).toMatchFileSnapshot(
      "../golden/postgresInstance.production.json",
    );
    expect(ignoreChanges).toEqual(["settings.diskSize"]);
  });

  it("costs less and can be deleted with preset Development", async () => {
    const { inputs } = await instanceWith({ preset: "Development" });
    await expect(JSON.stringify(inputs, null, 2)).toMatchFileSnapshot(
      "../golden/postgresInstance.development.json",
    );
  });

  it("takes what is asked for over the preset", async () => {
    const { inputs } = await instanceWith({
      preset: "Development",
      tier: "db-perf-optimized-N-4",
      highAvailability: true,
      diskSizeGb: 100,
      diskLimitGb: 500,
      deletionProtection: true,
      backups: { retainedBackups: 30, finalBackupDays: 5 },
      flags: { log_statement: "none", work_mem: "65536" },
      queryInsights: false,
      maintenanceWindow: { day: 2 },
      labels: { team: "shop" },
    });
    expect(inputs["deletionProtection"]).toBe(true);
    const settings = inputs["settings"] as Record<string, unknown>;
    expect(settings).toMatchObject({
      tier: "db-perf-optimized-N-4",
      edition: "ENTERPRISE_PLUS",
      availabilityType: "REGIONAL",
      deletionProtectionEnabled: true,
      diskSize: 100,
      diskAutoresizeLimit: 500,
      userLabels: { team: "shop" },
      backupConfiguration: {
        enabled: true,
        pointInTimeRecoveryEnabled: true,
        backupRetentionSettings: { retainedBackups: 30 },
      },
      finalBackupConfig: { enabled: true, retentionDays: 5 },
      insightsConfig: { queryInsightsEnabled: false },
      maintenanceWindow: { day: 2, hour: 3 },
    });
    expect(settings["databaseFlags"]).toContainEqual({ name: "log_statement", value: "none" });
    expect(settings["databaseFlags"]).toContainEqual({ name: "work_mem", value: "65536" });
  });

  it("has a public address without authorised networks when asked", async () => {
    const recorded = await record(() => {
      const { privateNetwork, ...rest } = args;
      expect(privateNetwork).toBeDefined();
      new PostgresInstance("db", {
        ...rest,
        publiclyAccessible: true,
        tlsMode: "ENCRYPTED_ONLY",
        connectorEnforcement: "NOT_REQUIRED",
      });
    });
    const { inputs } = resource(recorded, "shop-dev");
    expect(inputs["settings"]).toMatchObject({ connectorEnforcement: "NOT_REQUIRED" });
    const { ipConfiguration } = inputs["settings"] as Record<string, unknown>;
    expect(ipConfiguration).toEqual({ ipv4Enabled: true, sslMode: "ENCRYPTED_ONLY" });
  });

  it("makes the migrator a superuser and the runtime none, with secret passwords", async () => {
    const recorded = await record(() => {
      new PostgresInstance("db", args);
    });
    expect(resource(recorded, "db-migrator-user").inputs).toEqual({
      project: "my-project",
      instance: "shop-dev-1a2b3c4",
      type: "BUILT_IN",
      name: "shop_migrator",
      password: SECRET,
      databaseRoles: ["cloudsqlsuperuser"],
      deletionPolicy: "ABANDON",
    });
    expect(resource(recorded, "db-runtime-user").inputs).toEqual({
      project: "my-project",
      instance: "shop-dev-1a2b3c4",
      type: "BUILT_IN",
      name: "shop_runtime",
      password: SECRET,
      databaseRoles: ["pg_stat_scan_tables"],
      deletionPolicy: "ABANDON",
    });
    expect(resource(recorded, "db-database").inputs).toEqual({
      project: "my-project",
      instance: "shop-dev-1a2b3c4",
      name: "app",
      deletionPolicy: "ABANDON",
    });
    expect(JSON.stringify([...recorded.values()])).not.toContain("canary");
  });

  it("logs in by IAM without a password", async () => {
    const recorded = await record(() => {
      new PostgresInstance("db", {
        ...args,
        login: "Iam",
        migrator: { serviceAccount: MIGRATOR },
        runtime: { serviceAccount: RUNTIME },
      });
    });
    expect(resource(recorded, "db-migrator-user").inputs).toMatchObject({
      type: "CLOUD_IAM_SERVICE_ACCOUNT",
      name: "shop-dev-migrator@my-project.iam",
      databaseRoles: ["cloudsqlsuperuser"],
    });
    expect(resource(recorded, "db-runtime-user").inputs).toMatchObject({
      type: "CLOUD_IAM_SERVICE_ACCOUNT",
      name: "shop-dev-runtime@my-project.iam",
      databaseRoles: ["pg_stat_scan_tables"],
    });
    expect(resource(recorded, "db-runtime-user").inputs).not.toHaveProperty("password");
    const settings = resource(recorded, "shop-dev").inputs["settings"] as Record<string, unknown>;
    expect(settings["databaseFlags"]).toContainEqual({
      name: "cloudsql.iam_authentication",
      value: "on",
    });
    const grants = ofType(recorded, "gcp:projects/iAMMember:IAMMember").map(({ name }) => name);
    expect(grants.sort()).toEqual([
      "db-migrator-cloudsql.client",
      "db-migrator-cloudsql.instanceUser",
      "db-runtime-cloudsql.client",
      "db-runtime-cloudsql.instanceUser",
    ]);
  });

  it("lets both accounts connect to this instance only", async () => {
    const recorded = await record(() => {
      new PostgresInstance("db", args);
    });
    const grants = ofType(recorded, "gcp:projects/iAMMember:IAMMember");
    expect(grants.map(({ name }) => name).sort()).toEqual([
      "db-migrator-cloudsql.client",
      "db-runtime-cloudsql.client",
    ]);
    expect(resource(recorded, "db-runtime-cloudsql.client").inputs).toEqual({
      project: "my-project",
      role: "roles/cloudsql.client",
      member: `serviceAccount:${RUNTIME}`,
      condition: {
        title: "only shop-dev-1a2b3c4",
        expression:
          'resource.name == "projects/my-project/instances/shop-dev-1a2b3c4" && ' +
          'resource.service == "sqladmin.googleapis.com"',
      },
    });
  });

  it("lets the migrator take backups and the build look them up, when it has to", async () => {
    const recorded = await record(() => {
      const instance = new PostgresInstance("db", {
        ...args,
        backupBefore: true,
        backupReader: "shop-dev-build@my-project.iam.gserviceaccount.com",
      });
      new Probe("connection", instance.connectionName);
    });
    const role = resource(recorded, "db-backup-role").inputs;
    expect(role).toMatchObject({
      project: "my-project",
      permissions: ["cloudsql.backupRuns.create", "cloudsql.backupRuns.get"],
    });
    expect(role["roleId"]).toMatch(/^shop_+dev\.backup$/);
    const grants = ofType(recorded, "gcp:projects/iAMMember:IAMMember").map(({ inputs }) => inputs);
    const condition = {
      title: "only shop-dev-1a2b3c4 and its backups",
      expression:
        'resource.service == "sqladmin.googleapis.com" && ' +
        '(resource.name == "projects/my-project/instances/shop-dev-1a2b3c4" || ' +
        'resource.name.startsWith("projects/my-project/instances/shop-dev-1a2b3c4/"))',
    };
    expect(grants).toContainEqual({
      project: "my-project",
      role: "db-backup-role-id",
      member: `serviceAccount:${MIGRATOR}`,
      condition,
    });
    expect(grants).toContainEqual({
      project: "my-project",
      role: "roles/cloudsql.viewer",
      member: "serviceAccount:shop-dev-build@my-project.iam.gserviceaccount.com",
      condition,
    });
    const { dependsOn } = resource(recorded, "connection");
    expect(dependsOn).toContain("db-migrator-backups");
    expect(dependsOn).toContain("db-build-cloudsql.viewer");
  });

  it("gives nobody a role for backups that are not taken", async () => {
    const recorded = await record(() => {
      new PostgresInstance("db", {
        ...args,
        backupReader: "shop-dev-build@my-project.iam.gserviceaccount.com",
      });
    });
    expect(ofType(recorded, "gcp:projects/iAMCustomRole:IAMCustomRole")).toEqual([]);
    expect(JSON.stringify([...recorded.values()])).not.toContain("shop-dev-build");
  });

  it("gives the connection name once both users can log in", async () => {
    const recorded = await record(() => {
      const instance = new PostgresInstance("db", args);
      new Probe("connection", instance.connectionName);
      new Probe("address", instance.privateIpAddress);
    });
    const needed = [
      "db-database",
      "db-migrator-cloudsql.client",
      "db-migrator-user",
      "db-runtime-cloudsql.client",
      "db-runtime-user",
      "shop-dev",
    ];
    const connection = resource(recorded, "connection");
    expect(connection.inputs["value"]).toBe("my-project:europe-west1:shop-dev-1a2b3c4");
    expect(connection.dependsOn).toEqual(needed);
    expect(resource(recorded, "address").dependsOn).toEqual(needed);
  });

  it("knows the names of database and users in a preview", async () => {
    const recorded = await record(
      () => {
        const instance = new PostgresInstance("db", args);
        new Probe("probe", [instance.databaseName, instance.migratorUser, instance.runtimeUser]);
      },
      { preview: true },
    );
    expect(resource(recorded, "probe").inputs["value"]).toEqual([
      "app",
      "shop_migrator",
      "shop_runtime",
    ]);
  });

  it("protects everything in Production, and nothing in Development", async () => {
    for (const [preset, protect] of [
      ["Production", true],
      ["Development", false],
    ] as const) {
      const recorded = await record(() => {
        new PostgresInstance("db", { ...args, preset });
      });
      expect(new Set([...recorded.values()].map((each) => each.protect))).toEqual(
        new Set([protect]),
      );
    }
  });

  it("leaves protect to the options when they say so", async () => {
    const recorded = await record(() => {
      new PostgresInstance("db", args, { protect: false });
    });
    expect([...recorded.values()].filter(({ protect }) => protect)).toEqual([]);
    expect(resource(recorded, "shop-dev").inputs["deletionProtection"]).toBe(true);
  });

  it("gives every child a parent", async () => {
    const recorded = await record(() => {
      new PostgresInstance("db", args);
    });
    const children = [...recorded].filter(([key]) => key !== "component db");
    expect(children).toHaveLength(6);
    for (const [, child] of children) expect(child.parent).toBe("db");
  });

  it("does not look at values that are not known yet", async () => {
    const unknown = pulumi.output("nonsense that nobody can see yet");
    const message = await errorOf({
      region: unknown,
      version: unknown,
      tier: unknown,
      edition: unknown,
      privateNetwork: unknown,
      login: "Iam",
      migrator: { serviceAccount: unknown },
      runtime: { serviceAccount: unknown },
    });
    expect(message).toBe("");
  });

  it("fails with all that is wrong in one error, without a secret", async () => {
    const message = await errorOf({
      project: "x",
      version: "POSTGRES_12",
      tier: "db-f1-micro",
      edition: "ENTERPRISE_PLUS",
      diskSizeGb: 5,
      databaseName: "postgres",
      flags: { log_statement: "all", LOG_STATEMENT: "ddl" },
      login: "Iam",
      backupReader: "not an email",
      runtime: { serviceAccount: `${"a".repeat(30)}@${"b".repeat(40)}.iam.gserviceaccount.com` },
    });
    expect(message.split("\n")).toEqual([
      "invalid args",
      '  backupReader: expected a service account\'s email, got "not an email"',
      '  project: expected a project ID: 6 to 30 lower-case letters, digits or -, beginning with a letter, got "x"',
      '  version: expected POSTGRES_13 or POSTGRES_14 or POSTGRES_15 or POSTGRES_16 or POSTGRES_17 or POSTGRES_18, got "POSTGRES_12"',
      '  edition: expected ENTERPRISE, for the tier is "db-f1-micro", got "ENTERPRISE_PLUS"; change one of the two',
      "  diskSizeGb: expected a whole number from 10 to 65536, got 5",
      '  flags.LOG_STATEMENT: expected a setting in Cloud SQL\'s lower-case spelling, got "LOG_STATEMENT"',
      '  databaseName: expected 1 to 63 lower-case letters, digits or _, beginning with a letter, and not postgres, template0, template1, cloudsqladmin, got "postgres"',
      "  migrator.password: expected none with login Iam, got [secret]",
      `  runtime.serviceAccount: expected a service account's email of at most 83 characters, got "${"a".repeat(30)}@${"b".repeat(40)}.iam.…; PostgreSQL cuts names after 63 bytes; take an account with a shorter ID`,
    ]);
  });

  it("fails without an address, without a password, and on settings that contradict", async () => {
    const { privateNetwork, ...rest } = args;
    expect(privateNetwork).toBeDefined();
    let message = "";
    await record(() => {
      try {
        new PostgresInstance("db", {
          ...rest,
          highAvailability: true,
          backups: { pointInTimeRecovery: false, transactionLogDays: 14 },
          runtime: { serviceAccount: RUNTIME },
        });
      } catch (error) {
        message = (error as Error).message;
      }
    });
    expect(message.split("\n").slice(1)).toEqual([
      "  backups.transactionLogDays: expected a whole number from 1 to 7, got 14",
      "  backups.pointInTimeRecovery: expected true, for high availability is on, got false",
      "  privateNetwork: expected a network, unless publiclyAccessible is true, got nothing",
      "  runtime.password: expected a password with login Password, got nothing",
    ]);
  });
});
