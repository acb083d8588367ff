import { describe, expect, it, vi } from "vitest";

import { ContainerService, MigratedService, MigrationJob } from "../../../components";
import { evaluate, reveal, type Inventory, type InventoryResource } from "../../../inventory";

const PLACEHOLDER = "us-docker.pkg.dev/cloudrun/container/hello";
const RELEASED = `europe-west1-docker.pkg.dev/example-project/shop-dev/app@sha256:${"a".repeat(64)}`;
const PROXY = "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.21.3";
const LATEST = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST";
const REVISION = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION";

type Answer = (token: string, inputs: Record<string, unknown>) => Record<string, unknown>;

const connection = { connectionName: "p:europe-west1:i", database: "app", user: "shop_runtime" };

function evaluateService(answer?: Answer, env: Record<string, string> = {}): Promise<Inventory> {
  return evaluate(() => {
    new ContainerService("shop", {
      region: "europe-west1",
      serviceAccount: "run@p.iam.gserviceaccount.com",
      env,
      connection: { ...connection, password: { secret: "s", version: "1" } },
    });
  }, answer && { answer });
}

function inputsOf(inventory: Inventory, type: string): Record<string, unknown> {
  const found = inventory.resources.find((resource) => resource.type === type);
  return reveal(found?.inputs) as Record<string, unknown>;
}

function imageOf(inventory: Inventory): string | undefined {
  const inputs = inputsOf(inventory, "gcp:cloudrunv2/service:Service");
  const template = inputs["template"] as { containers: { name: string; image: string }[] };
  return template.containers.find(({ name }) => name === "app")?.image;
}

function live(overrides: Record<string, unknown> = {}): Answer {
  return (token) => {
    if (!token.endsWith("getService")) return {};
    return {
      templates: [
        {
          containers: [
            { name: "app", image: RELEASED },
            { name: "cloud-sql-proxy", image: PROXY },
          ],
        },
      ],
      traffics: [{ type: LATEST, percent: 100, revision: "", tag: "" }],
      annotations: { "cloud-run-migrations/password-generation": "1" },
      ...overrides,
    };
  };
}

const failing =
  (message: string): Answer =>
  (token) => {
    if (/get(Service|Job)$/.test(token)) throw new Error(message);
    return {};
  };

const pinned = {
  traffics: [
    { type: REVISION, percent: 100, revision: "shop-dev-00003", tag: "" },
    { type: REVISION, percent: 0, revision: "shop-dev-00004", tag: "candidate" },
  ],
};

describe("image of the service", () => {
  it("is the released one when the environment changes", async () => {
    const inventory = await evaluateService(live(), { FEATURE: "on" });
    expect(imageOf(inventory)).toBe(RELEASED);
  });

  it("is found by the container's name, wherever the container stands", async () => {
    const containers = [
      { name: "cloud-sql-proxy", image: PROXY },
      { name: "app", image: RELEASED },
    ];
    const inventory = await evaluateService(live({ templates: [{ containers }] }));
    expect(imageOf(inventory)).toBe(RELEASED);
    const template = inputsOf(inventory, "gcp:cloudrunv2/service:Service")["template"] as {
      containers: { name: string }[];
    };
    expect(template.containers.map(({ name }) => name)).toEqual(["app", "cloud-sql-proxy"]);
  });

  it.each([
    [
      "the service is not there",
      failing(
        "invoking gcp:cloudrunv2/getService:getService: 1 error occurred:\n\t* projects/p/locations/europe-west1/services/shop-dev not found",
      ),
    ],
    [
      "the API is not enabled yet",
      failing(
        "googleapi: Error 403: Cloud Run Admin API has not been used in project 1 before or it is disabled. Details: SERVICE_DISABLED run.googleapis.com",
      ),
    ],
    ["the answer has no templates", live({ templates: [] })],
    ["the answer has a template without containers", live({ templates: [{ containers: [] }] })],
    ["the answer is empty, as mocks give it", () => ({})],
  ] satisfies [string, Answer][])("is the placeholder when %s", async (_, answer) => {
    const inventory = await evaluateService(answer);
    expect(imageOf(inventory)).toBe(PLACEHOLDER);
    expect(inputsOf(inventory, "gcp:cloudrunv2/service:Service")["traffics"]).toEqual([
      { type: LATEST, percent: 100 },
    ]);
  });

  it.each([
    "googleapi: Error 403: Permission 'run.services.get' denied on resource 'projects/p/locations/europe-west1/services/shop-dev'",
    "googleapi: Error 503: The service is currently unavailable",
    "dial tcp: lookup run.googleapis.com: no such host",
    "projects/p/locations/europe-west1/services/shop-dev-2 not found",
    "googleapi: Error 404: project not found",
    "googleapi: Error 403: Cloud SQL Admin API has not been used in project 1 before or it is disabled",
  ])("stops the deployment when the read fails otherwise: %s", async (message) => {
    await expect(evaluateService(failing(message))).rejects.toThrow(
      `cannot read services/shop-dev, and without its image and traffic this deployment could undo a release: ${message}`,
    );
  });

  it("stops when a live service has no container of that name", async () => {
    const containers = [{ name: "web", image: RELEASED }];
    await expect(evaluateService(live({ templates: [{ containers }] }))).rejects.toThrow(
      "service shop-dev: expected a container named app, got web; name it so, and releases find it",
    );
  });

  it("is asked for once, in the service's own region, by its name in the cloud", async () => {
    const asked: unknown[] = [];
    await evaluateService((token, inputs) => {
      asked.push([token, inputs]);
      return {};
    });
    expect(asked).toEqual([
      ["gcp:cloudrunv2/getService:getService", { name: "shop-dev", location: "europe-west1" }],
    ]);
  });

  it("is unknown, not the placeholder, while the region is", async () => {
    const inventory = await evaluate(
      () => {
        const other = new ContainerService("other", {
          region: "europe-west1",
          serviceAccount: "run@p.iam.gserviceaccount.com",
          connection,
        });
        new ContainerService("shop", {
          region: other.serviceUrl,
          serviceAccount: "run@p.iam.gserviceaccount.com",
          connection,
        });
      },
      { preview: true },
    );
    const service = inventory.resources.find(
      ({ name, type }) => name === "shop" && type === "gcp:cloudrunv2/service:Service",
    );
    expect(service?.inputs["traffics"]).toBe("[unknown]");
  });
});

