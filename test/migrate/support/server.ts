import { Client } from "pg";
import {
  type PostgresOptions,
  type PostgresServer,
  createApiUser,
  createCloudSqlLayout,
  createDatabase,
  startPostgres,
} from "../../../migrate/postgres";
import { type CliOptions, type CliRun, type RunningCli, runCli, runLibrary, startCli } from "./cli";
import type { Project } from "./project";

/** One server of a test file, with Cloud SQL's roles. */
export interface TestServer {
  postgres: PostgresServer;
  /** A new database with its own logins; every test has one. */
  createDatabase(names?: Partial<Logins>): Promise<TestDatabase>;
  stop(): Promise<void>;
}

export interface Logins {
  /** Made through the API without roles, so a cloudsqlsuperuser with CREATEROLE. */
  migrator: string;
  /** IAM service account: LOGIN only, in cloudsqlsuperuser. */
  iamMigrator: string;
  /** Made with a harmless role. */
  runtime: string;
  owner: string;
}

export interface TestDatabase extends Logins {
  name: string;
  password: string;
  env: Record<string, string>;
  /** Of the IAM migrator: no password. */
  iamEnv: Record<string, string>;
  /** `up` for this database's roles. */
  upArgs: string[];
  run(project: Project, args: string[], env?: Record<string, string>): Promise<CliRun>;
  start(project: Project, args: string[], env?: Record<string, string>): RunningCli;
  library(project: Project, args: string[]): Promise<CliRun>;
  /** Rows of a query as the superuser. */
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** A connection as one of the logins, or as the superuser. */
  connect(user?: string): Promise<Client>;
  tables(): Promise<string[]>;
  applied(): Promise<string[]>;
}

export const PASSWORD = "canary-4f1d:/?#@ %5B";

export async function startTestServer(options: PostgresOptions = {}): Promise<TestServer> {
  const postgres = await startPostgres(options);
  await createCloudSqlLayout(postgres);
  let number = 0;
  const clients: Client[] = [];
  return {
    postgres,
    createDatabase: async (names = {}) => {
      number += 1;
      const database = await build(postgres, `app_${number}`, number, names, clients);
      return database;
    },
    stop: async () => {
      await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
      await postgres.stop();
    },
  };
}

async function build(
  postgres: PostgresServer,
  name: string,
  number: number,
  names: Partial<Logins>,
  clients: Client[],
): Promise<TestDatabase> {
  const logins: Logins = {
    migrator: `migrator_${number}`,
    iamMigrator: `migrator-${number}@example-project.iam`,
    runtime: `runtime_${number}`,
    owner: `app_owner_${number}`,
    ...names,
  };
  await createDatabase(postgres, name);
  await createApiUser(postgres, { name: logins.migrator, password: PASSWORD });
  await createApiUser(postgres, { name: logins.iamMigrator, databaseRoles: ["cloudsqlsuperuser"] });
  await createApiUser(postgres, {
    name: logins.runtime,
    password: PASSWORD,
    databaseRoles: ["pg_read_all_settings"],
  });
  const place = { PGHOST: postgres.host, PGPORT: String(postgres.port), PGDATABASE: name };
  const env = { ...place, PGUSER: logins.migrator, PGPASSWORD: PASSWORD };
  const iamEnv = { ...place, PGUSER: logins.iamMigrator };
  const options = (project: Project, more?: Record<string, string>): CliOptions => ({
    cwd: project.folder,
    env: { ...env, ...more },
  });
  const connect = async (user?: string): Promise<Client> => {
    const login = { host: postgres.host, port: postgres.port, database: name };
    const client = new Client(
      user === undefined
        ? { connectionString: postgres.url(name) }
        : { ...login, user, password: PASSWORD },
    );
    client.on("error", () => undefined);
    clients.push(client);
    await client.connect();
    return client;
  };
  const superuser = await connect();
  const query = async (sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> =>
    (await superuser.query<Record<string, unknown>>(sql, values)).rows;
  return {
    ...logins,
    ...{ name, password: PASSWORD, env, iamEnv, connect, query },
    upArgs: ["up", "--role", logins.owner, "--runtime-role", logins.runtime],
    run: (project, args, more) => runCli(args, options(project, more)),
    start: (project, args, more) => startCli(args, options(project, more)),
    library: (project, args) => runLibrary(args, options(project)),
    tables: async () =>
      (await query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")).map(
        ({ tablename }) => String(tablename),
      ),
    applied: async () => {
      const [found] = await query("SELECT to_regclass('public.pgmigrations') AS name");
      if (found?.name === null) return [];
      const rows = await query("SELECT name FROM public.pgmigrations ORDER BY run_on, id");
      return rows.map((row) => String(row.name));
    },
  };
}
