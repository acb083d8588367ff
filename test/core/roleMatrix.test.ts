import { describe, expect, it } from "vitest";
import { grantsAt, instanceCondition, roleMatrix } from "../../components/core/roleMatrix";

const CONNECTIVITIES = ["CloudRunJob", "BuildStep"] as const;
const LOGINS = ["Password", "Iam"] as const;
const ALL = CONNECTIVITIES.flatMap((connectivity) =>
  LOGINS.map((login) => ({ connectivity, login })),
);

function lines(options: (typeof ALL)[number]): string[] {
  return roleMatrix(options).map(({ account, role, scope }) => `${account} ${role} ${scope}`);
}

describe("roleMatrix", () => {
  it("is this, for a job and passwords", () => {
    expect(lines({ connectivity: "CloudRunJob", login: "Password" })).toEqual([
      "build roles/logging.logWriter project",
      "build roles/cloudbuild.builds.viewer project",
      "build roles/artifactregistry.writer repository",
      "build roles/run.developer service",
      "build roles/iam.serviceAccountUser runtimeAccount",
      "build roles/run.developer job",
      "build roles/iam.serviceAccountUser migratorAccount",
      "migrator roles/cloudsql.client instance",
      "runtime roles/cloudsql.client instance",
    ]);
  });

  it("swaps the job for the migrator's tokens in a build step", () => {
    const job = lines({ connectivity: "CloudRunJob", login: "Iam" });
    const step = lines({ connectivity: "BuildStep", login: "Iam" });
    expect(job.filter((line) => !step.includes(line))).toEqual([
      "build roles/run.developer job",
      "build roles/iam.serviceAccountUser migratorAccount",
    ]);
    expect(step.filter((line) => !job.includes(line))).toEqual([
      "build roles/iam.serviceAccountTokenCreator migratorAccount",
    ]);
  });

  it("lets IAM users log in", () => {
    expect(grantsAt("instance", { connectivity: "BuildStep", login: "Iam" })).toEqual([
      { account: "migrator", role: "roles/cloudsql.client", scope: "instance" },
      { account: "migrator", role: "roles/cloudsql.instanceUser", scope: "instance" },
      { account: "runtime", role: "roles/cloudsql.client", scope: "instance" },
      { account: "runtime", role: "roles/cloudsql.instanceUser", scope: "instance" },
    ]);
  });

  it.each(ALL)("gives nobody too much: $connectivity, $login", (options) => {
    const matrix = roleMatrix(options);
    for (const { account, role, scope } of matrix) {
      expect(role).not.toMatch(/(admin|owner|editor)$/i);
      if (scope === "project") {
        expect(role).toMatch(/^roles\/(logging\.logWriter|cloudbuild\.builds\.viewer)$/);
      }
      // Only by impersonation does the build reach a database.
      if (account === "build") expect(role).not.toContain("cloudsql");
    }
  });
});

describe("instanceCondition", () => {
  it("names one instance", () => {
    expect(instanceCondition("my-project", "shop-dev-1a2b3c4")).toEqual({
      title: "only shop-dev-1a2b3c4",
      expression:
        'resource.name == "projects/my-project/instances/shop-dev-1a2b3c4" && resource.service == "sqladmin.googleapis.com"',
    });
  });
});
