import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ignore from "@balena/dockerignore";
import { DockerfileParser } from "dockerfile-ast";
import { describe, expect, it } from "vitest";

const ROOT = join(__dirname, "..", "..");
const dockerfile = DockerfileParser.parse(readFileSync(join(ROOT, "Dockerfile"), "utf8"));
const stages = dockerfile.getFROMs();
const lastStage = stages.at(-1)!;
const inLastStage = dockerfile
  .getInstructions()
  .filter((line) => line.getRange().start.line > lastStage.getRange().start.line);
const excludes = ignore().add(readFileSync(join(ROOT, ".dockerignore"), "utf8"));

describe("Dockerfile", () => {
  it("has several stages on a base of a fixed major version", () => {
    expect(stages.length).toBeGreaterThan(1);
    for (const stage of stages) expect(stage.getImage()).toMatch(/^node:\d+-slim$/);
  });

  it("supports the base's Node", () => {
    const { engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      engines: { node: string };
    };
    const major = Number(/^node:(\d+)/.exec(lastStage.getImage() ?? "")?.[1]);
    expect(major).toBeGreaterThanOrEqual(Number(/^>=(\d+)/.exec(engines.node)?.[1]));
  });

  it("runs as another user than root, without a shell between it and SIGTERM", () => {
    const user = inLastStage.find((line) => line.getKeyword() === "USER");
    expect(user?.getArgumentsContent()).toBe("node");
    const command = inLastStage.find((line) => line.getKeyword() === "CMD");
    expect(JSON.parse(command?.getArgumentsContent() ?? "")).toEqual([
      "node",
      "dist/service/server.js",
    ]);
  });

  it("brings the migration tool to where steps and jobs look for it", () => {
    const copies = inLastStage
      .filter((line) => line.getKeyword() === "COPY")
      .map((line) => line.getTextContent().replace(/^COPY /, ""));
    expect(copies).toContain(
      "--from=build /app/dist/migrate ./node_modules/cloud-run-migrations/dist/migrate",
    );
    expect(copies).toContain("package.json ./node_modules/cloud-run-migrations/package.json");
    expect(copies).toContain("migrations ./migrations");
  });

  it("copies only what is there and not left out of the context", () => {
    const sources = dockerfile
      .getCOPYs()
      .filter((copy) => copy.getFromFlag() === null)
      .flatMap((copy) =>
        copy
          .getArguments()
          .slice(0, -1)
          .map((path) => path.getValue()),
      );
    expect(sources).toContain("service");
    for (const source of sources) {
      expect(existsSync(join(ROOT, source)), source).toBe(true);
      expect(excludes.ignores(source), source).toBe(false);
    }
  });
});

describe(".dockerignore", () => {
  it.each([
    ".env",
    ".env.production",
    ".git/config",
    ".npmrc",
    "node_modules/pg/package.json",
    "test/service/service.test.ts",
    "Pulumi.dev.yaml",
    "components/index.ts",
    "dist/service/server.js",
    "service/.env",
    "service/node_modules/x/index.js",
    "migrations/.env",
  ])("leaves %s out", (path) => {
    expect(excludes.ignores(path)).toBe(true);
  });

  it.each([
    "package-lock.json",
    "service/server.ts",
    "migrate/cli.ts",
    "migrate/run/run.ts",
    "migrations/20260302090000000_create_products_and_orders.sql",
  ])("takes %s", (path) => {
    expect(excludes.ignores(path)).toBe(false);
  });
});
