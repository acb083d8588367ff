import { beforeAll, describe, expect, it } from "vitest";

import { MigratedService, type MigratedServiceArgs } from "../../components";
import { evaluate, reveal, type Inventory, type InventoryResource } from "../../inventory";

const REPOSITORY =
  "projects/example-project/locations/europe-west1/connections/github/repositories/shop";

const ARGS: MigratedServiceArgs = {
  region: "europe-west1",
  source: { repository: REPOSITORY },
};

const BUILD_STEP: MigratedServiceArgs = {
  ...ARGS,
  network: { publicIp: true },
  migration: { connectivity: "BuildStep" },
};

const VARIANTS: [string, MigratedServiceArgs][] = [
  ["CloudRunJob, Password", ARGS],
  ["CloudRunJob, Iam", { ...ARGS, database: { login: "Iam" } }],
  ["Development", { ...ARGS, preset: "Development", database: { deletionProtection: true } }],
  ["PrivatePool, Password", { ...ARGS, migration: { connectivity: "PrivatePool" } }],
  [
    "PrivatePool, Iam, command, pool that is there",
    {
      ...ARGS,
      database: { login: "Iam" },
      migration: { connectivity: "PrivatePool", command: ["./migrate"] },
      build: {
        workerPool: {
          existing: "projects/example-project/locations/europe-west1/workerPools/builds",
        },
      },
    },
  ],
  [
    "CloudRunJob, command, all of the connection secret",
    {
      ...ARGS,
      database: { environmentAsSecrets: true },
      migration: { command: ["alembic", "upgrade", "head"] },
    },
  ],
  [
    "Direct, workers, second image",
    {
      ...ARGS,
      migration: { dockerfile: "migrate.Dockerfile" },
      service: {
        databaseAccess: "Direct",
        workers: {
          mails: { command: ["node", "mails.js"] },
          report: { kind: "Job", command: ["node", "report.js"] },
        },
      },
    },
  ],
  ["BuildStep, Password", BUILD_STEP],
  ["BuildStep, Iam", { ...BUILD_STEP, database: { login: "Iam" } }],
  [
    "BuildStep, Password, command and secrets",
    {
      ...BUILD_STEP,
      migration: { connectivity: "BuildStep", command: ["alembic", "upgrade", "head"] },
      database: { environmentAsSecrets: true },
      secrets: {
        STRIPE_KEY: { value: "sk", toMigration: true },
        OLD: { existingSecret: "old", version: "3" },
      },
    },
  ],
  [
    "CloudRunJob, secrets for the migration, public",
    {
      ...ARGS,
      secrets: { SEED_KEY: { value: "x", toMigration: true, toRuntime: false } },
      service: { publiclyAccessible: true },
    },
  ],
];

const create = (args: MigratedServiceArgs, options = {}): Promise<Inventory> =>
  evaluate(() => {
    new MigratedService("shop", args);
  }, options);

function only({ resources }: Inventory, type: string): InventoryResource {
  const found = resources.filter((resource) => resource.type.endsWith(`:${type}`));
  expect(found.map(({ name }) => name)).toHaveLength(1);
  return found[0]!;
}

/** Everything that is there before a resource is made: what it depends on, what its parents do, and so on. */
function before(inventory: Inventory, resource: InventoryResource): Set<string> {
  const byUrn = new Map(inventory.resources.map((known) => [known.urn, known]));
  const byKey = new Map(inventory.resources.map((known) => [`${known.type} ${known.name}`, known]));
  const seen = new Set<string>();
  const visit = (current: InventoryResource): void => {
    const parent = current.parent === null ? undefined : byKey.get(current.parent);
    for (const urn of [...current.dependsOn, ...(parent === undefined ? [] : [parent.urn])]) {
      if (seen.has(urn)) continue;
      seen.add(urn);
      visit(byUrn.get(urn)!);
    }
  };
  visit(resource);
  return seen;
}

function isGrant({ type }: InventoryResource): boolean {
  return /iammember$/i.test(type);
}

function grantsOf(inventory: Inventory, account: string): InventoryResource[] {
  return inventory.resources.filter(
    (resource) => isGrant(resource) && String(resource.inputs["member"]).includes(`-${account}@`),
  );
}

