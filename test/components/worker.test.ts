import { describe, expect, it } from "vitest";

import { ContainerService, Worker, WorkerKind, type CloudRunWorkerArgs } from "../../components";
import { evaluate, type EvaluateOptions, type InventoryResource } from "../../inventory";

const PLACEHOLDER = "us-docker.pkg.dev/cloudrun/container/hello";
const RELEASED = `europe-west1-docker.pkg.dev/p/shop-dev/app@sha256:${"b".repeat(64)}`;

const ARGS: CloudRunWorkerArgs = {
  region: "europe-west1",
  workerName: "mailer",
  command: ["node", "mailer.js", "--queue=mail"],
  serviceAccount: "run@p.iam.gserviceaccount.com",
  connection: {
    connectionName: "p:europe-west1:i",
    database: "app",
    user: "shop_runtime",
    password: { secret: "password", version: "7" },
  },
};

const DIRECT = {
  network: "n",
  subnetwork: "s",
  connection: { ...ARGS.connection, host: "10.8.0.3" },
};

const JOB = { ...DIRECT, kind: WorkerKind.Job };

type Answer = NonNullable<EvaluateOptions["answer"]>;

interface Container {
  name: string;
  image: string;
  commands?: string[];
  args?: string[];
  dependsOns?: string[];
  envs?: unknown[];
}

interface Template {
  containers: Container[];
  vpcAccess?: unknown;
}

async function resourcesFor(
  args: Partial<CloudRunWorkerArgs> = {},
  answer: Answer = () => ({}),
): Promise<InventoryResource[]> {
  const program = () => {
    new Worker("shop", { ...ARGS, ...args });
  };
  return (await evaluate(program, { answer })).resources;
}

async function workerFor(
  args: Partial<CloudRunWorkerArgs> = {},
  answer?: Answer,
): Promise<{ resource: InventoryResource; template: Template; app: Container }> {
  const resources = await resourcesFor(args, answer);
  const resource = resources.find(({ type }) => /:(WorkerPool|Job)$/.test(type))!;
  const given = resource.inputs["template"] as Template & { template?: Template };
  const template = given.template ?? given;
  return { resource, template, app: template.containers[0]! };
}

/** A live pool or job whose container `app` runs `image`; the proxy stands first. */
function live(image: string): Answer {
  const containers = [
    { name: "cloud-sql-proxy", image: "proxy" },
    { name: "app", image },
  ];
  return (token) => {
    if (token.endsWith("getWorkerPool")) return { templates: [{ containers }] };
    if (token.endsWith("getJob")) return { templates: [{ templates: [{ containers }] }] };
    return {};
  };
}

