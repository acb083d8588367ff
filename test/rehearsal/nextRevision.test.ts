import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAlembicProject } from "../../rehearsal/alembicProject";
import { nextRevision } from "../../rehearsal/nextRevision";

// What a real Alembic answers is in test/alembic; here a shell answers in its place.
let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "alembic-project-"));
});
afterEach(() => {
  rmSync(project, { recursive: true });
});

const write = (path: string, text: string, mode = 0o644): void => {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text, { mode });
};
const answer = (...heads: [revision: string, folder: string][]): void => {
  const text = JSON.stringify(heads.map(([revision, folder]) => ({ revision, folder })));
  write(".venv/bin/python", `#!/bin/sh\necho 'a revision prints this'\necho '${text}'\n`, 0o755);
};

describe("isAlembicProject", () => {
  it("is one by alembic.ini, or by a table of pyproject.toml", () => {
    expect(isAlembicProject(project)).toBe(false);
    write("pyproject.toml", '[project]\nname = "tool.alembic"\n');
    expect(isAlembicProject(project)).toBe(false);
    write("pyproject.toml", '[project]\nname = "shop"\n\n[tool.alembic]\n');
    expect(isAlembicProject(project)).toBe(true);
    rmSync(join(project, "pyproject.toml"));
    write("alembic.ini", "[alembic]\n");
    expect(isAlembicProject(project)).toBe(true);
  });
});

describe("nextRevision", () => {
  it("writes a revision that fails behind the head, then the corrected one in its place", async () => {
    answer(["c07a94e6d3b8", "alembic/versions/2026"]);
    const next = await nextRevision(project);
    expect(next).toMatchObject({ previous: "c07a94e6d3b8", name: "rehearsal_notes" });
    const workspace = join(project, "copy");
    const file = join(workspace, "alembic/versions/2026/rehearsal_notes.py");
    mkdirSync(dirname(file), { recursive: true });
    await next.write(workspace, "failing");
    expect(readFileSync(file, "utf8")).toContain("VALUES (1), (1)");
    await next.write(workspace, "corrected");
    expect(readFileSync(file, "utf8")).toBe(`"""what the rehearsal's second and third release add"""

from alembic import op

revision = "rehearsal_notes"
down_revision = "c07a94e6d3b8"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("""CREATE TABLE rehearsal_notes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  release bigint NOT NULL
)""")
    op.execute("""INSERT INTO rehearsal_notes (release) VALUES (1), (2)""")
    op.execute("""ALTER TABLE rehearsal_notes ADD CONSTRAINT rehearsal_notes_release_key UNIQUE (release)""")


def downgrade():
    op.execute("""DROP TABLE rehearsal_notes""")
`);
  });

  it("fails without a revision, and on more than one head", async () => {
    answer();
    await expect(nextRevision(project)).rejects.toThrow(
      `${project}: expected one newest Alembic revision, got none; write one`,
    );
    answer(["a1", "versions"], ["b2", "versions"]);
    await expect(nextRevision(project)).rejects.toThrow(
      `${project}: expected one newest Alembic revision, got a1, b2; merge them: alembic merge heads`,
    );
  });

  it.each(["../shared/versions", "..", ".venv/lib/python3/site-packages/shop/versions"])(
    "fails on revisions in %s, which is no copy of the release",
    async (folder) => {
      answer(["a1", folder]);
      await expect(nextRevision(project)).rejects.toThrow(
        `${project}: expected its revisions among its own files, got ${folder}; name another script_location`,
      );
    },
  );

  it("says why Alembic cannot tell", async () => {
    const script = "#!/bin/sh\necho Traceback >&2\necho 'KeyError: nope' >&2\nexit 1\n";
    write(".venv/bin/python", script, 0o755);
    await expect(nextRevision(project)).rejects.toThrow(
      `${project}: its Alembic cannot list the revisions: KeyError: nope`,
    );
  });
});
