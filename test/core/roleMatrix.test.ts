import { describe, expect, it } from "vitest";
import {
  BACKUP_PERMISSIONS,
  BACKUP_ROLE,
  backupCondition,
  grantsAt,
  instanceCondition,
  roleMatrix,
  type RoleMatrixOptions,
} from "../../components/core/roleMatrix";

const CONNECTIVITIES = ["CloudRunJob", "BuildStep", "PrivatePool"] as const;
const LOGINS = ["Password", "Iam"] as const;
const ALL: RoleMatrixOptions[] = CONNECTIVITIES.flatMap((connectivity) =>
  LOGINS.flatMap((login) =>
    [false, true].map((backupBefore) => ({ connectivity, login, backupBefore })),
  ),
);

const NO_BACKUP = { backupBefore: false };

function lines(options: RoleMatrixOptions): string[] {
  return roleMatrix(options).map(({ account, role, scope }) => `${account} ${role} ${scope}`);
}

describe("roleMatrix", () => {
  it("is this, for a job and passwords", () => {
    expect(lines({ ...NO_BACKUP, connectivity: "CloudRunJob", login: "Password" })).toEqual([
      "build roles/logging.logWriter project",
      "build roles/cloudbuild.builds.viewer project",
      "build roles/artifactregistry.writer repository",
      "build roles/run.developer service",
      "build roles/run.developer worker",
      "build roles/iam.serviceAccountUser runtimeAccount",
      "build roles/run.developer job",
      "build roles/iam.serviceAccountUser migratorAccount",
      "migrator roles/cloudsql.client instance",
      "runtime roles/cloudsql.client instance",
    ]);
  });

  it("swaps the job for the migrator's tokens in a build step", () => {
    const job = lines({ ...NO_BACKUP, connectivity: "CloudRunJob", login: "Iam" });
    const step = lines({ ...NO_BACKUP, connectivity: "BuildStep", login: "Iam" });
    expect(job.filter((line) => !step.includes(line))).toEqual([
      "build roles/run.developer job",
      "build roles/iam.serviceAccountUser migratorAccount",
    ]);
    expect(step.filter((line) => !job.includes(line))).toEqual([
      "build roles/iam.serviceAccountTokenCreator migratorAccount",
    ]);
  });

  it("lets the build use its pool", () => {
    const step = lines({ ...NO_BACKUP, connectivity: "BuildStep", login: "Iam" });
    const pool = lines({ ...NO_BACKUP, connectivity: "PrivatePool", login: "Iam" });
    expect(pool.filter((line) => !step.includes(line))).toEqual([
      "build roles/cloudbuild.workerPoolUser project",
    ]);
    expect(step.filter((line) => !pool.includes(line))).toEqual([]);
  });

  it.each(CONNECTIVITIES)(
    "lets the migrator take backups when it has to, in %s",
    (connectivity) => {
      const without = lines({ ...NO_BACKUP, connectivity, login: "Password" });
      const withBackup = lines({ connectivity, login: "Password", backupBefore: true });
      expect(withBackup.filter((line) => !without.includes(line))).toEqual([
        `migrator ${BACKUP_ROLE} instance`,
        "build roles/cloudsql.viewer instance",
      ]);
      // It can neither delete a backup nor restore one.
      expect(BACKUP_PERMISSIONS).toEqual(["cloudsql.backupRuns.create", "cloudsql.backupRuns.get"]);
    },
  );

  it("lets IAM users log in", () => {
    const options = { ...NO_BACKUP, connectivity: "BuildStep", login: "Iam" } as const;
    expect(grantsAt("instance", options)).toEqual([
      { account: "migrator", role: "roles/cloudsql.client", scope: "instance" },
      { account: "migrator", role: "roles/cloudsql.instanceUser", scope: "instance" },
      { account: "runtime", role: "roles/cloudsql.client", scope: "instance" },
      { account: "runtime", role: "roles/cloudsql.instanceUser", scope: "instance" },
    ]);
  });

  it.each(ALL)("gives nobody too much: $connectivity, $login, backup $backupBefore", (options) => {
    for (const { account, role, scope } of roleMatrix(options)) {
      expect(role).not.toMatch(/(admin|owner|editor)$/i);
      if (scope === "project") {
        expect(role).toMatch(
          /^roles\/(logging\.logWriter|cloudbuild\.(builds\.viewer|workerPoolUser))$/,
        );
      }
      // Only by impersonation does the build reach a database; by itself it may look at backups.
      if (account === "build" && role.includes("cloudsql")) {
        expect([options.backupBefore, role]).toEqual([true, "roles/cloudsql.viewer"]);
      }
      if (account === "runtime") expect(role).toMatch(/^roles\/cloudsql\.(client|instanceUser)$/);
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

describe("backupCondition", () => {
  it("names one instance and what is below it, and not one whose name begins alike", () => {
    expect(backupCondition("example.com:shop", "main")).toEqual({
      title: "only main and its backups",
      expression:
        'resource.service == "sqladmin.googleapis.com" && ' +
        '(resource.name == "projects/example.com:shop/instances/main" || ' +
        'resource.name.startsWith("projects/example.com:shop/instances/main/"))',
    });
  });

  it("has a title that IAM takes", () => {
    expect(backupCondition("my-project", "i".repeat(98)).title).toHaveLength(100);
    expect(instanceCondition("my-project", "i".repeat(98)).title).toHaveLength(100);
  });
});
