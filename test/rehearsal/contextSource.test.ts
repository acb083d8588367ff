import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatViolations } from "../../components";
import { findContext } from "../../rehearsal/contextSource";

const ROOT = resolve(__dirname, "..", "..");
const NONE = { service: null, migrations: null, endpoint: null, document: null };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "service-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const write = (name: string, content: unknown): void => {
  writeFileSync(
    join(folder, name),
    typeof content === "string" ? content : JSON.stringify(content),
  );
};
const said = (): string =>
  formatViolations(findContext({ ...NONE, service: folder }).violations).replaceAll(folder, "DIR");

describe("findContext", () => {
  it("takes the sample service with its own paths", () => {
    const { source, violations } = findContext(NONE);
    expect(violations).toEqual([]);
    expect(source).toEqual({
      kind: "own",
      context: ROOT,
      service: null,
      command: [],
      tool: "node-pg-migrate",
      migrations: join(ROOT, "migrations"),
      endpoint: "/products",
      startupPath: "/health",
      notes: [],
    });
  });

  it("puts plain JavaScript in the sample service's place, and says what it chose", () => {
    write("server.js", "");
    const { source, violations } = findContext({ ...NONE, service: folder });
    expect(violations).toEqual([]);
    expect(source).toMatchObject({
      kind: "plain",
      context: ROOT,
      service: folder,
      command: ["node", "server.js"],
      migrations: join(ROOT, "migrations"),
      endpoint: "/",
      startupPath: null,
    });
    expect(source.notes).toHaveLength(3);
    expect(source.notes).toContain(
      "the service finds this repository's packages: its folder has no node_modules of its own",
    );
  });

  it("takes a start script without a shell in it, and paths from package.json", () => {
    mkdirSync(join(folder, "node_modules"));
    write("package.json", {
      scripts: { start: "node --enable-source-maps lib/main.js" },
      rehearsal: { endpoint: "/notes", startupPath: "/ready" },
    });
    const { source, violations } = findContext({ ...NONE, service: folder });
    expect(violations).toEqual([]);
    expect(source).toMatchObject({
      command: ["node", "--enable-source-maps", "lib/main.js"],
      endpoint: "/notes",
      startupPath: "/ready",
      notes: [],
    });
    expect(findContext({ ...NONE, service: folder, endpoint: "/x" }).source.endpoint).toBe("/x");
  });

  it("takes a folder with a Dockerfile as it is, with its own migrations", () => {
    write("Dockerfile", "FROM node:24-slim\nWORKDIR /app\n");
    write("package.json", { dependencies: { "cloud-run-migrations": "*" } });
    mkdirSync(join(folder, "migrations"));
    write("migrations/1_a.sql", "");
    const { source, violations } = findContext({ ...NONE, service: folder });
    expect(violations).toEqual([]);
    expect(source).toMatchObject({
      kind: "context",
      context: folder,
      service: null,
      migrations: join(folder, "migrations"),
    });
  });

  it("takes an Alembic project with its own arguments, whose probe is theirs", () => {
    write("Dockerfile", "FROM python:3.12-slim\nWORKDIR /srv\n");
    write("alembic.ini", "[alembic]\n");
    expect(said()).toBe(
      [
        "invalid args",
        "  --service: expected a virtual environment .venv in it, for RUN lines are not executed, got none; run python3 -m venv .venv && .venv/bin/pip install -r requirements.txt there",
        '  --service: expected --args beside an Alembic project, for the stack migrates with node-pg-migrate, got none; write migration.command: ["alembic", "upgrade", "head"] there',
      ].join("\n"),
    );
    mkdirSync(join(folder, ".venv", "bin"), { recursive: true });
    write(".venv/bin/python", "");
    const flags = { ...NONE, service: folder, endpoint: "/notes", args: "shop.yaml" };
    expect(findContext(flags)).toEqual({
      source: {
        kind: "context",
        context: folder,
        service: null,
        command: [],
        tool: "alembic",
        migrations: folder,
        endpoint: "/notes",
        startupPath: null,
        notes: [],
      },
      violations: [],
    });
    const own = findContext({ ...NONE, service: folder, document: "cloudbuild.yaml" });
    expect(own.violations).toEqual([]);
  });

  it("takes files of node-pg-migrate beside an Alembic project when they are named", () => {
    write("Dockerfile", "FROM node:24-slim\nWORKDIR /app\n");
    write("package.json", { dependencies: { "cloud-run-migrations": "*" } });
    write("alembic.ini", "[alembic]\n");
    const migrations = join(folder, "sql");
    mkdirSync(migrations);
    write("sql/1_a.sql", "");
    const { source, violations } = findContext({ ...NONE, service: folder, migrations });
    expect(violations).toEqual([]);
    expect(source).toMatchObject({ tool: "node-pg-migrate", migrations });
  });

  it("fails on a Dockerfile without migrations", () => {
    write("Dockerfile", "FROM node:24-slim\nWORKDIR /app\n");
    mkdirSync(join(folder, "node_modules", "cloud-run-migrations"), { recursive: true });
    expect(said()).toBe(
      'invalid args\n  --service: expected a folder with migrations, got "DIR/migrations" without any; name their folder with --migrations',
    );
  });

  it("fails on a Dockerfile whose image the rendered document cannot migrate from", () => {
    mkdirSync(join(folder, "migrations"));
    write("migrations/1_a.sql", "");
    write("Dockerfile", "FROM node:24-slim AS base\nWORKDIR /srv\nFROM base\nWORKDIR shop\n");
    expect(said()).toBe(
      [
        "invalid args",
        "  --service: expected WORKDIR /app in its Dockerfile, got /srv/shop; change it in the last stage, or name your own document with --document",
        "  --service: expected cloud-run-migrations among its packages, got none; npm install it there, or leave the Dockerfile out",
      ].join("\n"),
    );
    const own = findContext({ ...NONE, service: folder, document: "cloudbuild.yaml" });
    expect(own.violations).toEqual([]);
    expect(findContext({ ...NONE, service: ROOT }).violations).toEqual([]);
  });

  it.each([
    ["FROM node:24-slim\n", "got none"],
    ["FROM node:24-slim AS base\nWORKDIR /app\nFROM node:24-slim\nWORKDIR /\n", "got /;"],
    ["FROM node:24-slim AS base\nWORKDIR /app\nFROM base\n", null],
    ["FROM node:24-slim\nARG PLACE=/app\nWORKDIR $PLACE\n", null],
  ])("reads the working directory of the last stage: %j", (text, got) => {
    mkdirSync(join(folder, "migrations"));
    write("migrations/1_a.sql", "");
    mkdirSync(join(folder, "node_modules", "cloud-run-migrations"), { recursive: true });
    write("Dockerfile", text);
    const { violations } = findContext({ ...NONE, service: folder });
    if (got === null) expect(violations).toEqual([]);
    else expect(said()).toContain(got);
  });

  it("fails on everything that does not fit, at once", () => {
    write("server.ts", "");
    write("package.json", {
      scripts: { start: "node a.js && rm -rf /" },
      rehearsal: { endpoint: 7 },
    });
    expect(said()).toBe(
      [
        "invalid args",
        '  --service: expected a folder with a Dockerfile, a server.js or a package.json with a start script `node FILE`, got "DIR"; compile TypeScript first, or bring a Dockerfile',
        "  package.json: rehearsal.endpoint: expected a path that starts with /, got 7",
      ].join("\n"),
    );
  });

  it("fails on a package.json that is not JSON", () => {
    write("server.js", "");
    write("package.json", "{");
    expect(said()).toBe('invalid args\n  DIR/package.json: expected a JSON object, got "{"');
  });
});
