import { afterEach, describe, expect, it } from "vitest";
import type { MigratedServiceArgs } from "../../components";
import { readWorkers } from "../../rehearsal/workers";
import { ARGS, type Play, linesOf, openPlay } from "./play";

let play: Play;
afterEach(() => play.close());

/** What a Node program does that takes our tool's place: as PGSSLMODE says, libpq's way. */
const SCRIPT = `
const { Client } = require("pg");
const client = new Client({ ssl: process.env.PGSSLMODE === "require" && { rejectUnauthorized: false } });
(async () => {
  await client.connect();
  const { rows: [{ role }] } = await client.query("SELECT current_user AS role");
  console.log(JSON.stringify({ role, ssl: Boolean(client.connection.stream.encrypted) }));
  await client.query("CREATE TABLE IF NOT EXISTS products (id bigint PRIMARY KEY, name text)");
  await client.end();
})().catch((error) => { console.error(error.message); process.exitCode = 1; });
`;
const COMMAND = ["node", "-e", SCRIPT];

/** What a worker does: reads rows as the service's own database user. */
const QUESTION = `
const { Client } = require("pg");
const client = new Client({ ssl: { rejectUnauthorized: false } });
(async () => {
  await client.connect();
  const { rows: [{ products }] } = await client.query("SELECT count(*)::int AS products FROM products");
  console.log(JSON.stringify({ products, ssl: Boolean(client.connection.stream.encrypted) }));
  await client.end();
})();
`;

function pooled(args: Partial<MigratedServiceArgs> = {}): MigratedServiceArgs {
  const migration = { ...args.migration, connectivity: "PrivatePool" as const };
  return { ...ARGS, ...args, migration };
}

async function release(args: MigratedServiceArgs): Promise<void> {
  play = await openPlay(args);
  const outcome = await play.release();
  expect(outcome.error).toBeNull();
  expect(outcome.steps.every(({ status }) => status === "succeeded")).toBe(true);
}

async function version(): Promise<string | null> {
  return (await play.readSchema()).version;
}

const LATEST = "20260323090000000_validate_order_total";

