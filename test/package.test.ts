import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(__dirname, "..");

interface LockEntry {
  dev?: boolean;
  peer?: boolean;
  devOptional?: boolean;
}

describe("npm package", () => {
  it("holds the components, the migration tool and nothing of the stack", () => {
    const [pack] = JSON.parse(
      execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts", "--silent"], {
        cwd: ROOT,
        encoding: "utf8",
        shell: process.platform === "win32",
      }),
    ) as [{ files: { path: string }[] }];
    const paths = pack.files.map(({ path }) => path);

    expect(paths).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "PulumiPlugin.yaml",
        "package.json",
        "components/index.ts",
        "dist/components/index.js",
        "dist/components/index.d.ts",
        "dist/migrate/cli.js",
      ]),
    );
    const expected =
      /^(components\/.*\.ts|dist\/(components|migrate)\/.*\.(js|d\.ts)|README\.md|LICENSE|CHANGELOG\.md|PulumiPlugin\.yaml|package\.json)$/;
    expect(paths.filter((path) => !expected.test(path))).toEqual([]);
  });

  it("starts its bin with node", () => {
    const { bin } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      bin: Record<string, string>;
    };
    for (const path of Object.values(bin)) {
      expect(readFileSync(join(ROOT, path), "utf8").split("\n")[0]).toBe("#!/usr/bin/env node");
    }
  });

  it("brings a service's image at most 120 MB of packages, none of @pulumi", () => {
    const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
      packages: Record<string, LockEntry>;
    };
    const installed = Object.entries(lock.packages)
      .filter(([path, entry]) => path !== "" && !entry.dev && !entry.peer && !entry.devOptional)
      .map(([path]) => path)
      // Binaries for other platforms are locked, but not installed.
      .filter((path) => existsSync(join(ROOT, path)));
    const bytes = installed.reduce((sum, path) => sum + sizeOf(join(ROOT, path)), 0);

    console.log(`${installed.length} packages, ${(bytes / 1e6).toFixed(1)} MB`);
    expect(installed.filter((path) => path.includes("@pulumi"))).toEqual([]);
    expect(installed).toContain("node_modules/node-pg-migrate");
    expect(bytes).toBeLessThan(120e6);
  });

  it("locks packages without naming where they came from", () => {
    const lock = readFileSync(join(ROOT, "package-lock.json"), "utf8");
    expect(lock).not.toContain('"resolved"');
  });
});

/** Bytes of a package's own files; a nested `node_modules` is counted under its own lock entry. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== "node_modules")
    .reduce((sum, entry) => {
      const path = join(folder, entry.name);
      return sum + (entry.isDirectory() ? sizeOf(path) : statSync(path).size);
    }, 0);
}
