import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import type { PostgresDatabaseArgs } from "../../components/args/postgresDatabase";
import { PostgresDatabase } from "../../components/postgresDatabase";
import { PostgresInstance } from "../../components/postgresInstance";
import { evaluate, type EvaluateOptions, type Inventory } from "../../inventory";
import { SecretValue } from "../../inventory/secretValue";
import { Probe } from "./recording";

const MIGRATOR = "shop-dev-migrator@my-project.iam.gserviceaccount.com";
const RUNTIME = "shop-dev-runtime@my-project.iam.gserviceaccount.com";
const BUILD = "shop-dev-build@my-project.iam.gserviceaccount.com";
const INSTANCE = "shared-project:europe-west1:main";

const ARGS: PostgresDatabaseArgs = {
  instance: INSTANCE,
  namePrefix: "shop",
  migrator: { serviceAccount: MIGRATOR, password: "canary-1" },
  runtime: { serviceAccount: RUNTIME, password: "canary-2" },
};

const IAM: Partial<PostgresDatabaseArgs> = {
  login: "Iam",
  migrator: { serviceAccount: MIGRATOR },
  runtime: { serviceAccount: RUNTIME },
};

const STRICT = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED";

/** What Google says of an instance that lets connectors in, by its private address. */
const ANSWER = {
  connectionName: INSTANCE,
  databaseVersion: "POSTGRES_17",
  instanceType: "CLOUD_SQL_INSTANCE",
  privateIpAddress: "10.1.0.3",
  publicIpAddress: "",
  rootPassword: "canary-3",
  settings: [
    {
      connectorEnforcement: "REQUIRED",
      databaseFlags: [{ name: "log_statement", value: "ddl" }],
      ipConfigurations: [{ sslMode: STRICT }],
    },
  ],
};

const READ = "gcp:sql/getDatabaseInstance:getDatabaseInstance";
const USER = "gcp:sql/user:User";
const GRANT = "gcp:projects/iAMMember:IAMMember";

function create(
  changes: Partial<PostgresDatabaseArgs> = {},
  options: EvaluateOptions = {},
): Promise<Inventory> {
  return evaluate(() => probed(new PostgresDatabase("db", { ...ARGS, ...changes })), {
    answer: () => ANSWER,
    ...options,
  });
}

function probed(database: PostgresDatabase): Record<string, pulumi.Output<string>> {
  const { instanceName, connectionName, privateIpAddress, publicIpAddress } = database;
  const { databaseName, migratorUser, runtimeUser } = database;
  new Probe("probe", connectionName);
  return {
    ...{ instanceName, connectionName, privateIpAddress, publicIpAddress },
    ...{ databaseName, migratorUser, runtimeUser },
  };
}

function inputsOf({ resources }: Inventory, name: string): Record<string, unknown> {
  const found = resources.filter((resource) => resource.name === name && resource.custom);
  expect(found.map((resource) => resource.name)).toEqual([name]);
  return found[0]!.inputs;
}

