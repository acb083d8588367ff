import { Client, escapeIdentifier, escapeLiteral } from "pg";
import { type PostgresServer, startPostgres } from "../../../../migrate/postgres";
import { FILL, SHOP } from "../shop";

/** The migration's role and the service's. */
const ROLES = "CREATE ROLE app_owner NOLOGIN; CREATE ROLE app NOLOGIN;";

const RIGHTS = `
GRANT CREATE, TEMPORARY ON DATABASE shop TO app_owner;
GRANT TEMPORARY ON DATABASE shop TO app;
GRANT CREATE, USAGE ON SCHEMA public TO app_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner GRANT USAGE ON SEQUENCES TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner GRANT USAGE ON SCHEMAS TO app;
`;

const SETTINGS = {
  // What happens is what the statement does: nothing runs beside it, and it counts what it reads itself.
  autovacuum: "off",
  max_parallel_workers_per_gather: 0,
  max_parallel_maintenance_workers: 0,
  // Of each table every row is a sample, so that the planner chooses the same each time.
  default_statistics_target: 400,
  // Quicker, and nobody needs the rows after a crash.
  synchronous_commit: "off",
  max_wal_size: "4GB",
  jit: "off",
};

/** A server with the shop and its rows. */
export interface Stage {
  /** The shop itself, for what is rolled back. */
  shop: Scene;
  /** A copy of it, for what is not. */
  copy(before: readonly string[]): Promise<Scene>;
  stop(): Promise<void>;
}

/** A database, and connections to it. */
export interface Scene {
  /** Runs as the migrations do. */
  migrator: Client;
  connect: () => Promise<Client>;
  close(): Promise<void>;
}

export async function startStage(): Promise<Stage> {
  const server = await startPostgres();
  const admin = new Client({ connectionString: server.url() });
  await admin.connect();
  for (const [name, value] of Object.entries(SETTINGS)) {
    await admin.query(`ALTER SYSTEM SET ${name} = ${escapeLiteral(String(value))}`);
  }
  await admin.query("SELECT pg_reload_conf()");
  await admin.query(ROLES);
  await admin.query("CREATE DATABASE shop");
  const filler = await openScene(server, "shop");
  await filler.migrator.query(`RESET ROLE; ${RIGHTS}; SET ROLE app_owner; ${SHOP}; ${FILL}`);
  await filler.migrator.query("RESET ROLE");
  await filler.migrator.query("VACUUM (ANALYZE)");
  await filler.close();
  // Nobody may be connected to a template.
  await copyDatabase(admin, "shop", "stage");
  const shop = await openScene(server, "stage");
  let number = 0;
  return {
    shop,
    copy: async (before) => {
      number += 1;
      const name = `copy_${number}`;
      await copyDatabase(admin, "shop", name);
      const scene = await openScene(server, name);
      for (const sql of before) await scene.migrator.query(sql);
      return {
        ...scene,
        close: async () => {
          await scene.close();
          await admin.query(`DROP DATABASE ${escapeIdentifier(name)} WITH (FORCE)`);
        },
      };
    },
    stop: async () => {
      await shop.close();
      await admin.end();
      await server.stop();
    },
  };
}

async function copyDatabase(admin: Client, from: string, to: string): Promise<void> {
  const names = [to, from].map((name) => escapeIdentifier(name));
  await admin.query(`CREATE DATABASE ${names.join(" TEMPLATE ")} STRATEGY file_copy`);
  await admin.query(`GRANT CREATE, TEMPORARY ON DATABASE ${names[0] ?? ""} TO app_owner, app`);
}

async function openScene(server: PostgresServer, name: string): Promise<Scene> {
  const clients: Client[] = [];
  const connect = async (): Promise<Client> => {
    const client = new Client({ connectionString: server.url(name) });
    clients.push(client);
    await client.connect();
    return client;
  };
  const migrator = await connect();
  await migrator.query("SET ROLE app_owner");
  return {
    migrator,
    connect,
    close: async () => {
      await Promise.all(clients.map((client) => client.end()));
    },
  };
}
