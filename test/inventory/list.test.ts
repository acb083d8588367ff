import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { list } from "../../inventory/list";
import { type InventoryDocument, goldenText } from "./inventoryDocument";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inventory-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe.each(["dev", "production"])("inventory of stack %s", (stack) => {
  it("is what was agreed", async () => {
    const document = JSON.parse(await list(["--stack", stack, "--json"])) as InventoryDocument;
    await expect(goldenText(document)).toMatchFileSnapshot(`../golden/inventory-${stack}.json`);
  });

  it("has the documented form, and shows no secret", async () => {
    const text = await list(["--stack", stack, "--json"]);
    const document = JSON.parse(text) as InventoryDocument;
    expect(Object.keys(document)).toEqual(["formatVersion", "command", "resources", "outputs"]);
    expect([document.formatVersion, document.command]).toEqual([1, "inventory"]);
    for (const resource of document.resources) {
      expect(Object.keys(resource)).toEqual([
        "type",
        "name",
        "parent",
        "inputs",
        "protect",
        "ignoreChanges",
      ]);
    }
    const versions = document.resources.filter(({ type }) =>
      String(type).endsWith(":SecretVersion"),
    );
    expect(versions).toHaveLength(2);
    for (const { inputs } of versions) {
      expect((inputs as { secretData: string }).secretData).toBe("[secret]");
    }
  });
});

describe("npm run inventory", () => {
  it("lists children under their parents, and counts", async () => {
    const lines = (await list([])).split("\n");
    expect(lines[0]).toBe("shop  cloud-run-migrations:index:MigratedService");
    expect(lines).toContain("  shop-service  cloud-run-migrations:index:ContainerService");
    expect(lines).toContain("    shop-service  gcp:cloudrunv2/service:Service");
    expect(lines.at(-1)).toMatch(/^\d+ resources in 10 components, 0 protected$/);
    expect(await list(["--stack", "production"])).toContain(
      "    shop-service  gcp:cloudrunv2/service:Service  protected",
    );
  });

  it("takes arguments from a file in the stack's place", async () => {
    const file = write(
      "args.yaml",
      [
        "region: us-central1",
        "source:",
        "  repository: projects/p/locations/us-central1/connections/c/repositories/r",
        "database: { login: Iam }",
      ].join("\n"),
    );
    const document = JSON.parse(await list(["--args", file, "--json"])) as InventoryDocument;
    const types = document.resources.map(({ type }) => type);
    expect(types).not.toContain("gcp:secretmanager/secret:Secret");
    expect(document.outputs["connectionName"]).toMatch(/^example-project:us-central1:shop-dev-/);
  });

  it("tells all mistakes of a file at once", async () => {
    const file = write("bad.json", '{"region": 1, "sauce": {}, "preset": "Big"}');
    await expect(list(["--args", file])).rejects.toThrow(
      [
        "invalid args",
        "  sauce: expected a known argument, got an unknown one; did you mean source?",
        "  region: expected a region such as europe-west1, got 1",
        "  source: expected a group of arguments, got nothing",
        '  preset: expected Production or Development, got "Big"',
      ].join("\n"),
    );
  });

  it.each([
    [
      "a file that is not there",
      ["--args", "/nowhere.json"],
      "  --args: expected a file that can be read, got ENOENT",
    ],
    ["an unknown stack", ["--stack", "test"], '  --stack: expected dev or production, got "test"'],
    ["a flag without its value", ["--args"], "  --args: expected a value, got none"],
    [
      "a flag twice",
      ["--stack", "dev", "--stack", "dev"],
      '  --stack: expected one value, got ["dev","dev"]',
    ],
    [
      "a flag of a later version",
      ["--terraform-plan"],
      "  --terraform-plan: expected a flag that this version has, got one of a later version",
    ],
    [
      "an unknown flag",
      ["--jsn"],
      "  --jsn: expected a known flag, got an unknown one; did you mean --json?",
    ],
  ])("refuses %s", async (_, words, line) => {
    await expect(list(words)).rejects.toThrow(`invalid args\n${line}`);
  });

  it("refuses a file that is neither JSON nor YAML", async () => {
    const file = write("broken.json", "{ a: [");
    await expect(list(["--args", file])).rejects.toThrow("--args: expected a file of JSON or YAML");
  });
});