describe("traffic of the service", () => {
  it("stays as a release left it, tags included", async () => {
    const quiet = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const inventory = await evaluateService(live(pinned));
    quiet.mockRestore();
    expect(inputsOf(inventory, "gcp:cloudrunv2/service:Service")["traffics"]).toEqual([
      { type: REVISION, percent: 100, revision: "shop-dev-00003" },
      { type: REVISION, revision: "shop-dev-00004", tag: "candidate" },
    ]);
  });

  it("is warned about while it is pinned", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    await evaluateService(live(pinned));
    const told = warn.mock.calls.flat().join("\n");
    warn.mockRestore();
    expect(told).toContain(
      "traffic of service shop-dev is pinned to shop-dev-00003: changes of its template make a revision that serves nobody",
    );
  });

  it("is not warned about when the latest revision serves", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    await evaluateService(live());
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});

describe("rotation of the passwords", () => {
  const rotate = (
    generation: number,
    answer: Answer,
    onRegistered: (resource: InventoryResource) => void = () => undefined,
  ): Promise<Inventory> =>
    evaluate(
      () => {
        new MigratedService("shop", {
          region: "europe-west1",
          source: { repository: "projects/p/locations/europe-west1/connections/c/repositories/r" },
          database: { passwordGeneration: generation },
        });
      },
      { answer, onRegistered },
    );

  it("is refused while traffic is pinned, before any user changes", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const registered: string[] = [];
    const refused = rotate(2, live(pinned), ({ type }) => registered.push(type));
    await expect(refused).rejects.toThrow(
      "database.passwordGeneration: expected 1 while traffic of service shop-dev is pinned to shop-dev-00003, got 2; " +
        "the serving revision would lose its login: promote a release first",
    );
    warn.mockRestore();
    expect(registered).toContain("gcp:secretmanager/secret:Secret");
    expect(registered).not.toContain("gcp:sql/user:User");
    expect(registered).not.toContain("gcp:cloudrunv2/service:Service");
  });

  it("goes ahead when the latest revision serves", async () => {
    const inventory = await rotate(2, live());
    const versions = inventory.resources.filter(({ type }) => type.endsWith(":SecretVersion"));
    expect(versions.map(({ name }) => name)).toEqual([
      "shop-secrets-migrator-password-version-2",
      "shop-secrets-runtime-password-version-2",
    ]);
    const service = inputsOf(inventory, "gcp:cloudrunv2/service:Service");
    expect(service["annotations"]).toMatchObject({
      "cloud-run-migrations/password-generation": "2",
    });
  });

  it("is none when the generation is the service's own, pinned or not", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const annotations = { "cloud-run-migrations/password-generation": "2" };
    await expect(rotate(2, live({ ...pinned, annotations }))).resolves.toBeDefined();
    warn.mockRestore();
  });

  it("is none for a service that is not there", async () => {
    await expect(rotate(7, () => ({}))).resolves.toBeDefined();
  });
});

describe("image of the migration job", () => {
  const job = (answer: Answer): Promise<Inventory> =>
    evaluate(
      () => {
        new MigrationJob("shop", {
          region: "europe-west1",
          serviceAccount: "m@p.iam.gserviceaccount.com",
          runtimeRole: "shop_runtime",
          connection: { ...connection, user: "shop_migrator" },
        });
      },
      { answer },
    );
  const jobImage = (inventory: Inventory): unknown => {
    const { template } = inputsOf(inventory, "gcp:cloudrunv2/job:Job") as {
      template: { template: { containers: { image: string }[] } };
    };
    return template.template.containers[0]?.image;
  };

  it("is the last release's", async () => {
    const templates = [{ templates: [{ containers: [{ name: "app", image: RELEASED }] }] }];
    const inventory = await job((token) => (token.endsWith("getJob") ? { templates } : {}));
    expect(jobImage(inventory)).toBe(RELEASED);
  });

  it("is the placeholder before the first release", async () => {
    const inventory = await job(
      failing("projects/p/locations/europe-west1/jobs/shop-dev-migrate not found"),
    );
    expect(jobImage(inventory)).toBe(PLACEHOLDER);
  });

  it("stops the deployment when it cannot be read", async () => {
    await expect(job(failing("Error 500"))).rejects.toThrow("cannot read jobs/shop-dev-migrate");
  });
});
