import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder with `migrations/` in it, as a service has it. */
export interface Project {
  folder: string;
  /** Writes `migrations/<name>`. */
  write(name: string, content: string): void;
  remove(name: string): void;
}

const folders: string[] = [];

export function createProject(files: Record<string, string> = {}): Project {
  const folder = mkdtempSync(join(tmpdir(), "migrate-test-"));
  folders.push(folder);
  mkdirSync(join(folder, "migrations"));
  const write = (name: string, content: string): void => {
    writeFileSync(join(folder, "migrations", name), content);
  };
  for (const [name, content] of Object.entries(files)) write(name, content);
  return {
    folder,
    write,
    remove: (name) => {
      rmSync(join(folder, "migrations", name));
    },
  };
}

export function removeProjects(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Three plain migrations with a way back. */
export const THREE = {
  "1000_create-users.sql": `-- Up Migration
CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL);
-- Down Migration
DROP TABLE users;
`,
  "2000_add-name.sql": `-- Up Migration
ALTER TABLE users ADD COLUMN name text;
-- Down Migration
ALTER TABLE users DROP COLUMN name;
`,
  "3000_create-orders.sql": `-- Up Migration
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer REFERENCES users (id));
-- Down Migration
DROP TABLE orders;
`,
};
