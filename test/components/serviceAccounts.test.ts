import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import type { Connectivity } from "../../components/core/choices";
import { ServiceAccounts, type ServiceAccountsArgs } from "../../components/serviceAccounts";
import { evaluate } from "../../inventory";
import { ofType, Probe, record, resource } from "./recording";

const BUILD = "serviceAccount:shop-dev-build@my-project.iam.gserviceaccount.com";
const args = { project: "my-project", namePrefix: "shop" };

/** What the build account may do: role and on what. */
async function grants(connectivity?: Connectivity): Promise<unknown[]> {
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

  it("lets the build use private pools when it runs in one", async () => {
    expect(await grants("PrivatePool")).toEqual([
      ["roles/logging.logWriter", "my-project"],
      ["roles/cloudbuild.builds.viewer", "my-project"],
      ["roles/cloudbuild.workerPoolUser", "my-project"],
      ["roles/iam.serviceAccountTokenCreator", MIGRATOR],
      ["roles/iam.serviceAccountUser", RUNTIME],
    ]);
  });

  it.each([
    ["known", (path: string) => path],
    ["not known yet", (path: string) => pulumi.output(Promise.resolve(path))],
  ])("lets the build use a pool of another project that is %s", async (_, make) => {
    const recorded = await record(() => {
      new ServiceAccounts("accounts", {
        ...args,
        connectivity: "PrivatePool",
        workerPool: make("projects/tools-project/locations/europe-west1/workerPools/builds"),
      });
    });
    const projects = ofType(recorded, "gcp:projects/iAMMember:IAMMember");
    expect(projects.map(({ inputs }) => [inputs["role"], inputs["project"]])).toEqual([
      ["roles/logging.logWriter", "my-project"],
      ["roles/cloudbuild.builds.viewer", "my-project"],
      ["roles/cloudbuild.workerPoolUser", "tools-project"],
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
      ).toThrow('connectivity: expected CloudRunJob or BuildStep or PrivatePool, got "ProxyStep"');
    });
  });
});

const EXISTING = {
  build: "builder@tools-project.iam.gserviceaccount.com",
  migrator: "dba-team@tools-project.iam.gserviceaccount.com",
  runtime: "web-app@my-project.example.com.iam.gserviceaccount.com",
};

describe("ServiceAccounts with accounts that are there already", () => {
  it("makes no account, and grants the same roles", async () => {
    const recorded = await record(() => {
      const accounts = new ServiceAccounts("accounts", { ...args, ...EXISTING });
      new Probe("probe", [accounts.buildId, accounts.migratorEmail, accounts.runtimeEmail]);
    });
    expect(ofType(recorded, "gcp:serviceaccount/account:Account")).toEqual([]);
    const member = `serviceAccount:${EXISTING.build}`;
    expect(resource(recorded, "accounts-build-logging.logWriter").inputs).toEqual({
      project: "my-project",
      role: "roles/logging.logWriter",
      member,
    });
    const onAccounts = ofType(recorded, "gcp:serviceaccount/iAMMember:IAMMember");
    expect(onAccounts.map(({ inputs }) => inputs)).toEqual([
      {
        serviceAccountId: `projects/tools-project/serviceAccounts/${EXISTING.migrator}`,
        role: "roles/iam.serviceAccountUser",
        member,
      },
      {
        serviceAccountId: `projects/example.com:my-project/serviceAccounts/${EXISTING.runtime}`,
        role: "roles/iam.serviceAccountUser",
        member,
      },
    ]);
    expect(resource(recorded, "probe").inputs["value"]).toEqual([
      `projects/tools-project/serviceAccounts/${EXISTING.build}`,
      EXISTING.migrator,
      EXISTING.runtime,
    ]);
  });

  it("makes the others, and grants in their project", async () => {
    const recorded = await record(() => {
      new ServiceAccounts("accounts", { namePrefix: "shop", build: EXISTING.build });
    });
    const accounts = ofType(recorded, "gcp:serviceaccount/account:Account");
    expect(accounts.map(({ name }) => name)).toEqual(["accounts-migrator", "accounts-runtime"]);
    const grant = resource(recorded, "accounts-build-logging.logWriter");
    expect(grant.inputs["project"]).toBe("default-project");
  });

  it("asks for the project when nothing else tells it", async () => {
    await record(() => {
      expect(() => new ServiceAccounts("accounts", EXISTING)).toThrow(
        "invalid args\n  project: expected the project of the roles, when all three accounts are there already, got nothing",
      );
    });
  });

  it.each<[keyof typeof EXISTING, keyof typeof EXISTING]>([
    ["build", "migrator"],
    ["build", "runtime"],
    ["migrator", "runtime"],
  ])("refuses one account as %s and %s, known now or later", async (first, second) => {
    const email = EXISTING.build;
    const line = `${second}: expected another account than ${first}, got "${email}"`;
    const make = (one: pulumi.Input<string>) =>
      evaluate(() => {
        new ServiceAccounts("accounts", { ...args, [first]: email, [second]: one });
      });
    await expect(make(email)).rejects.toThrow(line);
    await expect(make(pulumi.output(email))).rejects.toThrow(line);
    const hidden = make(pulumi.secret(email));
    await expect(hidden).rejects.toThrow(/expected another account than \w+, got \[secret\]/);
  });

  it("refuses the account that it made itself for another task", async () => {
    const own = "shop-dev-build@my-project.iam.gserviceaccount.com";
    const made = evaluate(() => {
      new ServiceAccounts("accounts", { ...args, migrator: own });
    });
    await expect(made).rejects.toThrow(
      `migrator: expected another account than build, got "${own}"`,
    );
  });

  it.each(["builder", "serviceAccount:b@p.iam.gserviceaccount.com", "a@b.c", ""])(
    "refuses %j for an email",
    async (build) => {
      await record(() => {
        expect(() => new ServiceAccounts("accounts", { ...args, build })).toThrow(
          `build: expected a service account's email, {id}@{project}.iam.gserviceaccount.com, got "${build}"`,
        );
      });
    },
  );

  it("refuses what it does not know", async () => {
    await record(() => {
      const typo = { ...args, runtimeEmail: EXISTING.runtime } as ServiceAccountsArgs;
      expect(() => new ServiceAccounts("accounts", typo)).toThrow(
        "runtimeEmail: expected a known argument, got an unknown one",
      );
    });
  });
});
