import { describe, expect, it } from "vitest";
import { ConnectionSecrets } from "../../components/connectionSecrets";
import { ofType, Probe, record, resource, SECRET } from "./recording";

const args = {
  project: "my-project",
  namePrefix: "shop",
  migration: { user: "shop_migrator", host: "cloud-sql-proxy", port: "5432", database: "app" },
  runtime: { user: "shop_runtime", host: "localhost", port: "5432", database: "app" },
  migrationReader: "build@my-project.iam.gserviceaccount.com",
  runtimeReader: "runtime@my-project.iam.gserviceaccount.com",
};

describe("ConnectionSecrets", () => {
  it("keeps a set for the migration and one for the service", async () => {
    const recorded = await record(() => {
      const secrets = new ConnectionSecrets("connection", args);
      new Probe("probe", { ...secrets.migration!.host });
    });
    const ids = ofType(recorded, "gcp:secretmanager/secret:Secret").map(
      ({ inputs }) => inputs["secretId"],
    );
    expect(ids).toEqual([
      "shop-dev-migrator_user",
      "shop-dev-migrator_host",
      "shop-dev-migrator_port",
      "shop-dev-migrator_database",
      "shop-dev-runtime_user",
      "shop-dev-runtime_host",
      "shop-dev-runtime_port",
      "shop-dev-runtime_database",
    ]);
    const version = resource(recorded, "connection-migrator-host-version");
    expect(version.inputs["secretData"]).toBe(SECRET);
    expect(version.protect).toBe(false);
    expect(resource(recorded, "probe").inputs["value"]).toEqual({
      secret: "shop-dev-migrator_host",
      version: "1",
      versionName: "projects/my-project/secrets/shop-dev-migrator_host/versions/1",
    });
  });

  it("lets each account read its own set only", async () => {
    const recorded = await record(() => {
      new ConnectionSecrets("connection", args);
    });
    const readers = ofType(recorded, "gcp:secretmanager/secretIamMember:SecretIamMember");
    expect(readers).toHaveLength(8);
    for (const { inputs } of readers) {
      const isMigrator = String(inputs["secretId"]).includes("migrator_");
      const reader = isMigrator ? args.migrationReader : args.runtimeReader;
      expect(inputs["member"]).toBe(`serviceAccount:${reader}`);
    }
  });

  it("keeps only the service's set without a migration", async () => {
    const { project, namePrefix, runtime, runtimeReader } = args;
    const runtimeOnly = { project, namePrefix, runtime, runtimeReader };
    const recorded = await record(() => {
      expect(new ConnectionSecrets("connection", runtimeOnly).migration).toBeUndefined();
    });
    expect(ofType(recorded, "gcp:secretmanager/secret:Secret")).toHaveLength(4);
  });

  it("fails on half a migration, and on what it does not know", async () => {
    await record(() => {
      const { migration, runtime, runtimeReader } = args;
      const half = { migration, runtime, runtimeReader };
      expect(() => new ConnectionSecrets("connection1", half)).toThrow(
        "invalid args\n  migrationReader: expected migration and migrationReader together, or neither, got nothing",
      );
      const typo = { ...args, label: {}, runtime: { ...args.runtime, ports: "5432" } };
      expect(() => new ConnectionSecrets("connection2", typo)).toThrow(
        [
          "invalid args",
          "  label: expected a known argument, got an unknown one; did you mean labels?",
          "  runtime.ports: expected a known argument, got an unknown one; did you mean port?",
        ].join("\n"),
      );
    });
  });
});
