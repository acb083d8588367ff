import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  type Cloud,
  type CloudEvent,
  type EnvironmentResource,
  createCloud,
} from "../../../rehearsal/cloud";
import { type PostgresServer, startPostgres } from "../../../migrate/postgres";

export const IMAGE = "europe-west1-docker.pkg.dev/example-project/shop/app";

/** A cloud with its own database, a source folder, and everything that happened. */
export interface Site {
  cloud: Cloud;
  postgres: PostgresServer;
  workspace: string;
  events: CloudEvent[];
  write(path: string, content: string): Promise<void>;
  /** Builds and pushes what is in the source folder. */
  image(tag: string): Promise<string>;
  close(): Promise<void>;
}

/** A service in plain Node: answers with its version; `/crash` ends it, `/slow` takes its time. */
export const SERVER = `
const { createServer } = require("node:http");
const { version } = require("./version.json");
if (version === "exits") { console.error("cannot start: " + process.env.PASSWORD); process.exit(3); }
const server = createServer((request, response) => {
  if (request.url === "/crash") process.exit(9);
  if (request.url === "/healthz") { response.statusCode = version === "unhealthy" ? 500 : 200; response.end(); return; }
  if (request.url === "/env") { response.end(JSON.stringify(process.env)); return; }
  setTimeout(() => response.end(version), request.url === "/slow" ? 1500 : 0);
});
if (version !== "silent") server.listen(Number(process.env.PORT));
else setInterval(() => undefined, 1000);
process.on("SIGTERM", () => server.close());
`;

export const DOCKERFILE = `FROM node:22-slim
WORKDIR /app
COPY . .
ENV FROM_IMAGE=yes
CMD ["node", "server.js"]
`;

export const SERVICE: EnvironmentResource = {
  type: "gcp:cloudrunv2/service:Service",
  name: "shop",
  inputs: {
    name: "shop",
    location: "europe-west1",
    labels: { team: "a" },
    template: {
      containers: [
        {
          name: "app",
          image: "us-docker.pkg.dev/cloudrun/container/hello",
          ports: { containerPort: 8080 },
          startupProbe: {
            periodSeconds: 1,
            failureThreshold: 2,
            timeoutSeconds: 1,
            httpGet: { path: "/healthz", port: 8080 },
          },
          envs: [
            { name: "PGHOST", value: "localhost" },
            { name: "PGPORT", value: "5432" },
            { name: "GREETING", value: "hello" },
            {
              name: "PASSWORD",
              valueSource: { secretKeyRef: { secret: "shop-password", version: "1" } },
            },
          ],
        },
        { name: "cloud-sql-proxy", image: "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.18.0" },
      ],
    },
  },
};

export const JOB: EnvironmentResource = {
  type: "gcp:cloudrunv2/job:Job",
  name: "shop-migrate",
  inputs: {
    name: "shop-migrate",
    location: "europe-west1",
    template: {
      taskCount: 1,
      template: {
        maxRetries: 0,
        timeout: "2s",
        containers: [
          {
            name: "app",
            image: "us-docker.pkg.dev/cloudrun/container/job",
            commands: ["node"],
            args: ["job.js"],
            envs: [
              { name: "INSTANCE_CONNECTION_NAME", value: "example-project:europe-west1:shop" },
              { name: "PGUSER", value: "migrator" },
              {
                name: "PGPASSWORD",
                valueSource: { secretKeyRef: { secret: "shop-password", version: "1" } },
              },
            ],
          },
        ],
      },
    },
  },
};

export const SECRET = "correct-horse-battery-staple";

export const REST: EnvironmentResource[] = [
  {
    type: "gcp:secretmanager/secretVersion:SecretVersion",
    name: "password",
    inputs: {
      secret: "projects/example-project/secrets/shop-password",
      secretData: { reveal: (): string => SECRET },
    },
  },
  { type: "gcp:sql/database:Database", name: "shop", inputs: { name: "shop" } },
  {
    type: "gcp:sql/user:User",
    name: "migrator",
    inputs: {
      name: "migrator",
      password: { reveal: (): string => SECRET },
      databaseRoles: ["cloudsqlsuperuser"],
    },
  },
];

export async function openSite(
  resources: EnvironmentResource[] = [SERVICE, JOB, ...REST],
): Promise<Site> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "cloud-test-")));
  const workspace = join(root, "workspace");
  const events: CloudEvent[] = [];
  await mkdir(workspace);
  const postgres = await startPostgres();
  const cloud = await createCloud({
    inventory: { resources },
    postgres,
    folder: root,
    onEvent: (event) => events.push(event),
  });
  const write = async (path: string, content: string): Promise<void> => {
    await mkdir(dirname(join(workspace, path)), { recursive: true });
    await writeFile(join(workspace, path), content);
  };
  await write("Dockerfile", DOCKERFILE);
  await write("server.js", SERVER);
  return {
    cloud,
    postgres,
    workspace,
    events,
    write,
    async image(version) {
      await write("version.json", JSON.stringify({ version }));
      const { registry } = cloud.platform;
      const { digest } = await registry.build({ context: workspace }, [`${IMAGE}:${version}`]);
      registry.push(`${IMAGE}:${version}`);
      return `${IMAGE}@${digest}`;
    },
    async close() {
      await cloud.close();
      await postgres.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}