describe("PostgresDatabase", () => {
  it("makes a database and two users on the instance, and reads the rest", async () => {
    const inventory = await create();
    const children = inventory.resources.filter(({ parent }) => parent?.endsWith(" db"));
    expect(children.map(({ name, type }) => `${name} ${type}`)).toEqual([
      `db-migrator-cloudsql.client ${GRANT}`,
      `db-runtime-cloudsql.client ${GRANT}`,
      "db-database gcp:sql/database:Database",
      `db-migrator-user ${USER}`,
      `db-runtime-user ${USER}`,
    ]);
    expect(inventory.outputs).toMatchObject({
      instanceName: "main",
      connectionName: INSTANCE,
      privateIpAddress: "10.1.0.3",
      publicIpAddress: "",
    });
  });

  it("is in the instance's project, whatever the provider's is", async () => {
    const asked: unknown[] = [];
    const inventory = await create(
      { backupBefore: true, backupReader: BUILD },
      {
        answer: (token, inputs) => {
          asked.push([token, inputs]);
          return ANSWER;
        },
      },
    );
    expect(asked).toEqual([[READ, { name: "main", project: "shared-project" }]]);
    const custom = inventory.resources.filter(({ type }) => type.startsWith("gcp:"));
    expect(custom.length).toBeGreaterThan(5);
    for (const { inputs } of custom) expect(inputs["project"]).toBe("shared-project");
    expect(inputsOf(inventory, "db-runtime-cloudsql.client")).toMatchObject({
      member: `serviceAccount:${RUNTIME}`,
      condition: {
        expression:
          'resource.name == "projects/shared-project/instances/main" && resource.service == "sqladmin.googleapis.com"',
      },
    });
  });

  it("finds an instance in a project that belongs to a domain", async () => {
    const connectionName = "example.com:old-project:europe-west1:main";
    const inventory = await create({ instance: connectionName }, { answer: () => ({}) });
    expect(inputsOf(inventory, "db-database")).toMatchObject({
      project: "example.com:old-project",
      instance: "main",
    });
  });

  it("carries the stack in its names, and keeps passwords secret", async () => {
    const inventory = await create({}, { stack: "dev" });
    const { databaseName, migratorUser, runtimeUser } = inventory.outputs as Record<string, string>;
    expect(databaseName).toMatch(/^shop_+dev$/);
    expect(inputsOf(inventory, "db-database")["name"]).toBe(databaseName);
    expect([migratorUser, runtimeUser]).toEqual([
      `${databaseName}_migrator`,
      `${databaseName}_runtime`,
    ]);
    const password = inputsOf(inventory, "db-runtime-user")["password"];
    expect(password).toBeInstanceOf(SecretValue);
    expect(JSON.stringify(inventory)).not.toContain("canary");
    const other = await create({}, { stack: "production" });
    expect(other.outputs["databaseName"]).not.toBe(databaseName);
  });

  it("never meets the default names of whoever made the instance", async () => {
    const inventory = await evaluate(
      () => {
        const owner = new PostgresInstance("shop-dev", {
          region: "europe-west1",
          privateNetwork: "net",
          migrator: ARGS.migrator,
          runtime: ARGS.runtime,
        });
        new PostgresDatabase("shop", { ...ARGS, instance: owner.connectionName });
      },
      { answer: () => ({}) },
    );
    const on = (type: string) => inventory.resources.filter((resource) => resource.type === type);
    const names = [...on(USER), ...on("gcp:sql/database:Database")].map(({ inputs }) => [
      inputs["instance"],
      inputs["name"],
    ]);
    expect(names).toHaveLength(6);
    expect(new Set(names.map(([instance]) => instance)).size).toBe(1);
    expect(new Set(names.map(([, name]) => name)).size).toBe(6);
  });

  it("takes names that were asked for", async () => {
    const inventory = await create({
      databaseName: "orders",
      migrator: { ...ARGS.migrator, name: "orders_admin" },
    });
    expect(inventory.outputs).toMatchObject({
      databaseName: "orders",
      migratorUser: "orders_admin",
    });
  });

  it("leaves database and users behind, with the roles that users of our own instance have", async () => {
    const inventory = await create();
    expect(inputsOf(inventory, "db-database")["deletionPolicy"]).toBe("ABANDON");
    for (const [role, databaseRole] of [
      ["migrator", "cloudsqlsuperuser"],
      ["runtime", "pg_stat_scan_tables"],
    ] as const) {
      expect(inputsOf(inventory, `db-${role}-user`)).toMatchObject({
        type: "BUILT_IN",
        databaseRoles: [databaseRole],
        deletionPolicy: "ABANDON",
      });
    }
  });

  it("logs in by IAM without a password", async () => {
    const databaseFlags = [{ name: "cloudsql.iam_authentication", value: "on" }];
    const settings = [{ ...ANSWER.settings[0], databaseFlags }];
    const inventory = await create(IAM, { answer: () => ({ ...ANSWER, settings }) });
    const user = inputsOf(inventory, "db-migrator-user");
    expect(user).toMatchObject({
      type: "CLOUD_IAM_SERVICE_ACCOUNT",
      name: "shop-dev-migrator@my-project.iam",
      databaseRoles: ["cloudsqlsuperuser"],
    });
    expect(user).not.toHaveProperty("password");
    const grants = inventory.resources.filter(({ type }) => type === GRANT);
    expect(grants.map(({ name }) => name)).toEqual([
      "db-migrator-cloudsql.client",
      "db-migrator-cloudsql.instanceUser",
      "db-runtime-cloudsql.client",
      "db-runtime-cloudsql.instanceUser",
    ]);
  });

  it("lets the migrator take backups and the build look them up, when it has to", async () => {
    const inventory = await create({ backupBefore: true, backupReader: BUILD });
    const role = inputsOf(inventory, "db-backup-role");
    expect(role).toMatchObject({
      project: "shared-project",
      permissions: ["cloudsql.backupRuns.create", "cloudsql.backupRuns.get"],
    });
    expect(role["roleId"]).toMatch(/^shop_+dev\.dbBackup$/);
    const condition = {
      title: "only main and its backups",
      expression:
        'resource.service == "sqladmin.googleapis.com" && (resource.name == "projects/shared-project/instances/main" || ' +
        'resource.name.startsWith("projects/shared-project/instances/main/"))',
    };
    expect(inputsOf(inventory, "db-migrator-backups")).toEqual({
      project: "shared-project",
      role: `projects/shared-project/roles/${String(role["roleId"])}`,
      member: `serviceAccount:${MIGRATOR}`,
      condition,
    });
    expect(inputsOf(inventory, "db-build-cloudsql.viewer")).toEqual({
      project: "shared-project",
      role: "roles/cloudsql.viewer",
      member: `serviceAccount:${BUILD}`,
      condition,
    });
  });

  it("gives the connection name once both users can log in and backups can be taken", async () => {
    const { resources } = await create({ backupBefore: true, backupReader: BUILD });
    const { dependsOn } = resources.find(({ name }) => name === "probe")!;
    const names = dependsOn.map((urn) => urn.split("::").at(-1)).sort();
    expect(names).toEqual([
      "db-build-cloudsql.viewer",
      "db-database",
      "db-migrator-backups",
      "db-migrator-cloudsql.client",
      "db-migrator-user",
      "db-runtime-cloudsql.client",
      "db-runtime-user",
    ]);
  });

  it("is protected when its parent is, and not by itself", async () => {
    for (const protect of [true, false]) {
      const { resources } = await evaluate(() => {
        const parent = new pulumi.ComponentResource("test:index:Parent", "p", {}, { protect });
        new PostgresDatabase("db", ARGS, { parent });
      });
      expect(new Set(resources.map((resource) => resource.protect))).toEqual(new Set([protect]));
    }
  });
});

