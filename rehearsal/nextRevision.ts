import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AlembicHead, readAlembicHead } from "./alembicProject";
import { ADDED, type AddedKind, type NextMigration, addedStatements } from "./nextMigration";

/** Finds the revision that comes after a project's head. */
export async function nextRevision(project: string): Promise<NextMigration> {
  const head = await readAlembicHead(project);
  return {
    previous: head.revision,
    name: ADDED,
    write: (workspace, kind) =>
      writeFile(join(workspace, head.folder, `${ADDED}.py`), revisionText(head, kind)),
  };
}

function revisionText({ revision }: AlembicHead, kind: AddedKind): string {
  const { up, down } = addedStatements(kind);
  const calls = (statements: string[]): string =>
    statements.map((statement) => `    op.execute("""${statement}""")`).join("\n");
  return `"""what the rehearsal's second and third release add"""

from alembic import op

revision = "${ADDED}"
down_revision = ${JSON.stringify(revision)}
branch_labels = None
depends_on = None


def upgrade():
${calls(up)}


def downgrade():
${calls(down)}
`;
}
