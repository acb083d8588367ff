import { Client, escapeIdentifier, escapeLiteral } from "pg";
import type { PostgresServer } from "./server";

/** A user as the Cloud SQL Admin API creates it. */
export interface ApiUser {
  name: string;

  /**
   * Absent for an IAM user: Google has checked its token before the database sees it.
   *
   * @default - an IAM user, which logs in without a password
   */
  password?: string;

  /**
   * Roles named in the request. Without any the API makes the user a `cloudsqlsuperuser`.
   *
   * @default - member of cloudsqlsuperuser with CREATEROLE and CREATEDB
   */
  databaseRoles?: string[];
}

/** The roles of every instance that others are members of, and what each may. */
export const CLOUD_SQL_ROLES = {
  cloudsqlsuperuser: "CREATEROLE CREATEDB",
  cloudsqliamuser: "",
  cloudsqliamserviceaccount: "",
} as const;

/** What `cloudsqlsuperuser` may hand on. */
export const CLOUD_SQL_GRANT =
  "GRANT pg_monitor, pg_signal_backend TO cloudsqlsuperuser WITH ADMIN OPTION";

// https://cloud.google.com/sql/docs/postgres/users
const LAYOUT = [
  "CREATE ROLE cloudsqladmin SUPERUSER LOGIN",
  ...Object.entries(CLOUD_SQL_ROLES).map(([name, may]) => `CREATE ROLE ${name} NOLOGIN ${may}`),
  CLOUD_SQL_GRANT,
  "ALTER DATABASE postgres OWNER TO cloudsqlsuperuser",
];

/** A server whose superuser this is. */
export type AdministeredServer = Pick<PostgresServer, "url">;

/** Makes the roles that a new Cloud SQL instance has. */
export async function createCloudSqlLayout(server: AdministeredServer): Promise<void> {
  await execute(server, LAYOUT);
}

/** Makes a database as the Admin API does: it belongs to `cloudsqlsuperuser`. */
export async function createDatabase(server: AdministeredServer, name: string): Promise<void> {
  await execute(server, [`CREATE DATABASE ${escapeIdentifier(name)} OWNER cloudsqlsuperuser`]);
}

/** Makes a login as the Admin API does. */
export async function createApiUser(server: AdministeredServer, user: ApiUser): Promise<void> {
  const name = escapeIdentifier(user.name);
  const roles = [...(user.databaseRoles ?? ["cloudsqlsuperuser"])];
  const attributes = user.databaseRoles === undefined ? ["CREATEROLE", "CREATEDB"] : [];
  if (user.password === undefined) roles.push("cloudsqliamserviceaccount");
  else attributes.push(`PASSWORD ${escapeLiteral(user.password)}`);
  await execute(server, [
    `CREATE ROLE ${name} LOGIN ${attributes.join(" ")}`,
    ...roles.map((role) => `GRANT ${escapeIdentifier(role)} TO ${name}`),
  ]);
}

async function execute(server: AdministeredServer, statements: string[]): Promise<void> {
  const client = new Client({ connectionString: server.url() });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