describe("a release in a private pool", () => {
  it.each(["Password", "Iam"] as const)("migrates with our tool and login %s", async (login) => {
    await release(pooled({ database: { ...ARGS.database, login } }));
    expect(play.document).toMatch(/workerPool: projects\/example-project\/.*\/workerPools\//);
    expect(await version()).toBe(LATEST);
  });

  it.each(["Password", "Iam"] as const)("migrates with a command and login %s", async (login) => {
    const command = ["node", "-e", `console.log("key", process.env.API_KEY);${SCRIPT}`];
    const value = "sixteen-characters-or-more";
    await release(
      pooled({
        database: { login },
        migration: { command },
        secrets: { API_KEY: { value, toMigration: true, toRuntime: false } },
      }),
    );
    const lines = linesOf(play, "step migrate");
    expect(lines).toContain('{"role":"app_owner","ssl":false}');
    // The build hands it over, and its log does not show it.
    expect(lines).toContain("key [secret]");
  });

  it("fails outside of the pool, and by an address that the instance does not have", async () => {
    play = await openPlay(pooled());
    const outside = await play.release(play.document.replace(/^ +workerPool: .*\n/m, ""));
    expect(outside).toMatchObject({ status: "failed", failedStep: "migrate" });
    expect(outside.error).toContain(
      "the instance's private address cannot be reached from outside of its network",
    );
    const byPublic = await play.release(play.document.replace(/^( +- )PRIVATE$/m, "$1PUBLIC"));
    expect(byPublic).toMatchObject({ status: "failed", failedStep: "migrate" });
    expect(byPublic.error).toContain("the instance has no public address");
    expect(await version()).toBeNull();
  });
});

describe("a release with a command in a job", () => {
  const args: MigratedServiceArgs = { ...ARGS, migration: { command: COMMAND } };

  it("prepares roles, migrates by TLS as the owner role, and verifies", async () => {
    await release(args);
    expect(linesOf(play, "job shop-dev-migrate")).toContain('{"role":"app_owner","ssl":true}');
    const roles = linesOf(play, "job shop-dev-roles");
    expect(roles).toContain("roles and grants are prepared");
    expect(roles).toContain("the service's database role owns nothing and can create nothing");
  });

  it("fails where the command asks for no encryption", async () => {
    const env = "process.env.PGSSLMODE = 'disable';";
    play = await openPlay({ ...ARGS, migration: { command: ["node", "-e", env + SCRIPT] } });
    const outcome = await play.release();
    expect(outcome).toMatchObject({ status: "failed", failedStep: "migrate" });
    expect(outcome.error).toContain("pg_hba.conf rejects connection, no encryption");
  });
});

describe("a release with a second image", () => {
  it("migrates with an image that serves nothing, and serves one that cannot migrate", async () => {
    const args = { ...ARGS, migration: { dockerfile: "Dockerfile.migrate" } };
    play = await openPlay(args);
    const dockerfile = [
      "FROM node:24-slim",
      "WORKDIR /app",
      "COPY --from=dependencies /app/node_modules ./node_modules",
    ];
    const stages = (await play.read("Dockerfile")).split("FROM node:24-slim\nENV")[0] ?? "";
    const service = "COPY --from=build /app/dist/service ./dist/service";
    const start = 'CMD ["node", "dist/service/server.js"]';
    const tool = [
      "COPY package.json ./node_modules/cloud-run-migrations/package.json",
      "COPY --from=build /app/dist/migrate ./node_modules/cloud-run-migrations/dist/migrate",
      "COPY migrations ./migrations",
    ];
    await play.write("Dockerfile", `${stages}${[...dockerfile, service, start].join("\n")}\n`);
    await play.write("Dockerfile.migrate", `${stages}${[...dockerfile, ...tool].join("\n")}\n`);

    const outcome = await play.release();
    expect(outcome.error).toBeNull();
    expect(await version()).toBe(LATEST);
    const digests = new Map(
      outcome.images.map(({ name, digest }) => [/\/(\w+):/.exec(name)?.[1], digest]),
    );
    expect([...digests.keys()].sort()).toEqual(["app", "migrate"]);
    expect(digests.get("app")).not.toBe(digests.get("migrate"));
    expect(outcome.imageDigest).toBe(digests.get("app"));
    const [service1] = [...play.cloud.services.values()];
    expect(service1!.template.spec.containers[0]!.image).toContain(digests.get("app"));
    const [job] = [...play.cloud.jobs.values()];
    expect(job!.container.image).toContain(digests.get("migrate"));
  });
});

// The sample service checks the certificate, which nobody has signed.
const SERVER = `
const server = require("node:http").createServer((request, response) => response.end("ok"));
server.listen(Number(process.env.PORT));
process.on("SIGTERM", () => server.close());
`;

describe("a release with workers", () => {
  it("gives a pool and a job the released image, and their programs run", async () => {
    const loop = 'console.log("works");setInterval(() => undefined, 1000)';
    play = await openPlay({
      ...ARGS,
      service: {
        ...ARGS.service,
        databaseAccess: "Direct",
        workers: {
          mailer: { command: ["node", "-e", loop], instances: 2 },
          report: { kind: "Job", command: ["node", "-e", QUESTION] },
        },
      },
    });
    await play.write("dist/service/server.js", SERVER);
    expect(readWorkers(play.cloud)).toMatchObject([{ alive: 0, imageDigest: null }]);
    const outcome = await play.release();
    expect(outcome.error).toBeNull();
    expect(outcome.steps.at(-1)).toMatchObject({ id: "deploy-workers", status: "succeeded" });

    const { imageDigest } = outcome;
    expect(readWorkers(play.cloud)).toEqual([
      { name: "shop-dev-mailer", instances: 2, alive: 2, imageDigest },
    ]);
    expect(linesOf(play, "worker pool shop-dev-mailer")).toEqual(["works", "works"]);

    const { execution, ended } = play.cloud.jobs.get("shop-dev-report")!.execute({});
    await ended;
    expect(execution.log).toEqual(['{"products":3,"ssl":true}']);
    expect(execution).toMatchObject({ succeeded: 1, failed: 0 });
  });
});

describe("a release that drops data", () => {
  it("takes a backup before it, and names it in its record", async () => {
    play = await openPlay({ ...ARGS, preset: "Production" });
    const { sqlAdmin } = play.cloud.platform;
    // An empty database has nothing to lose.
    expect((await play.release()).error).toBeNull();
    expect(play.events.filter(({ type }) => type === "backup-taken")).toEqual([]);
    play.events.length = 0;
    await play.write(
      "migrations/20270101090000000_drop_created_at.sql",
      "-- Up Migration\n\nALTER TABLE products DROP COLUMN created_at;\n",
    );
    const outcome = await play.release();
    expect(outcome.error).toBeNull();
    expect(await version()).toBe("20270101090000000_drop_created_at");
    const taken = play.events.filter((event) => event.type === "backup-taken");
    expect(taken).toHaveLength(1);
    const { id, instance, recoveryTime } = taken[0]!;
    expect(sqlAdmin.list("example-project", instance)).toMatchObject([
      { id, description: `cloud-run-migrations build ${outcome.buildId}` },
    ]);
    const record = linesOf(play, "step promote").find((line) => line.startsWith("{")) ?? "{}";
    expect(JSON.parse(record)).toMatchObject({ backupId: id, recoveryTime });
  });
});
