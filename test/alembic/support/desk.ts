import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { readCatalogue } from "../../../migrate";
import { type CliRun, runCli } from "../../migrate/support/cli";
import { PASSWORD, type TestDatabase, type TestServer } from "../../migrate/support/server";
import { type App, activatedPath } from "./app";

/** What somebody does with an app and a database at their own desk. */
export interface Desk {
  /** `exec FLAGS -- COMMAND` in the app's folder; what it prints never holds the password. */
  exec(flags: string[], ...command: string[]): Promise<CliRun>;
  /** `exec --role OWNER -- alembic ARGS` */
  alembic(...args: string[]): Promise<CliRun>;
  /** As the first `up` does, here without a migration: owner role, grants, default privileges. */
  setUpRoles(): Promise<void>;
  /** Rows of `alembic_version`. */
  version(): Promise<string[]>;
  /** Tables, sequences and indexes with whose they are. */
  owners(): Promise<Record<string, string>>;
  isIndexValid(): Promise<boolean | undefined>;
  catalogue(): Promise<string[]>;
  /** Resolves when so many connections wait for a lock. */
  waiting(number: number): Promise<void>;
}

export function openDesk(server: TestServer, database: TestDatabase, app: App): Desk {
  const exec: Desk["exec"] = async (flags, ...command) => {
    const env = { ...database.env, PATH: activatedPath() };
    const run = await runCli(["exec", ...flags, "--", ...command], { cwd: app.folder, env });
    for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)]) {
      expect(run.stdout + run.stderr).not.toContain(secret);
    }
    return run;
  };
  const column = async (sql: string, name: string): Promise<unknown[]> =>
    (await database.query(sql)).map((row) => row[name]);
  return {
    exec,
    alembic: (...args) => exec(["--role", database.owner], "alembic", ...args),
    async setUpRoles() {
      mkdirSync(join(app.folder, "nothing"));
      const args = [...database.upArgs, "--migrations-dir", "nothing"];
      const run = await runCli(args, { cwd: app.folder, env: database.env });
      expect(run).toMatchObject({ code: 0, stdout: "up: nothing to do, nothing is applied\n" });
    },
    version: async () =>
      (await column("SELECT version_num FROM alembic_version", "version_num")).map(String),
    async owners() {
      const rows = await database.query(
        `SELECT relname AS name, pg_get_userbyid(relowner) AS owner FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'i')`,
      );
      return Object.fromEntries(rows.map(({ name, owner }) => [String(name), String(owner)]));
    },
    async isIndexValid() {
      const sql = `SELECT indisvalid AS valid FROM pg_index
        WHERE indexrelid = 'orders_product_id_idx'::regclass`;
      return (await column(sql, "valid"))[0] as boolean | undefined;
    },
    catalogue: () => readCatalogue(server.postgres.url(database.name)),
    async waiting(number) {
      const sql = `SELECT count(*)::int AS n FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      while ((await column(sql, "n"))[0] !== number) await sleep(20);
    },
  };
}
