import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readBase } from "../../../migrate/git/baseFolder";
import { digestOf } from "../../../migrate/files/migrationFile";
import { type Project, createProject, removeProjects } from "../support/project";
import { gitIn, startRepository } from "../support/repository";

afterAll(() => {
  removeProjects();
});

const read = (project: Project, ref: string): ReturnType<typeof readBase> => {
  const settings = { folder: join(project.folder, "migrations"), shownFolder: "migrations" };
  return readBase(settings, ref, "--base");
};

const namesOf = ({ files }: { files: { fileName: string }[] }): string[] =>
  files.map(({ fileName }) => fileName);

/** main: 1_a, 3_c; the branch left it after 1_a and has 2_b. */
function twoBranches(): Project {
  const project = createProject({ "1_a.sql": "SELECT 1;\r\n" });
  startRepository(project.folder);
  gitIn(project.folder, "switch", "-qc", "topic");
  project.write("2_b.sql", "SELECT 2;\n");
  gitIn(project.folder, "add", ".");
  gitIn(project.folder, "commit", "-qm", "b");
  gitIn(project.folder, "switch", "-q", "main");
  project.write("3_c.sql", "SELECT 3;\n");
  project.write("README.md", "no migration");
  mkdirSync(join(project.folder, "migrations/nested.sql"));
  gitIn(project.folder, "add", ".");
  gitIn(project.folder, "commit", "-qm", "c");
  gitIn(project.folder, "switch", "-q", "topic");
  return project;
}

describe("readBase", () => {
  it("gives the folder where the branches parted, and where the other one is now", async () => {
    const { base, tip } = await read(twoBranches(), "main");
    expect(namesOf(base)).toEqual(["1_a.sql"]);
    expect(namesOf(tip)).toEqual(["1_a.sql", "3_c.sql"]);
    expect(base.files[0]).toEqual({
      name: "1_a",
      fileName: "1_a.sql",
      text: "SELECT 1;\r\n",
      sha256: digestOf("SELECT 1;\n"),
    });
  });

  it("takes a folder that was not there yet for an empty one", async () => {
    const project = createProject();
    rmSync(join(project.folder, "migrations"), { recursive: true });
    startRepository(project.folder);
    mkdirSync(join(project.folder, "migrations"));
    project.write("1_a.sql", "SELECT 1;");
    expect((await read(project, "main")).base.files).toEqual([]);
  });

  it("reads a folder whose name git would quote, and one at the top", async () => {
    const project = createProject();
    const folder = join(project.folder, "mïgrations x");
    mkdirSync(folder);
    writeFileSync(join(folder, "1_ä.sql"), "SELECT 'ü';");
    writeFileSync(join(project.folder, "2_b.sql"), "SELECT 2;");
    startRepository(project.folder);
    const settings = { folder, shownFolder: "x" };
    const { base } = await readBase(settings, "main", "--base");
    expect(base.files.map(({ fileName, text }) => [fileName, text])).toEqual([
      ["1_ä.sql", "SELECT 'ü';"],
    ]);
    const top = { folder: project.folder, shownFolder: "." };
    expect(namesOf((await readBase(top, "main", "--base")).base)).toEqual(["2_b.sql"]);
  });

  it("fails on a ref that is not there, and on one that looks like a flag", async () => {
    const project = twoBranches();
    for (const ref of ["origin/main", "--all", "main; true"]) {
      await expect(read(project, ref)).rejects.toThrow(
        `--base: expected a commit or branch of this checkout, got "${ref}"; git fetch it first`,
      );
    }
  });

  it("fails on a history that is not shared, as in a shallow clone", async () => {
    const project = twoBranches();
    gitIn(project.folder, "switch", "-q", "--orphan", "alone");
    project.write("9_z.sql", "SELECT 9;");
    gitIn(project.folder, "add", ".");
    gitIn(project.folder, "commit", "-qm", "z");
    await expect(read(project, "main")).rejects.toThrow("fetch-depth: 0");
  });

  it("fails outside a checkout", async () => {
    await expect(read(createProject(), "main")).rejects.toThrow(/^git rev-parse: .*not a git repo/);
  });
});
