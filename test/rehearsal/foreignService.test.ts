import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withForeignService } from "../../rehearsal/foreignService";
import type { Inventory } from "../../inventory";
import { startJson } from "./start";

const ROOT = resolve(__dirname, "..", "..");

// Not ours: another table, other paths, no framework, CommonJS, answers only once it is ready.
const SERVER = `
const { createServer } = require("node:http");
const { Pool } = require("pg");
const pool = new Pool({ max: 2 });
const server = createServer(async (request, response) => {
  if (request.url !== "/notes" && request.url !== "/ready") return response.writeHead(404).end();
  try {
    const { rows } = await pool.query("SELECT id, text FROM notes ORDER BY id");
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(rows));
  } catch {
    response.writeHead(500).end();
  }
});
server.listen(process.env.PORT);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
`;

const MIGRATIONS = {
  "0001_notes.sql":
    "-- Up Migration\\nCREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL);\\nINSERT INTO notes (text) VALUES ('first');\\n-- Down Migration\\nDROP TABLE notes;\\n",
  "0002_author.sql":
    "-- Up Migration\\nALTER TABLE notes ADD COLUMN author text;\\n-- Down Migration\\nALTER TABLE notes DROP COLUMN author;\\n",
};

const folder = mkdtempSync(join(tmpdir(), "foreign-"));
const service = join(folder, "notes");
const migrations = join(folder, "sql");

beforeAll(() => {
  mkdirSync(service);
  writeFileSync(join(service, "server.js"), SERVER);
  mkdirSync(migrations);
  for (const [name, text] of Object.entries(MIGRATIONS)) {
    writeFileSync(join(migrations, name), text.replaceAll("\\n", "\n"));
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("npm start --service --migrations", { timeout: 240_000 }, () => {
  it("releases plain JavaScript with packages of its own and SQL migrations", async () => {
    const plain = join(folder, "plain");
    mkdirSync(join(plain, "lib"), { recursive: true });
    mkdirSync(join(plain, "node_modules", "own-package"), { recursive: true });
    writeFileSync(join(plain, "node_modules", "own-package", "index.js"), "");
    writeFileSync(join(plain, "lib", "main.js"), `require("own-package");\n${SERVER}`);
    writeFileSync(join(plain, "package.json"), '{"scripts":{"start":"node lib/main.js"}}');

    const flags = ["--service", plain, "--migrations", migrations, "--endpoint", "/notes"];
    const { exitCode, result, stderr } = await startJson(...flags);
    expect(stderr).not.toContain(", but ");
    expect(exitCode).toBe(0);
    expect(result.releases.map(({ outcome, failedStep }) => [outcome, failedStep])).toEqual([
      ["released", null],
      ["failed", "migrate"],
      ["released", null],
    ]);
    expect(result.releases.map(({ schema }) => schema.after.version)).toEqual([
      "0002_author",
      "0002_author",
      "0003_rehearsal_notes",
    ]);
  });

  it("releases a context with its own Dockerfile, at the paths of its package.json", async () => {
    const context = join(folder, "copy");
    mkdirSync(context);
    symlinkSync(join(ROOT, "node_modules"), join(context, "node_modules"));
    for (const name of [
      "Dockerfile",
      "package-lock.json",
      "tsconfig.json",
      "tsconfig.image.json",
    ]) {
      cpSync(join(ROOT, name), join(context, name));
    }
    for (const name of ["migrate", "dist/migrate"]) {
      cpSync(join(ROOT, name), join(context, name), { recursive: true });
    }
    cpSync(migrations, join(context, "migrations"), { recursive: true });
    for (const place of ["service", "dist/service"])
      cpSync(service, join(context, place), { recursive: true });
    const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as object;
    const paths = { endpoint: "/notes", startupPath: "/ready" };
    writeFileSync(join(context, "package.json"), JSON.stringify({ ...manifest, rehearsal: paths }));

    const { exitCode, result, stderr } = await startJson("--service", context);
    expect(stderr).not.toContain(", but ");
    expect(exitCode).toBe(0);
    expect(result.releases[2]?.schema.after.version).toBe("0003_rehearsal_notes");
  });
});

describe("withForeignService", () => {
  const probe = { httpGet: { path: "/health", port: 3000 }, periodSeconds: 5 };
  const inventory = {
    resources: [
      {
        type: "gcp:cloudrunv2/service:Service",
        name: "shop",
        inputs: {
          name: "shop",
          template: {
            containers: [
              {
                name: "app",
                ports: { containerPort: 3000 },
                startupProbe: probe,
                livenessProbe: probe,
              },
              { name: "cloud-sql-proxy", startupProbe: probe },
            ],
          },
        },
      },
      { type: "gcp:sql/database:Database", name: "db", inputs: { name: "app" } },
    ],
    outputs: {},
  } as unknown as Inventory;

  it.each([
    ["/ready", { httpGet: { path: "/ready", port: 3000 } }],
    [null, { tcpSocket: { port: 3000 } }],
  ])("probes %s, and leaves all else as it is", (startupPath, expected) => {
    const changed = withForeignService(inventory, startupPath);
    expect(changed.resources[0]?.inputs).toEqual({
      name: "shop",
      template: {
        containers: [
          {
            name: "app",
            ports: { containerPort: 3000 },
            startupProbe: { periodSeconds: 5, ...expected },
          },
          { name: "cloud-sql-proxy", startupProbe: probe },
        ],
      },
    });
    expect(changed.resources[1]).toBe(inventory.resources[1]);
  });
});
