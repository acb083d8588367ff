import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { DatabaseSecrets, type DatabaseSecretsArgs } from "../../components/databaseSecrets";
import { PostgresInstance } from "../../components/postgresInstance";
import { evaluate } from "../../inventory";
import { ofType, Probe, record, resource, SECRET } from "./recording";

const VERSION = "gcp:secretmanager/secretVersion:SecretVersion";
const MIGRATOR = "shop-dev-migrator@my-project.iam.gserviceaccount.com";
const RUNTIME = "shop-dev-runtime@my-project.iam.gserviceaccount.com";
const args: DatabaseSecretsArgs = {
  project: "my-project",
  namePrefix: "shop",
  migrationReader: MIGRATOR,
  runtimeReader: RUNTIME,
};

describe("DatabaseSecrets", () => {
  it("keeps a generated password for each login, readable by its own account", async () => {
    const recorded = await record(() => {
      new DatabaseSecrets("secrets", args);
    });
    expect(resource(recorded, "secrets-migrator-password").inputs).toEqual({
      project: "my-project",
      secretId: "shop-dev-migrator_password",
      replication: { auto: {} },
    });
    expect(resource(recorded, "secrets-migrator-password-version-1").inputs).toEqual({
      secret: "projects/my-project/secrets/shop-dev-migrator_password",
      secretData: SECRET,
      deletionPolicy: "ABANDON",
    });
    const readers = ofType(recorded, "gcp:secretmanager/secretIamMember:SecretIamMember");
    expect(readers.map(({ name, inputs }) => [name, inputs["secretId"], inputs["member"]])).toEqual(
      [
        [
          "secrets-migrator-password-reader-migration",
          "shop-dev-migrator_password",
          `serviceAccount:${MIGRATOR}`,
        ],
        [
          "secrets-runtime-password-reader-runtime",
          "shop-dev-runtime_password",
          `serviceAccount:${RUNTIME}`,
        ],
      ],
    );
    for (const { inputs } of readers) {
      expect(inputs["role"]).toBe("roles/secretmanager.secretAccessor");
    }
  });

  it("keeps what was generated first, and another under each generation's name", async () => {
    const first = await record(() => {
      new DatabaseSecrets("secrets", args);
    });
    const second = await record(() => {
      new DatabaseSecrets("secrets", { ...args, passwordGeneration: 2 });
    });
    expect(ofType(first, VERSION).map(({ name }) => name)).toEqual([
      "secrets-migrator-password-version-1",
      "secrets-runtime-password-version-1",
    ]);
    expect(ofType(second, VERSION).map(({ name }) => name)).toEqual([
      "secrets-migrator-password-version-2",
      "secrets-runtime-password-version-2",
    ]);
    for (const { ignoreChanges } of [...ofType(first, VERSION), ...ofType(second, VERSION)]) {
      expect(ignoreChanges).toEqual(["secretData"]);
    }
  });

  it("gives the version's own output to the database user, as a secret", async () => {
    const recorded = await record(() => {
      const secrets = new DatabaseSecrets("secrets", args);
      new PostgresInstance("db", {
        region: "europe-west1",
        privateNetwork: "net",
        migrator: { serviceAccount: MIGRATOR, password: secrets.migratorPassword! },
        runtime: { serviceAccount: RUNTIME, password: secrets.runtimePassword! },
      });
    });
    const user = resource(recorded, "db-runtime-user");
    expect(user.inputs["password"]).toBe(SECRET);
    expect(user.dependsOn).toContain("secrets-runtime-password-version-1");
    expect(user.dependsOn).not.toContain("secrets-migrator-password-version-1");
  });

  it("makes two different passwords, and others for another environment", async () => {
    const passwords: string[] = [];
    for (const stack of ["dev", "production"]) {
      await record(
        () => {
          const { migratorPassword, runtimePassword } = new DatabaseSecrets("secrets", args);
          pulumi
            .all([migratorPassword!, runtimePassword!])
            .apply((pair) => passwords.push(...pair));
        },
        { stack },
      );
    }
    expect(passwords).toHaveLength(4);
    expect(new Set(passwords).size).toBe(4);
    for (const password of passwords) expect(password).toHaveLength(40);
  });

  it("makes no password with login Iam", async () => {
    const recorded = await record(() => {
      const secrets = new DatabaseSecrets("secrets", { ...args, login: "Iam" });
      expect(secrets.migratorPassword).toBeUndefined();
      expect(secrets.runtimePasswordSecret).toBeUndefined();
    });
    expect([...recorded.keys()]).toEqual(["component secrets"]);
  });

  it("gives a named secret to those who need it, pinned", async () => {
    const recorded = await record(() => {
      const { named } = new DatabaseSecrets("secrets", {
        ...args,
        login: "Iam",
        secrets: {
          STRIPE_KEY: { value: "canary-stripe" },
          SEED_TOKEN: { value: "canary-seed", toRuntime: false, toMigration: true },
        },
      });
      new Probe("probe", { ...named["STRIPE_KEY"] });
    });
    expect(resource(recorded, "secrets-STRIPE_KEY").inputs["secretId"]).toBe("shop-dev-STRIPE_KEY");
    const version = resource(recorded, "secrets-STRIPE_KEY-version");
    expect(version.inputs["secretData"]).toBe(SECRET);
    // A new value has to become a new version.
    expect(version.ignoreChanges).toEqual([]);
    const probe = resource(recorded, "probe");
    expect(probe.inputs["value"]).toEqual({
      secret: "shop-dev-STRIPE_KEY",
      version: "1",
      versionName: "projects/my-project/secrets/shop-dev-STRIPE_KEY/versions/1",
    });
    expect(probe.dependsOn).toEqual([
      "secrets-STRIPE_KEY",
      "secrets-STRIPE_KEY-reader-runtime",
      "secrets-STRIPE_KEY-version",
    ]);
    const readers = ofType(recorded, "gcp:secretmanager/secretIamMember:SecretIamMember");
    expect(readers.map(({ name }) => name).sort()).toEqual([
      "secrets-SEED_TOKEN-reader-migration",
      "secrets-STRIPE_KEY-reader-runtime",
    ]);
    expect(JSON.stringify([...recorded.values()])).not.toContain("canary");
  });

  it.each([
    ["an ID", "legacy-key", "my-project", "projects/my-project/secrets/legacy-key/versions/7"],
    [
      "a full name",
      "projects/other-project/secrets/legacy-key",
      "other-project",
      "projects/other-project/secrets/legacy-key/versions/7",
    ],
  ])("uses a secret that is there already by %s", async (_, existing, project, versionName) => {
    const recorded = await record(() => {
      const { named } = new DatabaseSecrets("secrets", {
        ...args,
        login: "Iam",
        secrets: { LEGACY: { existingSecret: existing, version: "7" } },
      });
      new Probe("probe", { ...named["LEGACY"] });
    });
    expect([...recorded.keys()].sort()).toEqual([
      "component secrets",
      "probe",
      "secrets-LEGACY-reader-runtime",
    ]);
    expect(resource(recorded, "secrets-LEGACY-reader-runtime").inputs).toEqual({
      project,
      secretId: "legacy-key",
      role: "roles/secretmanager.secretAccessor",
      member: `serviceAccount:${RUNTIME}`,
    });
    const probe = resource(recorded, "probe");
    expect(probe.inputs["value"]).toEqual({ secret: existing, version: "7", versionName });
    expect(probe.dependsOn).toEqual(["secrets-LEGACY-reader-runtime"]);
  });

  it("finds the project of an existing secret by its grant", async () => {
    const recorded = await record(() => {
      const { named } = new DatabaseSecrets("secrets", {
        migrationReader: MIGRATOR,
        runtimeReader: RUNTIME,
        login: "Iam",
        secrets: { LEGACY: { existingSecret: "legacy-key", version: "7" } },
      });
      new Probe("probe", named["LEGACY"]!.versionName);
    });
    expect(resource(recorded, "probe").inputs["value"]).toBe(
      "projects/default-project/secrets/legacy-key/versions/7",
    );
  });

  it("protects everything but the versions", async () => {
    const recorded = await record(() => {
      const outer = new pulumi.ComponentResource(
        "test:index:Outer",
        "outer",
        {},
        { protect: true },
      );
      const secrets = { STRIPE_KEY: { value: "canary" } };
      new DatabaseSecrets("secrets", { ...args, secrets }, { parent: outer });
    });
    const unprotected = [...recorded.values()].filter(({ protect }) => !protect);
    expect(unprotected.map(({ name }) => name).sort()).toEqual([
      "secrets-STRIPE_KEY-version",
      "secrets-migrator-password-version-1",
      "secrets-runtime-password-version-1",
    ]);
    expect(ofType(recorded, "gcp:secretmanager/secret:Secret")).toHaveLength(3);
  });

  it("fails with all that is wrong in one error, without a secret", async () => {
    let message = "";
    await record(() => {
      try {
        new DatabaseSecrets("secrets", {
          ...args,
          passwordGeneration: 0,
          secrets: {
            PORT: { value: "canary-1" },
            BOTH: { value: "canary-2", existingSecret: "x", version: "1" },
            NEITHER: {},
            LATEST: { existingSecret: "x", version: "latest" },
            EMPTY: { value: "" },
            LARGE: { value: "canary-3".repeat(10_000) },
            migrator_password: { value: "canary-4" },
            NOBODY: { value: "canary-5", toRuntime: false },
          },
        });
      } catch (error) {
        message = (error as Error).message;
      }
    });
    expect(message.split("\n")).toEqual([
      "invalid args",
      "  passwordGeneration: expected a whole number from 1 to 1000, got 0",
      '  secrets.PORT: expected 1 to 128 letters, digits or _, not beginning with a digit, and not PORT, K_…, CLOUD_RUN_… or X_GOOGLE_…, got "PORT"',
      "  secrets.BOTH: expected exactly one of value and existingSecret, got both",
      "  secrets.NEITHER: expected exactly one of value and existingSecret, got neither",
      '  secrets.LATEST.version: expected a version\'s number, such as "3", got "latest"; gcloud secrets versions list lists them',
      "  secrets.EMPTY.value: expected a text of 1 to 65536 bytes without NUL, got [secret] of 0 bytes",
      "  secrets.LARGE.value: expected a text of 1 to 65536 bytes without NUL, got [secret] of 80000 bytes",
      '  secrets.migrator_password: expected a name that does not begin with migrator_ or runtime_, got "migrator_password"',
      "  secrets.NOBODY: expected a secret that the service or the migration gets, got toRuntime false and toMigration not true",
    ]);
  });

  it.each<[string, unknown, string]>([
    ["a version's name", "projects/p/secrets/s/versions/3", '"projects/p/secrets/s/versions/3"'],
    ["no name at all", "canary value!", "[secret]"],
    ["a text that looks like a URL", "postgres://u:canary@h/d", "[secret]"],
    ["a number", 4711, "[secret]"],
    ["an output", pulumi.output("canary value!"), "[secret]"],
  ])(
    "does not show %s in an existing secret's place unless it is a name",
    async (_, given, got) => {
      const existingSecret = given as string;
      const made = evaluate(() => {
        new DatabaseSecrets("secrets", {
          ...args,
          secrets: { OLD: { existingSecret, version: "3" } },
        });
      });
      await expect(made).rejects.toThrow(
        `invalid args\n  secrets.OLD.existingSecret: expected a secret's ID or projects/{project}/secrets/{id}, got ${got}`,
      );
    },
  );

  it("does not show a value that only becomes known during the deployment", async () => {
    const made = evaluate(() => {
      const value = pulumi.output("canary".repeat(20_000));
      new DatabaseSecrets("secrets", { ...args, secrets: { LARGE: { value } } });
    });
    await expect(made).rejects.toThrow(
      "secrets.LARGE.value: expected a text of 1 to 65536 bytes without NUL, got [secret] of 120000 bytes",
    );
  });

  it("fails on what it does not know, without showing it", async () => {
    await record(() => {
      const wrong = {
        ...args,
        passwordgeneration: 2,
        secrets: { API_KEY: { value: "v", secret: "canary" }, TOKEN: "canary" },
      } as unknown as DatabaseSecretsArgs;
      expect(() => new DatabaseSecrets("secrets", wrong)).toThrow(
        [
          "invalid args",
          "  passwordgeneration: expected a known argument, got an unknown one; did you mean passwordGeneration?",
          "  secrets.API_KEY.secret: expected a known argument, got an unknown one; known are value, existingSecret, version, toRuntime, toMigration",
          "  secrets.TOKEN: expected a group of arguments, got [secret]",
        ].join("\n"),
      );
    });
  });
});