describe("a worker pool", () => {
  it("keeps its instances running, the proxy beside the program", async () => {
    const { resource, template, app } = await workerFor({
      instances: 3,
      cpu: "2",
      memory: "1Gi",
      network: "n",
      subnetwork: "s",
      labels: { team: "shop" },
    });
    expect(resource.inputs).toMatchObject({
      name: "shop-dev-mailer",
      location: "europe-west1",
      labels: { team: "shop" },
      scaling: { manualInstanceCount: 3 },
      template: {
        serviceAccount: "run@p.iam.gserviceaccount.com",
        vpcAccess: {
          egress: "PRIVATE_RANGES_ONLY",
          networkInterfaces: [{ network: "n", subnetwork: "s" }],
        },
      },
    });
    expect(template.containers.map(({ name }) => name)).toEqual(["app", "cloud-sql-proxy"]);
    expect(app).toMatchObject({
      dependsOns: ["cloud-sql-proxy"],
      resources: { limits: { cpu: "2", memory: "1Gi" } },
    });
    expect(template.containers[1]).toMatchObject({
      args: expect.arrayContaining(["--private-ip", "p:europe-west1:i"]) as unknown,
      resources: { limits: { cpu: "500m", memory: "256Mi" } },
      startupProbe: { httpGet: { path: "/startup", port: 9090 } },
    });
  });

  it("has no field that only services have", async () => {
    const { resource, template } = await workerFor();
    const text = JSON.stringify(template);
    for (const field of ["cpuIdle", "startupCpuBoost", "ports", "executionEnvironment"]) {
      expect(text).not.toContain(`"${field}"`);
    }
    expect(resource.inputs).not.toHaveProperty("traffics");
  });

  it("runs once unless it is told otherwise, and may be stopped", async () => {
    const scaling = async (args: Partial<CloudRunWorkerArgs>) =>
      (await workerFor(args)).resource.inputs["scaling"];
    expect(await scaling({})).toEqual({ manualInstanceCount: 1 });
    expect(await scaling({ instances: 0 })).toEqual({ manualInstanceCount: 0 });
  });

  it("gets connection, environment and secrets of the service", async () => {
    const { app } = await workerFor({
      env: { QUEUE: "mail" },
      secrets: { KEY: { secret: "k", version: "2" } },
    });
    expect(app.envs).toEqual([
      { name: "PGUSER", value: "shop_runtime" },
      { name: "PGPASSWORD", valueSource: { secretKeyRef: { secret: "password", version: "7" } } },
      { name: "PGHOST", value: "localhost" },
      { name: "PGPORT", value: "5432" },
      { name: "PGDATABASE", value: "app" },
      { name: "QUEUE", value: "mail" },
      { name: "KEY", valueSource: { secretKeyRef: { secret: "k", version: "2" } } },
    ]);
  });

  it("connects directly to a host", async () => {
    const { template, app } = await workerFor(DIRECT);
    expect(template.containers).toHaveLength(1);
    expect(app).not.toHaveProperty("dependsOns");
    expect(app.envs).toContainEqual({ name: "PGHOST", value: "10.8.0.3" });
    expect(app.envs).toContainEqual({ name: "PGSSLMODE", value: "require" });
  });
});

describe("a job", () => {
  it("runs to its end, without a proxy that would keep it running", async () => {
    const { resource, template } = await workerFor({ ...JOB, maxRetries: 2 });
    expect(resource.type).toBe("gcp:cloudrunv2/job:Job");
    expect(resource.inputs).toMatchObject({
      name: "shop-dev-mailer",
      template: { taskCount: 1, parallelism: 1, template: { maxRetries: 2, timeout: "600s" } },
    });
    expect(template.containers.map(({ name }) => name)).toEqual(["app"]);
  });

  it("has a limit of its own", async () => {
    const { resource } = await workerFor({ ...JOB, taskTimeoutSeconds: 90 });
    expect(resource.inputs).toMatchObject({
      template: { template: { maxRetries: 0, timeout: "90s" } },
    });
  });
});

