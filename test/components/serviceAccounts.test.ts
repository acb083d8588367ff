import { describe, expect, it } from "vitest";
import { ServiceAccounts } from "../../components/serviceAccounts";
import { ofType, Probe, record, resource } from "./recording";

const BUILD = "serviceAccount:shop-dev-build@my-project.iam.gserviceaccount.com";
const args = { project: "my-project", namePrefix: "shop" };

/** What the build account may do: role and on what. */
async function grants(connectivity?: "CloudRunJob" | "BuildStep"): Promise<unknown[]> {
  const recorded = await record(() => {
    new ServiceAccounts("accounts", { ...args, ...(connectivity ? { connectivity } : {}) });
  });
  const project = ofType(recorded, "gcp:projects/iAMMember:IAMMember");
  const account = ofType(recorded, "gcp:serviceaccount/iAMMember:IAMMember");
  for (const { inputs } of [...project, ...account]) expect(inputs["member"]).toBe(BUILD);
  return [...project, ...account].map(({ inputs }) => [
    inputs["role"],
    inputs["serviceAccountId"] ?? inputs["project"],
  ]);
}

const MIGRATOR =
  "projects/my-project/serviceAccounts/shop-dev-migrator@my-project.iam.gserviceaccount.com";
const RUNTIME =
  "projects/my-project/serviceAccounts/shop-dev-runtime@my-project.iam.gserviceaccount.com";

describe("ServiceAccounts", () => {
  it("makes three accounts", async () => {
    const recorded = await record(() => {
      new ServiceAccounts("accounts", args);
    });
    const accounts = ofType(recorded, "gcp:serviceaccount/account:Account");
    expect(accounts.map(({ name, inputs }) => [name, inputs["accountId"]])).toEqual([
      ["accounts-build", "shop-dev-build"],
      ["accounts-migrator", "shop-dev-migrator"],
      ["accounts-runtime", "shop-dev-runtime"],
    ]);
  });

  it("lets the build act as migrator and runtime with a job", async () => {
    expect(await grants()).toEqual([
      ["roles/logging.logWriter", "my-project"],
      ["roles/cloudbuild.builds.viewer", "my-project"],
      ["roles/iam.serviceAccountUser", MIGRATOR],
      ["roles/iam.serviceAccountUser", RUNTIME],
    ]);
  });

  it("lets the build make the migrator's tokens with a build step", async () => {
    expect(await grants("BuildStep")).toEqual([
      ["roles/logging.logWriter", "my-project"],
      ["roles/cloudbuild.builds.viewer", "my-project"],
      ["roles/iam.serviceAccountTokenCreator", MIGRATOR],
      ["roles/iam.serviceAccountUser", RUNTIME],
    ]);
  });

  it("gives the build account once it may do its work", async () => {
    const recorded = await record(() => {
      const accounts = new ServiceAccounts("accounts", args);
      new Probe("email", accounts.buildEmail);
      new Probe("id", accounts.buildId);
    });
    const needed = [
      "accounts-build",
      "accounts-build-cloudbuild.builds.viewer",
      "accounts-build-iam.serviceAccountUser-migratorAccount",
      "accounts-build-iam.serviceAccountUser-runtimeAccount",
      "accounts-build-logging.logWriter",
    ];
    expect(resource(recorded, "email").dependsOn).toEqual(needed);
    expect(resource(recorded, "id").dependsOn).toEqual(needed);
    expect(resource(recorded, "id").inputs["value"]).toBe(
      "projects/my-project/serviceAccounts/shop-dev-build@my-project.iam.gserviceaccount.com",
    );
  });

  it("grants in the account's own project when none is named", async () => {
    const recorded = await record(() => {
      new ServiceAccounts("accounts", {});
    });
    const grant = resource(recorded, "accounts-build-logging.logWriter");
    expect(grant.inputs["project"]).toBe("default-project");
  });

  it("fails on a connectivity that is none", async () => {
    await record(() => {
      expect(
        () => new ServiceAccounts("accounts", { connectivity: "ProxyStep" as "BuildStep" }),
      ).toThrow('connectivity: expected CloudRunJob or BuildStep, got "ProxyStep"');
    });
  });
});