describe("the instance of a PostgresDatabase", () => {
  it("is not read in a preview that does not know it yet", async () => {
    const asked: string[] = [];
    const inventory = await evaluate(
      () => {
        const owner = new PostgresInstance("owner", {
          region: "europe-west1",
          privateNetwork: "net",
          migrator: ARGS.migrator,
          runtime: ARGS.runtime,
        });
        return probed(
          new PostgresDatabase("db", { ...ARGS, ...NEEDS_ALL, instance: owner.connectionName }),
        );
      },
      {
        preview: true,
        answer: (token) => {
          asked.push(token);
          return ANSWER;
        },
      },
    );
    expect(asked).toEqual([]);
    expect(inputsOf(inventory, "db-database")).toMatchObject({
      instance: "[unknown]",
      project: "[unknown]",
    });
    expect(inventory.outputs["databaseName"]).toMatch(/^shop_+dev$/);
    expect(inventory.outputs["privateIpAddress"]).toBeUndefined();
  });

  it("is known in a preview when its name is", async () => {
    const inventory = await create({}, { preview: true });
    expect(inputsOf(inventory, "db-database")).toMatchObject({
      instance: "main",
      project: "shared-project",
    });
  });

  it("is taken as it is when the answer is empty, as mocks give it", async () => {
    const inventory = await create({ ...IAM, ...NEEDS_ALL }, { answer: () => ({}) });
    expect(inputsOf(inventory, "db-migrator-user")["instance"]).toBe("main");
  });

  it("is refused with all that does not fit, before anything is made on it", async () => {
    const made: string[] = [];
    const refused = create(
      { ...IAM, ...NEEDS_ALL },
      {
        answer: () => ({ ...ANSWER, privateIpAddress: "" }),
        onRegistered: ({ type }) => made.push(type),
      },
    );
    const path = `instance ${INSTANCE}`;
    const patch = "run gcloud sql instances patch main --project=shared-project";
    const owner = (setting: string) =>
      `; where a MigratedService owns the instance, set ${setting} instead, for its next up would take that back`;
    const flag = owner('"cloudsql.iam_authentication": "on" in its database.flags');
    const plain = owner("its database.plainConnections to true");
    await expect(refused).rejects.toThrow(
      [
        "invalid args",
        `  ${path}: expected flag cloudsql.iam_authentication on with login Iam, got no such flag; ${patch} --database-flags=cloudsql.iam_authentication=on,log_statement=ddl${flag}`,
        `  ${path}: expected an instance with a private address, got one without; ${patch} --network=NETWORK, where NETWORK is the service's and has private services access`,
        `  ${path}: expected an instance with a public address, got one without; ${patch} --assign-ip${owner("its network.publicIp to true")}`,
        `  ${path}: expected TLS mode ENCRYPTED_ONLY for connections without Google's connector, got "${STRICT}"; ${patch} --ssl-mode=ENCRYPTED_ONLY${plain}`,
        `  ${path}: expected connector enforcement NOT_REQUIRED for connections without Google's connector, got "REQUIRED"; ${patch} --connector-enforcement=NOT_REQUIRED${plain}`,
      ].join("\n"),
    );
    expect(made.filter((type) => type.startsWith("gcp:"))).toEqual([]);
  });

  it.each([
    "invoking gcp:sql/getDatabaseInstance:getDatabaseInstance: 1 error occurred:\n\t* projects/shared-project/instances/main not found",
    "googleapi: Error 404: The Cloud SQL instance does not exist., instanceDoesNotExist",
  ])("is refused when it is not there: %s", async (message) => {
    await expect(create({}, { answer: failing(message) })).rejects.toThrow(
      `instance ${INSTANCE}: expected an instance that is there, got none; run gcloud sql instances list --project=shared-project --format='value(connectionName)'`,
    );
  });

  it.each([
    "googleapi: Error 503: The service is currently unavailable",
    "dial tcp: lookup sqladmin.googleapis.com: no such host",
    "projects/shared-project/instances/main-2 not found",
  ])("stops the deployment when it cannot be read: %s", async (message) => {
    await expect(create({}, { answer: failing(message) })).rejects.toThrow(
      `cannot read instance "main" in project shared-project, and so not tell whether it can be connected to: ${message}`,
    );
  });

  it("may be missing when Google refuses to show it", async () => {
    const message = "googleapi: Error 403: The client is not authorized to make this request.";
    await expect(create({}, { answer: failing(message) })).rejects.toThrow(
      `${message}; Google says so too of an instance that is not there: check the name`,
    );
  });
});