describe.each([
  ["a worker pool", {}, "workerPools", "getWorkerPool"],
  ["a job", JOB, "jobs", "getJob"],
] as const)("%s and its releases", (_, kind, collection, call) => {
  it("runs the placeholder without the command until the first release", async () => {
    const { app } = await workerFor(kind);
    expect(app.image).toBe(PLACEHOLDER);
    expect(app).not.toHaveProperty("commands");
    expect(app).not.toHaveProperty("args");
  });

  it("runs the released image with the command", async () => {
    const { app } = await workerFor(kind, live(RELEASED));
    expect([app.image, app.commands, app.args]).toEqual([
      RELEASED,
      ["node"],
      ["mailer.js", "--queue=mail"],
    ]);
  });

  it("takes no placeholder for a release, neither Google's nor another", async () => {
    const placeholderImage = "europe-docker.pkg.dev/mirror/hello/hello";
    for (const image of [PLACEHOLDER, placeholderImage]) {
      const { app } = await workerFor({ ...kind, placeholderImage }, live(image));
      expect(app.image).toBe(image);
      expect(app).not.toHaveProperty("commands");
    }
    expect((await workerFor({ ...kind, placeholderImage })).app.image).toBe(placeholderImage);
  });

  it("leaves to releases what they write, and never names a revision", async () => {
    const { resource, template } = await workerFor(kind);
    expect(template).not.toHaveProperty("revision");
    expect(resource.ignoreChanges).toEqual([
      "client",
      "clientVersion",
      "template.labels",
      "template.annotations",
    ]);
  });

  it("is the placeholder when it is not there, and stops when it cannot be read", async () => {
    const failing =
      (message: string): Answer =>
      (token) => {
        if (token.endsWith(call)) throw new Error(message);
        return {};
      };
    const path = `projects/p/locations/europe-west1/${collection}/shop-dev-mailer`;
    expect((await workerFor(kind, failing(`${path} not found`))).app.image).toBe(PLACEHOLDER);
    await expect(workerFor(kind, failing("Error 503"))).rejects.toThrow(
      `cannot read ${collection}/shop-dev-mailer, and without its image and traffic`,
    );
  });

  it("may be released by one account, and by it alone", async () => {
    const grants = async (args: Partial<CloudRunWorkerArgs>): Promise<unknown[]> =>
      (await resourcesFor({ ...kind, ...args }))
        .filter(({ type }) => type.includes("IamMember"))
        .map(({ type, inputs }) => [type, inputs["role"], inputs["member"], inputs["name"]]);
    expect(await grants({})).toEqual([]);
    const member = call === "getJob" ? "job" : "workerPool";
    expect(await grants({ releasedBy: "build@p.iam.gserviceaccount.com" })).toEqual([
      [
        expect.stringMatching(new RegExp(`^gcp:cloudrunv2/${member}IamMember:`)),
        "roles/run.developer",
        "serviceAccount:build@p.iam.gserviceaccount.com",
        "shop-dev-mailer",
      ],
    ]);
  });

  it("is protected unless told otherwise", async () => {
    const { resource } = await workerFor(kind);
    expect([resource.protect, resource.inputs["deletionProtection"]]).toEqual([true, true]);
    const open = (await workerFor({ ...kind, deletionProtection: false })).resource;
    expect([open.protect, open.inputs["deletionProtection"]]).toEqual([false, false]);
  });
});

it("is unknown, image and command, while the region is", async () => {
  const { resources } = await evaluate(
    () => {
      const { region, serviceAccount, connection } = ARGS;
      const other = new ContainerService("other", { region, serviceAccount, connection });
      new Worker("shop", { ...ARGS, region: other.serviceUrl });
    },
    { preview: true },
  );
  const pool = resources.find(({ type }) => type.endsWith(":WorkerPool"))!;
  const [app] = (pool.inputs["template"] as Template).containers;
  expect([app?.image, app?.commands, app?.args]).toEqual(["[unknown]", "[unknown]", "[unknown]"]);
});

it("refuses a job with the proxy, and what belongs to the other kind", async () => {
  const job = resourcesFor({ kind: WorkerKind.Job, instances: 2, workerName: "roles" });
  await expect(job).rejects.toThrow(
    [
      "invalid args",
      "  workerName: expected a name of 1 to 20 lower-case letters or digits, beginning with a letter, " +
        'not migrate or roles, got "roles"',
      "  instances: expected nothing with kind Job, got 2",
      '  kind: expected WorkerPool with the Auth Proxy, got "Job"; give connection.host: ' +
        "a job's task does not end while the Auth Proxy beside it runs",
    ].join("\n"),
  );
  const pool = resourcesFor({
    taskTimeoutSeconds: 60,
    maxRetries: 0,
    memory: "256Mi",
    env: { PGUSER: "root" },
  });
  await expect(pool).rejects.toThrow(
    [
      "invalid args",
      "  taskTimeoutSeconds: expected nothing with kind WorkerPool, got 60",
      "  maxRetries: expected nothing with kind WorkerPool, got 0",
      '  memory: expected 512Mi to 4096Mi with cpu 1, got "256Mi"',
      '  env.PGUSER: expected a name that connection.environmentNames.user does not set, got "PGUSER"',
    ].join("\n"),
  );
});
