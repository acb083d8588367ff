import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { readAlembicHead } from "../../rehearsal/alembicProject";
import { nextRevision } from "../../rehearsal/nextRevision";
import { type App, HEAD, createApp, removeApps, runAlembic } from "./support/app";

let app: App;
beforeEach(() => {
  app = createApp();
});
afterAll(removeApps);

describe("readAlembicHead", () => {
  it("asks the project's Alembic, and leaves nothing beside its files", async () => {
    const head = await readAlembicHead(app.folder);
    expect(head).toEqual({ revision: HEAD, folder: "alembic/versions" });
    const folders = ["", "alembic", "alembic/versions"];
    const files = folders.flatMap((folder) => readdirSync(join(app.folder, folder)));
    expect(files).not.toContain("__pycache__");
  });

  it("follows pyproject.toml, to a folder of another name with folders in it", async () => {
    rmSync(join(app.folder, "alembic.ini"));
    const location = 'script_location = "%(here)s/db"\nrecursive_version_locations = true\n';
    writeFileSync(join(app.folder, "pyproject.toml"), `[tool.alembic]\n${location}`);
    renameSync(join(app.folder, "alembic"), join(app.folder, "db"));
    mkdirSync(join(app.folder, "db/versions/2026"));
    const file = "c07a94e6d3b8_index_orders_by_product.py";
    renameSync(join(app.folder, "db/versions", file), join(app.folder, "db/versions/2026", file));
    const head = await readAlembicHead(app.folder);
    expect(head).toEqual({ revision: HEAD, folder: "db/versions/2026" });
  });

  it("fails on two heads, without a revision, and on one that does not load", async () => {
    app.writeRevision("other", ["pass"], "9b3e7d52c1f4");
    await expect(readAlembicHead(app.folder)).rejects.toThrow(
      /expected one newest Alembic revision, got (c07a94e6d3b8, other|other, c07a94e6d3b8); merge them: alembic merge heads$/,
    );
    app.write("alembic/versions/other.py", "import nowhere\n");
    await expect(readAlembicHead(app.folder)).rejects.toThrow(
      "its Alembic cannot list the revisions: ModuleNotFoundError: No module named 'nowhere'",
    );
    for (const name of readdirSync(join(app.folder, "alembic/versions")))
      rmSync(join(app.folder, "alembic/versions", name), { recursive: true });
    await expect(readAlembicHead(app.folder)).rejects.toThrow("got none; write one");
  });
});

describe("nextRevision", () => {
  it("is the head of Alembic's own once it is written", async () => {
    const next = await nextRevision(app.folder);
    await next.write(app.folder, "corrected");
    const heads = await runAlembic(app, ["heads"]);
    expect(heads.stdout).toBe("rehearsal_notes (head)\n");
    const { stdout } = await runAlembic(app, ["upgrade", `${HEAD}:head`, "--sql"]);
    expect(stdout).toContain("INSERT INTO rehearsal_notes (release) VALUES (1), (2);");
  });
});