describe.each(VARIANTS)("%s", (_, args) => {
  let created: Promise<Inventory>;
  beforeAll(() => {
    created = create(args);
  });

  it("gives every child a parent and registers every component's outputs", async () => {
    const { resources } = await created;
    const keys = new Set(resources.map(({ type, name }) => `${type} ${name}`));
    for (const { name, parent, custom, registeredOutputs } of resources) {
      if (name === "shop" && !custom) expect(parent).toBeNull();
      else expect(keys, name).toContain(parent);
      if (!custom) expect(registeredOutputs, name).not.toBeNull();
    }
  });

  it("has every grant before the trigger can start a release", async () => {
    const inventory = await created;
    const ready = before(inventory, only(inventory, "Trigger"));
    const grants = inventory.resources.filter(
      (resource) => isGrant(resource) && resource.inputs["member"] !== "allUsers",
    );
    expect(grants.length).toBeGreaterThan(5);
    for (const grant of grants) expect(ready, grant.name).toContain(grant.urn);
    const { urn } = inventory.resources.find(({ type }) => type.endsWith("v2/service:Service"))!;
    expect(ready).toContain(urn);
  });

  it("has the runtime's grants before the service starts, the migrator's before the job is made", async () => {
    const inventory = await created;
    const service = inventory.resources.find(({ type }) => type.endsWith("v2/service:Service"))!;
    const ready = before(inventory, service);
    const runtime = grantsOf(inventory, "runtime");
    expect(runtime.length).toBeGreaterThan(0);
    for (const grant of runtime) expect(ready, grant.name).toContain(grant.urn);

    const jobs = inventory.resources.filter(({ type, name }) => {
      return type.endsWith("v2/job:Job") && /-(migration|roles)$/.test(name);
    });
    const isJob = (args.migration?.connectivity ?? "CloudRunJob") === "CloudRunJob";
    const hasCommand = args.migration?.command !== undefined;
    expect(jobs).toHaveLength(isJob ? (hasCommand ? 2 : 1) : 0);
    for (const job of jobs) {
      const migratable = before(inventory, job);
      // Of the secrets, the job that prepares roles reads the password only.
      const read = grantsOf(inventory, "migrator").filter(
        ({ name }) => job.name.endsWith("-migration") || !name.includes("-connection-"),
      );
      for (const grant of read) {
        expect(migratable, grant.name).toContain(grant.urn);
      }
    }
  });

  it("enables every API before anything but accounts of the component itself", async () => {
    const inventory = await created;
    const apis = inventory.resources.filter(({ type }) => type === "gcp:projects/service:Service");
    expect(apis).toHaveLength(11);
    for (const resource of inventory.resources) {
      if (!resource.custom || apis.includes(resource)) continue;
      const ready = before(inventory, resource);
      for (const api of apis)
        expect(ready, `${resource.name} needs ${api.name}`).toContain(api.urn);
    }
  });

  it("grants nothing but the agreed roles, in the project as few as can be", async () => {
    const { resources } = await created;
    const grants = resources.filter(isGrant);
    const agreed: Record<string, string[]> = {
      "gcp:projects/iAMMember:IAMMember": [
        "roles/logging.logWriter",
        "roles/cloudbuild.builds.viewer",
        "roles/cloudsql.client",
        "roles/cloudsql.instanceUser",
        "roles/cloudsql.viewer",
        "roles/cloudbuild.workerPoolUser",
        "projects/example-project/roles/shop__dev.backup",
      ],
      "gcp:serviceaccount/iAMMember:IAMMember": [
        "roles/iam.serviceAccountUser",
        "roles/iam.serviceAccountTokenCreator",
      ],
      "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": [
        "roles/artifactregistry.writer",
      ],
      "gcp:cloudrunv2/jobIamMember:JobIamMember": ["roles/run.developer"],
      "gcp:cloudrunv2/workerPoolIamMember:WorkerPoolIamMember": ["roles/run.developer"],
      "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": [
        "roles/run.developer",
        "roles/run.invoker",
      ],
      "gcp:secretmanager/secretIamMember:SecretIamMember": ["roles/secretmanager.secretAccessor"],
    };
    for (const { name, type, inputs } of grants) {
      const role = String(inputs["role"]);
      expect(agreed[type], name).toContain(role);
      expect(role).not.toMatch(/owner|editor|admin/i);
      if (role.startsWith("roles/cloudsql.")) expect(inputs["condition"], name).toBeDefined();
      if (role === "roles/run.invoker") expect(inputs["member"]).toBe("allUsers");
      else expect(String(inputs["member"]), name).toMatch(/^serviceAccount:shop-dev-/);
    }
  });

  it("lets the build at most read backups, and make tokens only where it migrates itself", async () => {
    const inventory = await created;
    const roles = grantsOf(inventory, "build").map(({ inputs }) => String(inputs["role"]));
    const backsUp = args.preset !== "Development" && args.migration?.command === undefined;
    expect(roles.filter((role) => role.startsWith("roles/cloudsql."))).toEqual(
      backsUp ? ["roles/cloudsql.viewer"] : [],
    );
    const connectivity = args.migration?.connectivity ?? "CloudRunJob";
    expect(roles.includes("roles/iam.serviceAccountTokenCreator")).toBe(
      connectivity !== "CloudRunJob",
    );
    expect(roles.includes("roles/cloudbuild.workerPoolUser")).toBe(connectivity === "PrivatePool");
  });

  it("protects everything but secret versions", async () => {
    const { resources } = await created;
    for (const { name, type, protect } of resources) {
      expect(protect, name).toBe(!type.endsWith(":SecretVersion"));
    }
    for (const { type, inputs } of resources) {
      if (/:(Job|DatabaseInstance)$|v2\/workerPool:/.test(type))
        expect(inputs["deletionProtection"]).toBe(true);
      if (type.endsWith("v2/service:Service")) expect(inputs["deletionProtection"]).toBe(true);
    }
  });

  it("shows nothing of a value that is not known at preview", async () => {
    const inventory = await create(args, { preview: true });
    expect(only(inventory, "Trigger").inputs["build"]).toBe("[unknown]");
  });

  it("writes an output that is the document the trigger runs", async () => {
    const { outputs, resources } = await evaluate(() => {
      const { cloudBuildYaml } = new MigratedService("shop", args);
      return { cloudBuildYaml };
    });
    const { inputs } = resources.find(({ type }) => type.endsWith(":Trigger"))!;
    const build = reveal(inputs["build"]) as { steps: { id: string }[] };
    const yaml = String(reveal(outputs["cloudBuildYaml"]));
    const ids = [...yaml.matchAll(/^ {2}- id: (.*)$/gm)].map((match) => match[1]);
    expect(ids).toEqual(build.steps.map(({ id }) => id));
    expect(ids.indexOf("migrate")).toBeGreaterThan(ids.indexOf("push"));
    expect(ids.indexOf("deploy")).toBeGreaterThan(ids.indexOf("migrate"));
  });
});