const NEEDS_ALL = { privateAddress: true, publicAddress: true, plainConnections: true };

function failing(message: string): () => never {
  return () => {
    throw new Error(message);
  };
}

describe("arguments of a PostgresDatabase", () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    [
      "what is missing",
      { instance: undefined, migrator: undefined },
      [
        "instance: expected {project}:{region}:{instance}, such as my-project:europe-west1:main, got nothing; gcloud sql instances describe INSTANCE --format='value(connectionName)' prints it",
        "migrator: expected a group of arguments, got nothing",
      ],
    ],
    [
      "what is illegal",
      {
        instance: "main",
        databaseName: "postgres",
        migrator: { serviceAccount: MIGRATOR, password: "canary", name: "pg_admin" },
        runtime: { serviceAccount: RUNTIME },
        plainConnections: "yes",
      },
      [
        "instance: expected {project}:{region}:{instance}, such as my-project:europe-west1:main, got \"main\"; gcloud sql instances describe INSTANCE --format='value(connectionName)' prints it",
        'databaseName: expected 1 to 63 lower-case letters, digits or _, beginning with a letter, and not postgres, template0, template1, cloudsqladmin, got "postgres"',
        'plainConnections: expected true or false, got "yes"',
        'migrator.name: expected 1 to 63 lower-case letters, digits or _, beginning with a letter, and not postgres, public, pg_… or cloudsql…, got "pg_admin"',
        "runtime.password: expected a password with login Password, got nothing",
      ],
    ],
    [
      "passwords and names with IAM login",
      { login: "Iam", migrator: { ...ARGS.migrator, name: "shop" } },
      [
        "migrator.password: expected none with login Iam, got [secret]",
        'migrator.name: expected none with login Iam, whose users are named by Google, got "shop"',
        "runtime.password: expected none with login Iam, got [secret]",
      ],
    ],
  ])("are refused in one error: %s", async (_, changes, lines) => {
    const refused = create(changes);
    await expect(refused).rejects.toThrow(["invalid args", ...lines].join("\n  "));
  });

  it("are checked once they are known: the connection name", async () => {
    const refused = create({ instance: pulumi.output("main") });
    await expect(refused).rejects.toThrow("instance: expected {project}:{region}:{instance}");
  });
});
