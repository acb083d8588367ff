import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { formatViolations } from "../../components";
import { USAGE, parseStartArgs } from "../../rehearsal/args";

const folder = mkdtempSync(join(tmpdir(), "args-"));
writeFileSync(join(folder, "build.yaml"), "steps: []\n");
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("parseStartArgs", () => {
  it("reads every flag", () => {
    const { args, violations } = parseStartArgs([
      "--json",
      `--service=${folder}`,
      "--migrations",
      folder,
      "--stack",
      "production",
      "--args",
      join(folder, "build.yaml"),
      "--document",
      join(folder, "build.yaml"),
      "--report",
      join(folder, "page.html"),
      "--endpoint",
      "/notes?limit=1",
    ]);
    expect(violations).toEqual([]);
    expect(args).toEqual({
      json: true,
      help: false,
      service: folder,
      migrations: folder,
      stack: "production",
      args: join(folder, "build.yaml"),
      document: join(folder, "build.yaml"),
      report: join(folder, "page.html"),
      endpoint: "/notes?limit=1",
    });
  });

  it("rehearses the sample service without flags", () => {
    expect(parseStartArgs([]).args).toEqual({
      json: false,
      help: false,
      service: null,
      migrations: null,
      stack: null,
      args: null,
      document: null,
      report: null,
      endpoint: null,
    });
  });

  it("finds every wrong flag at once", () => {
    const { violations } = parseStartArgs([
      "--service",
      join(folder, "missing"),
      "--documents",
      "x.yaml",
      "--endpoint",
      "products",
      "--stack",
      "test",
      "--args",
      join(folder, "none.yaml"),
      "--report",
      folder,
      "--migrations",
    ]);
    expect(formatViolations(violations).replaceAll(folder, "DIR")).toBe(
      [
        "invalid args",
        "  --documents: expected one of --json, --service, --migrations, --stack, --args, --document, --endpoint, --report, --help, got an unknown flag",
        '  argument: expected flags only, got "x.yaml"',
        "  --migrations: expected a value, got none",
        '  --stack: expected dev or production, got "test"',
        '  --service: expected a folder, got "DIR/missing", which does not exist',
        '  --args: expected a file, got "DIR/none.yaml", which does not exist',
        '  --report: expected a file to write, got "DIR"',
        '  --endpoint: expected a path that starts with one /, got "products"',
      ].join("\n"),
    );
  });

  it("finds a flag that is given twice, and one that takes no value", () => {
    const { violations } = parseStartArgs(["--endpoint", "/a", "--endpoint", "/b"]);
    expect(violations).toEqual([
      { path: "--endpoint", expected: "the flag once", got: "it twice" },
    ]);
  });

  it("describes every flag in --help", () => {
    const { args } = parseStartArgs([]);
    for (const flag of Object.keys(args)) expect(USAGE).toContain(`--${flag}`);
  });
});
